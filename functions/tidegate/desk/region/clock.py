"""A virtual clock: moto, botocore, Powertools and the handlers all read the same stopped time."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import time_machine

START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""An arbitrary Monday: the same run gives the same output on every day."""


class VirtualClock:
    """Moves only when told to. `time.monotonic` and `time.perf_counter` stay real: they measure, they don't date."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller: Final = traveller
        # Whole microseconds, which is what Python's datetimes hold: the two clocks can't drift apart.
        self._micros = 0

    def now(self) -> float:
        """Seconds since the Region began."""
        return self._micros / 1e6

    def move_to(self, t: float) -> None:
        """Move to a later moment, for everything in this process."""
        micros = round(t * 1e6)
        if micros < self._micros:
            raise ValueError(f"time runs forward only: {t} s is before {self.now()} s")
        self._traveller.shift(timedelta(microseconds=micros - self._micros))
        self._micros = micros


@contextmanager
def virtual_clock(start: datetime = START) -> Generator[VirtualClock]:
    """Stop time at `start`, for everything in this process."""
    with time_machine.travel(start, tick=False) as traveller:
        yield VirtualClock(traveller)
