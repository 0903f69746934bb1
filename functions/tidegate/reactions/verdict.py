"""What an event asks for that can do no more than wake targets: a verdict with a reason, whatever it is about. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tidegate.fleet.belief import SKEW_SECONDS, STALE_SECONDS

WAKE: Final = "wake"
"""The code of a verdict that wakes targets; every other code says why none is woken."""

type Wake = tuple[str, str, str]
"""(target, event id, why)."""


class Event(Protocol):
    """What every such event says."""

    @property
    def kind(self) -> str:
        """How the metric `Received` counts it."""
        ...

    @property
    def event_id(self) -> str:
        """The id that the bus gave it."""
        ...

    @property
    def wake_id(self) -> str:
        """The id of the wakes that it causes: a drill's are found by its nonce."""
        ...

    @property
    def about(self) -> str:
        """What it is about, as a reason names it."""
        ...

    @property
    def time(self) -> float:
        """When it was sent, in epoch seconds."""
        ...

    @property
    def drill(self) -> str | None:
        """Nonce of the drill that sent it, which needs a record; None: none did."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict[E: Event]:
    """What one event asks for, and why: looks at some targets, or nothing."""

    event: E
    code: str
    reason: str
    targets: tuple[str, ...] = ()


def disbelief[E: Event](event: E, drills: Mapping[str, str], now: float) -> Verdict[E] | None:
    """Return why an event says nothing of the present, whatever it is about; None: it may.

    `drills` are the targets that live records of drills name, by nonce. `now` is in epoch seconds.
    """
    if now - event.time > STALE_SECONDS:
        return Verdict(
            event, "stale", f"the event of {event.about} is {now - event.time:.0f} s old: too old to say much"
        )
    if event.time - now > SKEW_SECONDS:
        ahead = f"the event of {event.about} is from {event.time - now:.0f} s in the future"
        return Verdict(event, "from_future", ahead)
    if event.drill is not None and event.drill not in drills:
        without = f"a drill's event of {event.about} came without a live drill record"
        return Verdict(event, "drill_without_record", without)
    return None


def waking[E: Event](event: E, found: tuple[str, ...], drills: Mapping[str, str], why: str) -> Verdict[E]:
    """Return the verdict that wakes the targets that an event is about; a drill's wakes that of its record alone."""
    if event.drill is not None:
        target = drills[event.drill]
        if target not in found:
            elsewhere = f"the drill is for {target}, and the event of {event.about} is not about it"
            return Verdict(event, "drill_elsewhere", elsewhere)
        found = (target,)
    return Verdict(event, WAKE, why, found)


def newest[E: Event](verdicts: Iterable[Verdict[E]]) -> Iterator[Wake]:
    """Return one wake for a target, however many events of a batch are about it.

    It bears the id of the newest event. Should that be a repetition, so that its wake is swallowed, the target was
    woken by it when all the others had been sent, to the second in which events tell their time. A drill's wake is one
    of its own, since the drill waits for its id.
    """
    found: dict[tuple[str, str | None], Verdict[E]] = {}
    for one in sorted(verdicts, key=lambda one: (one.event.time, one.event.event_id)):
        found |= {(target, one.event.drill): one for target in one.targets}
    return ((target, one.event.wake_id, one.reason) for (target, _), one in found.items())
