"""Handles spot interruption warnings and rebalance recommendations: read, tend, report, settle the messages."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from tidegate import process, runtime
from tidegate.fleet.losses import JournaledLosses
from tidegate.fleet.notice import Notice
from tidegate.fleet.notice_path import Tended, Trouble, World, tend
from tidegate.loop import compose
from tidegate.loop.mail import Answer, Copies, DeadLetters, Later, Message, hand_back
from tidegate.loop.wake import Wakes
from tidegate.reactions.handling import Letter, bury, count, handle, read_all
from tidegate.reactions.spot_interruption.event import read
from tidegate.reactions.spot_interruption.pattern import MAX_RECEIVES, VISIBILITY_TIMEOUT_SECONDS


def handler(event: Mapping[str, Any], context: Any) -> Answer:
    """Handle one batch of the reaction's queue, as Lambda calls it.

    Raises ValueError when it is invoked with anything else.
    """
    later = Copies(runtime.client("sqs"), process.settings().inbox)
    return handle(event, partial(respond, later=later), lambda now: _world(now, context))


def respond(
    messages: Sequence[Message], world: World, dead_letters: DeadLetters, now: float, *, later: Later
) -> Answer:
    """Handle some messages in the `world` at `now` (epoch seconds); return those that are to be delivered again."""
    notices, unreadable = read_all(messages, read)
    repeated = {notice for message, notice in notices.items() if message.receives > 1}
    tended = tend(list(dict.fromkeys(notices.values())), world, now, repeated)
    _report(notices.values(), tended, unreadable, now)
    again = [
        message
        for message, notice in notices.items()
        if (trouble := tended.troubles.get(notice)) and _worth_repeating(notice, message, trouble, now)
    ]
    letters = unreadable + [
        (message, tended.troubles[notice].why)
        for message, notice in notices.items()
        if notice in tended.troubles and message not in again
    ]
    kept = _put_off(later, notices, tended, again, now)
    return hand_back([*again, *kept, *bury(dead_letters, letters)])


def _put_off(
    later: Later, notices: Mapping[Message, Notice], tended: Tended, again: Sequence[Message], now: float
) -> list[Message]:
    """Have what serves on released at its time; return the messages that must come back, since no copy could be sent.

    One that comes back anyhow gets its copy then.
    """
    until = {one.notice: one.until for one in tended.verdicts if one.until is not None}
    due = {message: until[one] - now for message, one in notices.items() if one in until and message not in again}
    if not due:
        return []
    try:
        later.again({message: max(0.0, seconds) for message, seconds in due.items()})
    except Exception as error:  # noqa: BLE001 - it comes again in a moment, which is as good
        runtime.logger.error("no copy could be sent", error=str(error))
        return list(due)
    return []


def _world(now: float, context: Any) -> World:
    journal = compose.journal()
    return World(
        groups=compose.groups(),
        losses=JournaledLosses(journal),
        drills=journal,
        wakes=Wakes(runtime.client("sqs"), process.settings().wakes),
        profiles=runtime.policy().profiles,
        mode=runtime.mode_reader().read(now=now),
        gate=compose.gate(context),
    )


def _worth_repeating(notice: Notice, message: Message, trouble: Trouble, now: float) -> bool:
    """Whether another delivery could still help: before the queue gives up, and a release within its deadline."""
    in_time = not trouble.urgent or now + VISIBILITY_TIMEOUT_SECONDS < notice.deadline
    return in_time and message.receives < MAX_RECEIVES


def _report(notices: Iterable[Notice], tended: Tended, unreadable: Sequence[Letter], now: float) -> None:
    """Log each verdict and each trouble, and count what came of them."""
    for one in tended.verdicts:
        runtime.logger.info(one.reason, event_id=one.notice.event_id, instance=one.notice.instance, code=one.code)
    for notice, trouble in tended.troubles.items():
        runtime.logger.error(trouble.why, event_id=notice.event_id, instance=notice.instance)
    for notice in tended.lost_track:
        why = "its loss may be missing from the journal"
        runtime.logger.error(why, event_id=notice.event_id, instance=notice.instance)
    if received := list(notices):
        runtime.emit("EventAge", max(now - one.time for one in received))
    released = [one for one in tended.verdicts if one.release and one.notice not in tended.troubles]
    count("Received", "kind", ("risk" if one.action == "none" else "loss" for one in received))
    count("NoAction", "reason", (one.code for one in tended.verdicts if one.release is None))
    count("Released", "how", (one.release or "" for one in released))
    for name, some in (("Troubled", tended.troubles), ("Unreadable", unreadable), ("LostTrack", tended.lost_track)):
        if some:
            runtime.emit(name, len(some))
