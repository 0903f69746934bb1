"""How many units of capacity a signal asks for, now and over the last minutes. Pure.

    units = capacity x value / target

A mean over machines is work only together with how many there were at its own time: a size that changed since would be
taken for work that changed. Machines come out short where they may be too few, and in full where they may be too many:

- Growth counts those that were in service and warm, as a machine that has just come may not do its share yet.
- Shrinking counts all that were in service, as the value is the mean over all of them.

A single minute scatters. What lies within the tolerance about the target is judged by the mean of three minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from tidegate.fleet.history import History
from tidegate.fleet.reading import Point, Reading
from tidegate.policy.signal import Signal
from tidegate.policy.size import Size

PERCENT: Final = 100

SMOOTH_SECONDS: Final = 180
"""What is averaged. With datapoints of five minutes that is the newest one alone. Native target tracking waits for as
long before it adds a machine: three datapoints of a minute."""

_EXACT: Final = 1e-9
"""A quotient that should be whole may come out a little above it, and would ask for a machine too many."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one signal asks for: `work` in units of capacity at the target, before it is rounded up."""

    signal: str
    value: float
    target: float
    work: float
    spare: int = 0
    """Units that are kept on top of it."""

    @property
    def units(self) -> int:
        """How many whole units that are."""
        return whole(self.work) + self.spare

    def __str__(self) -> str:
        spare = f", {self.spare} of them spare" if self.spare else ""
        return f"{self.signal} is {self.value:.4g}, target {self.target:.4g}: {self.units} needed{spare}"


@dataclass(frozen=True, slots=True)
class Watch:
    """A signal that decides, what it showed, and what it is judged by at `now` (epoch seconds)."""

    name: str
    signal: Signal
    reading: Reading
    history: History
    size: Size
    now: float

    @property
    def target(self) -> float:
        """The value to aim at; only signals that have one are watched."""
        return self.signal.target or 1.0

    def current(self) -> Need | None:
        """Return what it asks for now; None: it has no fresh datapoint.

        A value beyond the tolerance counts at once, a smaller excess only if it is that of three minutes as well.
        """
        newest = self.reading.newest(self.now)
        if newest is None:
            return None
        work = self._at_least(newest)
        if newest.value <= self.target * (1 + self.size.tolerance_percent / PERCENT):
            end = newest.start + self.reading.period
            work = min(work, _mean([self._at_least(one) for one in self.reading.within(end - SMOOTH_SECONDS, end)]))
        return Need(self.name, newest.value, self.target, work, self.size.spare)

    def highest(self) -> Need | None:
        """Return the most that it asked for in the time for which it has to be low; None: it has no fresh datapoint."""
        newest = self.reading.newest(self.now)
        if newest is None:
            return None
        since = min(self.now - self.size.scale_in_after_seconds, newest.start)
        return max(self._smooth(since), key=lambda one: one.work)

    def _smooth(self, since: float) -> Iterator[Need]:
        """Yield what three minutes asked for in their mean, by each datapoint that ended after `since`."""
        points = self.reading.within(since - SMOOTH_SECONDS, self.now)
        works = [self._at_most(one) for one in points]
        first = 0
        for index, point in enumerate(points):
            while points[first].start <= point.start - SMOOTH_SECONDS:
                first += 1
            if point.start + self.reading.period > since:
                value = _mean([one.value for one in points[first : index + 1]])
                yield Need(self.name, value, self.target, _mean(works[first : index + 1]), self.size.spare)

    def _at_least(self, point: Point) -> float:
        return self._work(point, self.history.ready(*self._span(point), self.size.warmup_seconds))

    def _at_most(self, point: Point) -> float:
        return self._work(point, self.history.served(*self._span(point)))

    def _work(self, point: Point, machines: float) -> float:
        return (1 if self.signal.per == "group" else machines) * point.value / self.target

    def _span(self, point: Point) -> tuple[float, float]:
        return point.start, point.start + self.reading.period


def whole(work: float) -> int:
    """Return how many whole units hold that much work."""
    return max(0, ceil(work - _EXACT))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
