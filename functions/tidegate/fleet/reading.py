"""What a signal showed over the last minutes: plain data, as read in one look."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LATE_SECONDS: Final = 240
"""How late a datapoint may come: CloudWatch shows most of them within two minutes, and few later than four."""

FRESH_SECONDS: Final = 300 + LATE_SECONDS
"""How old the end of the newest period may be at the most: EC2's basic monitoring reports every five minutes.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html"""


@dataclass(frozen=True, slots=True)
class Point:
    """One datapoint: the mean, maximum, minimum or sum of a period that began at `start` (epoch seconds)."""

    start: float
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The datapoints of a signal, oldest first, and the length of their periods in seconds."""

    points: tuple[Point, ...] = ()
    period: int = 60

    @property
    def patience(self) -> float:
        """How long it may be silent, in seconds: as long as its datapoints are apart, and a little."""
        apart = [later.start - earlier.start for earlier, later in pairwise(self.points)]
        return min(FRESH_SECONDS, min(apart, default=FRESH_SECONDS) + LATE_SECONDS)

    def newest(self, now: float) -> Point | None:
        """Return the newest datapoint whose period is over, if it is fresh at `now`; None: the signal says nothing."""
        return next(reversed(self.within(now - self.patience, now)), None)

    def within(self, since: float, now: float) -> tuple[Point, ...]:
        """Return the datapoints whose periods ended between `since` and `now`, oldest first."""
        return tuple(one for one in self.points if since < one.start + self.period <= now)

    def covers(self, since: float, now: float) -> bool:
        """Return whether it tells of all the time from `since` to `now`: no gap longer than its patience."""
        told = self.within(since - FRESH_SECONDS, now)
        if not told or told[0].start > since:
            return False
        ends = [one.start + self.period for one in told]
        return all(
            start - end <= self.patience
            for end, start in zip(ends, [*(one.start for one in told[1:]), now], strict=True)
        )
