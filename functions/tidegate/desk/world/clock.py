"""The virtual clock of the simulated world, and what is due when.

Times are seconds since the world began; what the fleet's ports say are epoch seconds, from `BEGAN` on.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

BEGAN: Final = 1_772_409_600.0
"""2026-03-02T00:00:00Z, an arbitrary Monday: the same world gives the same story on every day."""

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR

type Act = Callable[[], None]


class Clock:
    """Moves from one thing that is due to the next; `passed` hears of the seconds in between, in which nothing does."""

    def __init__(self, passed: Callable[[float], None] = lambda _: None) -> None:
        self._passed = passed
        self._agenda: list[tuple[float, int, Act]] = []
        self._order = count()
        self.now = 0.0

    def after(self, seconds: float, act: Act) -> None:
        """Do something later. Of what is due at the same moment, what was asked for first comes first."""
        heappush(self._agenda, (self.now + max(seconds, 0.0), next(self._order), act))

    def at(self, t: float, act: Act) -> None:
        """Do something at a moment, or now if that is over."""
        self.after(t - self.now, act)

    def run(self, seconds: float) -> None:
        """Let time pass, with everything that is due in it, in order."""
        until = self.now + seconds
        while self._agenda and self._agenda[0][0] <= until:
            due, _, act = heappop(self._agenda)
            self._move(due)
            act()
        self._move(until)

    def _move(self, t: float) -> None:
        # What is due was put there by sums of floats, which may lie a hair before the moment that the clock stands at.
        if t > self.now:
            self._passed(t - self.now)
            self.now = t
