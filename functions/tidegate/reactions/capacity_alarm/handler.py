"""Handles alarms of fleets: read them, find out whose they are, wake those, report, settle the messages."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tidegate import process, runtime
from tidegate.fleet.group import Group
from tidegate.journal import layout
from tidegate.loop import compose
from tidegate.loop.mail import Answer, DeadLetters, Graveyard, Message, hand_back, read_batch
from tidegate.loop.wake import Wakes
from tidegate.policy.profile import Profile
from tidegate.reactions.capacity_alarm.event import Alarm, read
from tidegate.reactions.capacity_alarm.pattern import MAX_RECEIVES
from tidegate.reactions.capacity_alarm.plan import Verdict, dismissed, tells_its_fleet, verdict, wakes
from tidegate.reactions.handling import Letter, bury, count, read_all


class WakeQueue(Protocol):
    """The queue of wakes."""

    def send(self, wakes: Iterable[tuple[str, str, str]]) -> None:
        """Ask for looks, each at (target, event id, why)."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What is looked at, by calls that few alarms need, and what is woken."""

    stage: str
    profiles: Mapping[str, Profile]
    fleets: Callable[[], Mapping[str, Group]]
    """All groups that bear the opt-in tag, by name."""

    drill_target: Callable[[str], str | None]
    """The fleet that the live record of a drill names, by the drill's nonce."""

    wakes: WakeQueue


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of some alarms. Whoever is missing in `troubles` is done."""

    verdicts: tuple[Verdict, ...]
    troubles: Mapping[Alarm, str]


def handler(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it, wanted or not
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    now = time.time()
    graveyard = Graveyard(runtime.client("sqs"), process.settings().dead_letters)
    with runtime.throttles_counted():
        return respond(read_batch(event), _world(now), graveyard, now)


def respond(messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    alarms, unreadable = read_all(messages, read)
    heard = hear(list(dict.fromkeys(alarms.values())), world, now)
    _report(alarms.values(), heard, unreadable, now)
    troubled = {message: heard.troubles[alarm] for message, alarm in alarms.items() if alarm in heard.troubles}
    again = [message for message in troubled if message.receives < MAX_RECEIVES]
    letters = unreadable + [(message, why) for message, why in troubled.items() if message not in again]
    return hand_back([*again, *bury(dead_letters, letters)])


def hear(alarms: Sequence[Alarm], world: World, now: float) -> Heard:
    """Wake the fleets of some alarms; what the world refuses is told, never raised. May be repeated at any time."""
    drills, troubles = _drills(alarms, world)
    done = {one: why for one in alarms if one not in troubles and (why := dismissed(one, drills, now))}
    open_ones = [alarm for alarm in alarms if alarm not in done and alarm not in troubles]
    fleets, unseen = _fleets([alarm for alarm in open_ones if not tells_its_fleet(alarm, world.stage)], world)
    troubles |= unseen
    seen = [alarm for alarm in open_ones if alarm not in troubles]
    verdicts = [verdict(alarm, world.stage, world.profiles, fleets, drills) for alarm in seen]
    try:
        world.wakes.send((layout.fleet(fleet), event, why) for fleet, event, why in wakes(verdicts))
    except Exception as error:  # noqa: BLE001 - whatever kept us from waking, the next delivery wakes
        troubles |= {one.alarm: f"waking failed: {error}" for one in verdicts if one.fleets}
    return Heard((*done.values(), *verdicts), troubles)


def _world(now: float) -> World:
    return World(
        stage=process.settings().stage,
        profiles=runtime.policy().profiles,
        fleets=lambda: compose.groups().all_fleets(),
        drill_target=lambda nonce: compose.journal().drill_target(nonce, now=now),
        wakes=Wakes(runtime.client("sqs"), process.settings().wakes),
    )


def _drills(alarms: Iterable[Alarm], world: World) -> tuple[dict[str, str], dict[Alarm, str]]:
    """Read the records of drills: the fleets that they name, and the alarms whose record can't be read."""
    targets: dict[str, str] = {}
    troubles: dict[Alarm, str] = {}
    for alarm in alarms:
        if alarm.drill and alarm.drill not in targets:
            try:
                target = world.drill_target(alarm.drill)
            except Exception as error:  # noqa: BLE001 - a drill must not hold a real alarm back
                troubles[alarm] = f"looking for the record of drill {alarm.drill} failed: {error}"
            else:
                targets |= {alarm.drill: target} if target else {}
    return targets, troubles


def _fleets(alarms: Sequence[Alarm], world: World) -> tuple[Mapping[str, Group], dict[Alarm, str]]:
    """Look at all fleets if an alarm doesn't tell its own: one that does must not wait for this."""
    try:
        return (world.fleets() if alarms else {}), {}
    except Exception as error:  # noqa: BLE001 - whatever kept us from looking, the next delivery looks again
        return {}, dict.fromkeys(alarms, f"looking failed: {error}")


def _report(alarms: Iterable[Alarm], heard: Heard, unreadable: Sequence[Letter], now: float) -> None:
    """Log each verdict and each trouble, and count what came of them."""
    for one in heard.verdicts:
        runtime.logger.info(one.reason, event_id=one.alarm.event_id, fleets=list(one.fleets), code=one.code)
    for alarm, why in heard.troubles.items():
        runtime.logger.error(why, event_id=alarm.event_id, alarm=alarm.name)
    if received := list(alarms):
        runtime.emit("EventAge", max(now - one.time for one in received))
    count("Received", "kind", ("alarm" for _ in received))
    count("NoAction", "reason", (one.code for one in heard.verdicts if not one.fleets))
    for name, some in (("Troubled", heard.troubles), ("Unreadable", unreadable)):
        if some:
            runtime.emit(name, len(some))
