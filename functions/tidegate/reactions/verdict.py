"""What an event asks for that can do no more than wake fleets: a verdict with a reason, whatever it is about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tidegate.fleet.belief import SKEW_SECONDS, STALE_SECONDS

WAKE: Final = "wake"
"""The code of a verdict that wakes fleets; every other code says why none is woken."""


class Event(Protocol):
    """What every such event says."""

    @property
    def event_id(self) -> str:
        """The id that the bus gave it."""
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
        """Nonce of the drill that sent it, which needs a record; None: AWS did."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict[E: Event]:
    """What one event asks for, and why: looks at some fleets, or nothing."""

    event: E
    code: str
    reason: str
    fleets: tuple[str, ...] = ()


def disbelief[E: Event](event: E, drills: Mapping[str, str], now: float) -> Verdict[E] | None:
    """Return why an event says nothing of the present, whatever it is about; None: it may.

    `drills` are the fleets that live records of drills name, by nonce. `now` is in epoch seconds.
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
    """Return the verdict that wakes the fleets that an event is about; a drill's wakes that of its record alone."""
    if event.drill is not None:
        target = drills[event.drill]
        if target not in found:
            elsewhere = f"the drill is for {target}, and the event of {event.about} is not about it"
            return Verdict(event, "drill_elsewhere", elsewhere)
        found = (target,)
    return Verdict(event, WAKE, why, found)
