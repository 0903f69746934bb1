"""The sweep, every minute: looks at all fleets in bulk, wakes those that want a closer look, and keeps their alarms."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tidegate import process, runtime
from tidegate.fleet.sweep import EVENT, EVERY_MINUTES, Calls, slot, wanted
from tidegate.journal import layout
from tidegate.journal.items import Item
from tidegate.journal.table import Journal
from tidegate.loop import alarms, compose, drill_alarm, drill_throttle
from tidegate.loop.alarms import Seen
from tidegate.loop.wake import Wakes
from tidegate.model import sweep as models

MINUTE: Final = 60
MODELS: Final = "models"
"""Attribute of the sweep's item: a digest of the models that it has woken, as the policy has them."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Sweep, as the scheduler asks for; `event` bears the minute that is meant, so a repetition wakes nobody twice."""
    with runtime.throttles_counted():
        minute = int(_scheduled(event) // MINUTE)
        journal, kept = compose.journal(), compose.alarms()
        seen = Seen(minute, journal.get(layout.SWEEP), compose.groups().all_fleets())
        wakes = Wakes(runtime.client("sqs"), process.settings().wakes)
        woken = sweep(journal, wakes, seen, alarms.raised(kept, seen))
        _settle_drill(journal, time.time())
        # Last, since it may take most of the time there is: whatever becomes of it, everybody is awake.
        alarms.tend(kept, journal, seen, go=alarms.pace(context))
        return {"woken": woken}


def sweep(journal: Journal, wakes: Wakes, seen: Seen, raised: Mapping[str, Sequence[str]]) -> int:
    """Wake what wants a look; return how many targets that were. `raised`: alarms in ALARM, by their fleets."""
    minute = seen.minute
    swept = int(seen.last["minute"]) if seen.last else minute - EVERY_MINUTES
    if swept > minute + EVERY_MINUTES:
        # No sweep is that late: somebody started one for a time to come, and nobody would be looked at until then.
        swept = minute - EVERY_MINUTES
    minutes = range(max(swept, minute - EVERY_MINUTES) + 1, minute + 1)
    slots = {one % EVERY_MINUTES for one in minutes}
    open_ones = journal.open_targets()
    unfinished = {name: incident for one, incident in open_ones.items() if (name := layout.fleet_name(one))}
    found = wanted(seen.fleets, Calls(unfinished, raised), minutes)
    targets = {layout.fleet(name): why for name, (_, why) in found.items()}
    targets |= _models(open_ones, seen.last, slots)
    if slot(layout.STRAYS) in slots:
        targets[layout.STRAYS] = f"detached machines are looked for every {EVERY_MINUTES} minutes"
    wakes.targets({target: (f"{EVENT}{minute}", why) for target, why in targets.items()})
    # After the wakes: a sweep that died before is repeated by the next one, for the minutes that it left out. Never
    # backwards: one that was started late would have the next one wake everybody of the minutes in between again.
    values = {"minute": max(minute, swept), **alarms.kept(seen.last), MODELS: models.digest(runtime.policy().models)}
    journal.write([journal.put(layout.SWEEP, values, at=minute * MINUTE)])
    runtime.emit("FleetsWatched", len(seen.fleets))
    for reason, number in Counter(reason for reason, _ in found.values()).items():
        runtime.emit("FleetsWoken", number, reason=reason)
    return len(targets)


def _models(open_ones: Iterable[str], last: Item | None, slots: Collection[int]) -> dict[str, str]:
    """Return the models that want a look, as targets, and why."""
    unfinished = [name for one in open_ones if (name := layout.model_name(one))]
    swept = str(last.get(MODELS, "")) if last else ""
    found = models.wanted(runtime.policy().models, unfinished, swept, lambda name: slot(layout.model(name)) in slots)
    return {layout.model(name): why for name, why in found.items()}


def _scheduled(event: Mapping[str, Any]) -> float:
    """When the scheduler meant this sweep, in epoch seconds; now, for one that is started by hand."""
    try:
        return datetime.fromisoformat(str(event["time"])).timestamp()
    except (KeyError, TypeError, ValueError):
        return time.time()


def _settle_drill(journal: Journal, now: float) -> None:
    """Put back what a drill has changed. Its trouble is no sweep's: the fleets are woken already."""
    try:
        drill_alarm.settle(journal, now)
        drill_throttle.settle(journal, now)
    except Exception as error:  # noqa: BLE001 - the next sweep tries again
        runtime.logger.error("a drill can't be ended yet", error=str(error))
