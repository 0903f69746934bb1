"""The sweep's part about alarms: which fleets have one raised, and that each has those it is to have.

Alarms are kept in every mode, and with the kill switch on: an alarm changes no group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tidegate import process, runtime
from tidegate.fleet.alarms import adopted_alarms, digest, ringing, wanted_alarms
from tidegate.fleet.cloudwatch_alarms import CloudWatchAlarms
from tidegate.fleet.group import Group
from tidegate.fleet.keeping import Go, Kept, keep
from tidegate.journal import layout
from tidegate.journal.items import Item, Value
from tidegate.journal.table import Journal
from tidegate.loop.delivery import ALARM_WRITE_EVERY_SECONDS, ALARM_WRITES_A_SWEEP

COMPARED_EVERY_MINUTES: Final = 10
"""Alarms are compared with those there are when others are wanted than last time; and this often, since somebody else
may have changed them."""

RESERVE_MILLIS: Final = 5000
"""What an invocation keeps for a write that hangs (3 s) and for the journal."""

DIGEST: Final = "alarms"
COMPARED: Final = "alarms_compared"
"""Attributes of the sweep's item: of what was kept, and in which epoch minute that was compared with CloudWatch."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one sweep goes by."""

    minute: int
    """Epoch minutes."""

    last: Item | None
    """What the last sweep remembered."""

    fleets: Mapping[str, Group]


def raised(alarms: CloudWatchAlarms, seen: Seen) -> Mapping[str, Sequence[str]]:
    """Return the fleets that have alarms in ALARM, with the names of these; none where CloudWatch doesn't say.

    Never an error: whoever has no alarm is to be woken all the same.
    """
    stage, profiles = process.settings().stage, runtime.policy().profiles
    try:
        return ringing(stage, seen.fleets, profiles, alarms.raised(adopted_alarms(seen.fleets, profiles)))
    except (BotoCoreError, ClientError) as error:
        _failed("which alarms are raised can't be read", error)
        return {}


def kept(last: Item | None) -> dict[str, Value]:
    """Return what the last sweep remembered of alarms, so that writing its item anew forgets nothing."""
    return {name: last[name] for name in (DIGEST, COMPARED) if last and name in last}


def tend(alarms: CloudWatchAlarms, journal: Journal, seen: Seen, *, go: Go) -> None:
    """Give fleets the alarms that they are to have, if others are wanted than last time or it is time to compare.

    What is wanted is remembered once all of it is there. Whoever dies before, or runs out of time, remembers nothing:
    the next sweep compares again, and writes the rest. Never an error: the next sweep tries again.
    """
    wanted = wanted_alarms(process.settings().stage, seen.fleets, runtime.policy().profiles)
    word, remembered = digest(wanted), kept(seen.last)
    if remembered.get(DIGEST) == word and seen.minute - int(remembered.get(COMPARED, 0)) < COMPARED_EVERY_MINUTES:
        return
    try:
        done = keep(alarms, wanted, turn=seen.minute, go=go)
        _tell(done)
        if done.complete:
            journal.write([journal.change(layout.SWEEP, {DIGEST: word, COMPARED: seen.minute})])
    except (BotoCoreError, ClientError) as error:
        _failed("alarms can't be kept", error)


def pace(context: Any) -> Go:
    """Return what waits for the turn of each write: below CloudWatch's rate, and no longer than this invocation has."""
    made = 0

    def go() -> bool:
        nonlocal made
        if made == ALARM_WRITES_A_SWEEP or context.get_remaining_time_in_millis() < RESERVE_MILLIS:
            return False
        if made:
            runtime.pause(ALARM_WRITE_EVERY_SECONDS)
        made += 1
        return True

    return go


def _tell(done: Kept) -> None:
    if done.put or done.deleted or done.left:
        runtime.logger.info("alarms kept", put=done.put, deleted=done.deleted, left=done.left)
    if done.refused:
        runtime.logger.error("alarms refused", refused=done.refused)
        runtime.emit("AlarmsFailed", len(done.refused))


def _failed(what: str, error: Exception) -> None:
    runtime.logger.error(what, error=str(error))
    runtime.emit("AlarmsFailed", 1)
