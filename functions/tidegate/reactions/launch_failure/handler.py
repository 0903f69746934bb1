"""Handles failed launches: read them, find out which groups are fleets, wake those, report, settle the messages."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate import runtime
from tidegate.fleet.group import Group
from tidegate.loop import compose
from tidegate.loop.mail import Answer, DeadLetters, Message
from tidegate.reactions.handling import handle, read_all, settle
from tidegate.reactions.launch_failure.event import FailedLaunch, read
from tidegate.reactions.launch_failure.pattern import MAX_RECEIVES
from tidegate.reactions.launch_failure.plan import dismissed, needs_a_person, verdict
from tidegate.reactions.verdict import newest
from tidegate.reactions.waking import Doors, Heard, Rules, doors, hear, report


@dataclass(frozen=True, slots=True)
class World:
    """What is looked at, and what is woken."""

    fleets: Callable[[Collection[str]], Mapping[str, Group]]
    """The groups among some names that bear the opt-in tag, by name."""

    doors: Doors


def handler(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it, wanted or not
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    return handle(event, respond, _world)


def respond(messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    launches, unreadable = read_all(messages, read)
    heard = hear(list(dict.fromkeys(launches.values())), _rules(world, now), world.doors)
    report(launches.values(), heard, unreadable, now)
    _count_failures(heard)
    return settle(launches, heard.troubles, unreadable, dead_letters, most=MAX_RECEIVES)


def _rules(world: World, now: float) -> Rules[FailedLaunch]:
    return Rules(
        dismiss=lambda launch, drills: dismissed(launch, drills, now),
        looked_for=lambda _: True,
        look=lambda launches: world.fleets({launch.group for launch in launches}),
        judge=verdict,
        wakes=newest,
    )


def _world(now: float) -> World:
    return World(
        fleets=lambda names: compose.groups().fleets(names),
        doors=doors(now),
    )


def _count_failures(heard: Heard[FailedLaunch]) -> None:
    """Count the failed launches of fleets that are done with; a drill's is none."""
    failures = [launch.failure for launch in heard.done if launch.drill is None]
    for (market, cause), number in Counter((one.market, one.cause) for one in failures).items():
        runtime.emit("LaunchFailures", number, market=market, cause=cause)
    if to_see := sum(map(needs_a_person, failures)):
        runtime.emit("LaunchFailuresToSee", to_see)
