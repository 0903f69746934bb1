"""Time, chance and company, as the client takes them: handed in, so that tests and drills bring their own."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Final


def _in_a_thread(job: Callable[[], None]) -> None:
    Thread(target=job, name="tidegate-report", daemon=True).start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the client knows of time. All in seconds."""

    now: Callable[[], float] = time.time
    """Epoch seconds: when documents end."""

    ticks: Callable[[], float] = time.monotonic
    """Seconds since some moment: ages and deadlines."""

    pause: Callable[[float], None] = time.sleep  # noqa: TID251 - the caller waits for the answer, and routes need a moment
    """Waits before routes that were all tried are asked again."""

    chance: Callable[[], float] = random.random
    """From 0 to 1: spreads what many processes would do in the same moment."""

    beside: Callable[[Callable[[], None]], None] = _in_a_thread
    """Runs a job beside the caller, who doesn't wait for it."""


REAL: Final = Clock()
