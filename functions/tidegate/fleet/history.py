"""What a fleet remembers of its own size: how much served since when, and who set the size. Pure."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Final

from tidegate.fleet.group import Group

MOST_STEPS: Final = 64
"""Steps that are kept at the most; of a fleet that changes more often, the oldest are forgotten."""

MOST_BETWEEN_LOOKS_SECONDS: Final = 120
"""A fleet that isn't at its size is looked at every minute; one look may be missed."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `since` (epoch seconds) on, so many units of capacity were in service."""

    since: float
    units: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody else set the desired capacity: a scheduled action, a person, a pipeline."""

    at: float
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class History:
    """The size as the looks saw it. Steps are ordered by time; the first one holds for all time before it, too."""

    steps: tuple[Step, ...] = ()
    desired: int | None = None
    """The desired capacity at the last look; None: there was none."""

    meant: int | None = None
    """What Tidegate was about to set when it wrote this down: it may have died before or after it did."""

    foreign: Foreign | None = None

    looked: float = 0.0
    """When the last look was, in epoch seconds."""

    raised: float = 0.0
    """When the desired capacity was raised for the last time, by whoever, in epoch seconds; 0: never."""

    def ready(self, start: float, end: float, warmup: float) -> int:
        """Return the units that were in service all the time from `start` to `end`, and for `warmup` seconds by then.

        A machine that came later was warming up: it is left out.
        """
        began, first = min(start, end - warmup), self.steps[:1]
        spans = zip(self.steps, [*(one.since for one in self.steps[1:]), inf], strict=False)
        return min((one.units for one, left in spans if left > began and (one in first or one.since < end)), default=0)

    def served(self, start: float, end: float) -> float:
        """Return the units that were in service from `start` to `end`, warm or not: the mean of that time."""
        bounds = [start, *(min(max(one.since, start), end) for one in self.steps[1:]), end]
        parts = zip(self.steps, pairwise(bounds), strict=False)
        return sum(one.units * (until - since) for one, (since, until) in parts) / (end - start)


def seen(history: History, group: Group, now: float, *, reach: float) -> History:
    """Return what is remembered once a group was looked at; steps that ended `reach` seconds ago are forgotten."""
    steps = history.steps
    if not steps or steps[-1].units < group.in_service:
        steps = (*steps, Step(now, group.in_service))
    elif steps[-1].units > group.in_service:
        # Machines left at some moment since the last look. A datapoint of that time may be of those that stayed: to
        # multiply it with all of them would ask for machines that nobody needs.
        left = max(history.looked, now - MOST_BETWEEN_LOOKS_SECONDS, steps[-1].since)
        steps = (*steps, Step(left, group.in_service))
    kept = [one for one, after in pairwise(steps) if after.since > now - reach]
    foreign = history.foreign
    if history.desired is not None and group.desired not in (history.desired, history.meant):
        foreign = Foreign(now, history.desired, group.desired)
    return replace(
        wanting(history, group.desired, now),
        steps=(*kept, steps[-1])[-MOST_STEPS:],
        meant=None,
        foreign=foreign,
        looked=now,
    )


def wanting(history: History, desired: int, now: float) -> History:
    """Return what is remembered once the desired capacity is known to be `desired`."""
    more = history.desired is not None and desired > history.desired
    return replace(history, desired=desired, raised=now if more else history.raised)
