"""Handles spot interruption warnings and rebalance recommendations: read, tend, report, settle the messages."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from tidegate import runtime
from tidegate.fleet.aws import AutoScaling
from tidegate.fleet.losses import JournaledLosses
from tidegate.fleet.notice import Notice
from tidegate.fleet.notice_path import Tended, World, tend
from tidegate.journal import Journal
from tidegate.loop.wake import Wakes
from tidegate.reactions.mail import Answer, DeadLetters, Graveyard, Message, hand_back, read_batch
from tidegate.reactions.spot_interruption.event import Unreadable, read
from tidegate.reactions.spot_interruption.pattern import MAX_RECEIVES, VISIBILITY_TIMEOUT_SECONDS


def handler(event: Mapping[str, Any], context: object) -> Answer:
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    now = time.time()
    graveyard = Graveyard(runtime.client("sqs"), runtime.settings().dead_letters)
    return respond(read_batch(event), _world(now), graveyard, now)


def respond(messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    notices, unreadable = _read(messages)
    repeated = {notice for message, notice in notices.items() if message.receives > 1}
    tended = tend(list(dict.fromkeys(notices.values())), world, now, repeated)
    _report(tended, unreadable, now)
    again = [message for message, notice in notices.items() if _worth_repeating(notice, message, tended, now)]
    letters = unreadable + [
        (message, tended.troubles[notice])
        for message, notice in notices.items()
        if notice in tended.troubles and message not in again
    ]
    return hand_back([*again, *_bury(dead_letters, letters)])


def _world(now: float) -> World:
    settings, policy = runtime.settings(), runtime.policy()
    journal = Journal(runtime.client("dynamodb"), settings.table, days=policy.stages[settings.stage].journal_days)
    return World(
        groups=AutoScaling(runtime.client("autoscaling"), ec2=lambda: runtime.client("ec2")),
        losses=JournaledLosses(journal),
        drills=journal,
        wakes=Wakes(runtime.client("sqs"), settings.wakes),
        profiles=policy.profiles,
        mode=runtime.mode_reader().read(now=now),
    )


def _read(messages: Sequence[Message]) -> tuple[dict[Message, Notice], list[tuple[Message, str]]]:
    notices: dict[Message, Notice] = {}
    unreadable: list[tuple[Message, str]] = []
    for message in messages:
        try:
            notices[message] = read(message.body)
        except Unreadable as error:
            unreadable.append((message, f"unreadable: {error}"))
    return notices, unreadable


def _worth_repeating(notice: Notice, message: Message, tended: Tended, now: float) -> bool:
    """Whether another delivery could still help: within the deadline, and before the queue itself gives up."""
    in_time = notice.action == "none" or now + VISIBILITY_TIMEOUT_SECONDS < notice.deadline
    return notice in tended.troubles and in_time and message.receives < MAX_RECEIVES


def _bury(dead_letters: DeadLetters, letters: Sequence[tuple[Message, str]]) -> list[Message]:
    """Return the messages that could not even be buried: they are delivered again, and the redrive policy has them."""
    if not letters:
        return []
    for message, reason in letters:
        runtime.logger.error("to the dead-letter queue", message_id=message.id, reason=reason)
    try:
        dead_letters.bury(letters)
    except Exception as error:  # noqa: BLE001 - nothing is lost while the message stays in its queue
        runtime.logger.error("the dead-letter queue takes nothing", error=str(error))
        return [message for message, _ in letters]
    return []


def _report(tended: Tended, unreadable: Sequence[tuple[Message, str]], now: float) -> None:
    """Log each verdict, and count: what came, what was released, and why nothing was done."""
    for one in tended.verdicts:
        notice = one.notice
        runtime.logger.info(
            one.reason,
            event_id=notice.event_id,
            instance=notice.instance,
            code=one.code,
            trouble=tended.troubles.get(notice),
        )
    released = [one for one in tended.verdicts if one.release and one.notice not in tended.troubles]
    for code, number in Counter(one.code for one in tended.verdicts if one.release is None).items():
        runtime.emit("NoAction", number, reason=code)
    for how, number in Counter(one.release or "" for one in released).items():
        runtime.emit("Released", number, how=how)
    if tended.troubles:
        runtime.emit("Troubled", len(tended.troubles))
    if unreadable:
        runtime.emit("Unreadable", len(unreadable))
    if tended.verdicts:
        runtime.emit("EventAge", max(now - one.notice.time for one in tended.verdicts), MetricUnit.Seconds)
