"""Handles what tells that a model is throttled: read it, write reports down, wake the models, settle the messages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tidegate import process, runtime
from tidegate.loop import compose
from tidegate.loop.mail import Answer, DeadLetters, Message
from tidegate.model.report import Report
from tidegate.model.reports import Reports
from tidegate.policy.model import Model
from tidegate.reactions.alarm import dismissed
from tidegate.reactions.bedrock_throttling.event import Signal, Told, read
from tidegate.reactions.bedrock_throttling.pattern import MAX_RECEIVES
from tidegate.reactions.bedrock_throttling.plan import verdict
from tidegate.reactions.handling import handle, read_all, settle
from tidegate.reactions.verdict import newest
from tidegate.reactions.waking import Doors, Heard, Rules, doors, hear, report


class Book(Protocol):
    """Where reports are written down."""

    def heard(self, reports: Iterable[Report], at: float) -> None:
        """Write some reports at `at` (epoch seconds), all or none; may be repeated."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What is known of the stage, what is written down, and what is woken."""

    stage: str
    models: Mapping[str, Model]
    book: Book
    doors: Doors


def handler(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it, wanted or not
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    return handle(event, respond, _world)


def respond(messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    signals, unreadable = read_all(messages, read)
    heard = hear(list(dict.fromkeys(signals.values())), _rules(world, now), world.doors)
    report(signals.values(), heard, unreadable, now)
    _count_failures(heard)
    return settle(signals, heard.troubles, unreadable, dead_letters, most=MAX_RECEIVES)


def _rules(world: World, now: float) -> Rules[Signal]:
    return Rules(
        dismiss=lambda signal, drills: dismissed(signal, drills, now),
        judge=lambda signal, _, drills: verdict(signal, world.stage, world.models, drills),
        kept=lambda signal: isinstance(signal, Told),
        keep=lambda signals: world.book.heard([one.report for one in signals if isinstance(one, Told)], now),
        wakes=newest,
    )


def _world(now: float) -> World:
    stage = process.settings().stage
    return World(
        stage=stage,
        models=runtime.policy().models_at(stage),
        book=Reports(compose.journal()),
        doors=doors(now),
    )


def _count_failures(heard: Heard[Signal]) -> None:
    """Count the failures that clients told of; a drill's are none."""
    failures = Counter[str]()
    for one in heard.done:
        if isinstance(one, Told) and one.drill is None:
            failures[one.report.failure] += one.report.count
    for failure, number in failures.items():
        runtime.emit("RouteFailures", number, failure=failure)
