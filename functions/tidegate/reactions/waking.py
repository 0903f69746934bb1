"""How events are handled that can do no more than wake targets: find out whose they are, wake those, report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate import process, runtime
from tidegate.fleet.group import Group
from tidegate.loop import compose
from tidegate.loop.wake import Wakes
from tidegate.reactions.handling import Letter, count
from tidegate.reactions.verdict import Event, Verdict, Wake


class WakeQueue(Protocol):
    """The queue of wakes."""

    def send(self, wakes: Iterable[Wake]) -> None:
        """Ask for looks, each at (target, event id, why)."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What is asked of the world, and told to it, whatever the events are about."""

    drill_target: Callable[[str], str | None]
    """The target that the live record of a drill names, by the drill's nonce. A call that few events need."""

    wakes: WakeQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules[E: Event]:
    """How the events of one kind are judged."""

    dismiss: Callable[[E, Mapping[str, str]], Verdict[E] | None]
    """Why an event asks for nothing, given the targets of drills by nonce; None: it may ask for something."""

    looked_for: Callable[[E], bool] = lambda _: False
    """Whether only a look at groups shows whose an event is: those that tell it themselves don't wait for that."""

    look: Callable[[Sequence[E]], Mapping[str, Group]] = lambda _: {}
    """The fleets, by name, among which the events that are looked for may belong. One call for all of a batch."""

    judge: Callable[[E, Mapping[str, Group], Mapping[str, str]], Verdict[E]]
    """What an event asks for, given the fleets that were looked for and the targets of drills."""

    kept: Callable[[E], bool] = lambda _: False
    """Whether an event that wakes has to be written down first: the others don't wait for that."""

    keep: Callable[[Sequence[E]], None] = lambda _: None
    """Writes such events down, so that whoever is woken finds them. One call for all of a batch."""

    wakes: Callable[[Iterable[Verdict[E]]], Iterable[Wake]]


@dataclass(frozen=True, slots=True)
class Heard[E: Event]:
    """What became of some events. Whoever is missing in `troubles` is done."""

    verdicts: tuple[Verdict[E], ...]
    troubles: Mapping[E, str]

    @property
    def done(self) -> Iterable[E]:
        """The events that woke their targets."""
        return (one.event for one in self.verdicts if one.targets and one.event not in self.troubles)


def doors(now: float) -> Doors:
    """Return those of this stage at `now` (epoch seconds)."""
    return Doors(
        drill_target=lambda nonce: compose.journal().drill_target(nonce, now=now),
        wakes=Wakes(runtime.client("sqs"), process.settings().wakes),
    )


def hear[E: Event](events: Sequence[E], rules: Rules[E], doors: Doors) -> Heard[E]:
    """Wake the targets of some events; what the world refuses is told, never raised. May be repeated at any time."""
    drills, troubles = _drills(events, doors)
    done = {one: why for one in events if one not in troubles and (why := rules.dismiss(one, drills))}
    open_ones = [event for event in events if event not in done and event not in troubles]
    fleets, unseen = _fleets([event for event in open_ones if rules.looked_for(event)], rules)
    troubles |= unseen
    verdicts = [rules.judge(event, fleets, drills) for event in open_ones if event not in troubles]
    unwritten = _unwritten([one.event for one in verdicts if one.targets and rules.kept(one.event)], rules)
    troubles |= unwritten
    verdicts = [one for one in verdicts if one.event not in unwritten]
    try:
        doors.wakes.send(rules.wakes(verdicts))
    except Exception as error:  # noqa: BLE001 - whatever kept us from waking, the next delivery wakes
        troubles |= {one.event: f"waking failed: {error}" for one in verdicts if one.targets}
    return Heard((*done.values(), *verdicts), troubles)


def report[E: Event](events: Iterable[E], heard: Heard[E], unreadable: Sequence[Letter], now: float) -> None:
    """Log each verdict and each trouble, and count what came of them."""
    for one in heard.verdicts:
        runtime.logger.info(one.reason, event_id=one.event.event_id, targets=list(one.targets), code=one.code)
    for event, why in heard.troubles.items():
        runtime.logger.error(why, event_id=event.event_id, about=event.about)
    if received := list(events):
        runtime.emit("EventAge", max(now - one.time for one in received))
    count("Received", "kind", (one.kind for one in received))
    count("NoAction", "reason", (one.code for one in heard.verdicts if not one.targets))
    for name, some in (("Troubled", heard.troubles), ("Unreadable", unreadable)):
        if some:
            runtime.emit(name, len(some))


def _drills[E: Event](events: Iterable[E], doors: Doors) -> tuple[dict[str, str], dict[E, str]]:
    """Read the records of drills: the targets that they name, and the events whose record can't be read."""
    targets: dict[str, str] = {}
    troubles: dict[E, str] = {}
    for event in events:
        if event.drill and event.drill not in targets:
            try:
                target = doors.drill_target(event.drill)
            except Exception as error:  # noqa: BLE001 - a drill must not hold a real event back
                troubles[event] = f"looking for the record of drill {event.drill} failed: {error}"
            else:
                targets |= {event.drill: target} if target else {}
    return targets, troubles


def _fleets[E: Event](events: Sequence[E], rules: Rules[E]) -> tuple[Mapping[str, Group], dict[E, str]]:
    """Look for the fleets of events that don't tell them: one that does must not wait for this."""
    try:
        return (rules.look(events) if events else {}), {}
    except Exception as error:  # noqa: BLE001 - whatever kept us from looking, the next delivery looks again
        return {}, dict.fromkeys(events, f"looking failed: {error}")


def _unwritten[E: Event](events: Sequence[E], rules: Rules[E]) -> dict[E, str]:
    """Write events down that have to be: return those that could not be, which wake nobody yet."""
    try:
        if events:
            rules.keep(events)
    except Exception as error:  # noqa: BLE001 - whatever kept us from writing, the next delivery writes
        return dict.fromkeys(events, f"writing it down failed: {error}")
    return {}
