"""Handles alarms of fleets: read them, find out whose they are, wake those, report, settle the messages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate import process, runtime
from tidegate.fleet.group import Group
from tidegate.loop import compose
from tidegate.loop.mail import Answer, DeadLetters, Message
from tidegate.policy.profile import Profile
from tidegate.reactions.alarm import Alarm, dismissed
from tidegate.reactions.capacity_alarm.event import read
from tidegate.reactions.capacity_alarm.pattern import MAX_RECEIVES
from tidegate.reactions.capacity_alarm.plan import tells_its_fleet, verdict, wakes
from tidegate.reactions.handling import handle, read_all, settle
from tidegate.reactions.waking import Doors, Rules, doors, hear, report


@dataclass(frozen=True, slots=True)
class World:
    """What is looked at, by calls that few alarms need, and what is woken."""

    stage: str
    profiles: Mapping[str, Profile]
    fleets: Callable[[], Mapping[str, Group]]
    """All groups that bear the opt-in tag, by name."""

    doors: Doors


def handler(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it, wanted or not
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    return handle(event, respond, _world)


def respond(messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    alarms, unreadable = read_all(messages, read)
    heard = hear(list(dict.fromkeys(alarms.values())), _rules(world, now), world.doors)
    report(alarms.values(), heard, unreadable, now)
    return settle(alarms, heard.troubles, unreadable, dead_letters, most=MAX_RECEIVES)


def _rules(world: World, now: float) -> Rules[Alarm]:
    return Rules(
        dismiss=lambda alarm, drills: dismissed(alarm, drills, now),
        looked_for=lambda alarm: not tells_its_fleet(alarm, world.stage),
        look=lambda _: world.fleets(),
        judge=lambda alarm, fleets, drills: verdict(alarm, world.stage, world.profiles, fleets, drills),
        wakes=wakes,
    )


def _world(now: float) -> World:
    return World(
        stage=process.settings().stage,
        profiles=runtime.policy().profiles,
        fleets=lambda: compose.groups().all_fleets(),
        doors=doors(now),
    )
