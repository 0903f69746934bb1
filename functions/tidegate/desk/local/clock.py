"""A real clock for the emulated Region's world, and the one thread that lets things happen on it."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

BEAT_SECONDS: Final = 0.05
"""Real seconds between two looks at what is due: far below anything that Auto Scaling promises."""


class RealClock:
    """Seconds of the Region since it began: `speed` of them in one real second."""

    def __init__(self, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        if speed <= 0:
            raise ValueError(f"speed is {speed}: time runs forward only, so a number above 0 is needed")
        self._speed: Final = speed
        self._monotonic: Final = monotonic
        self._began: Final = monotonic()

    def now(self) -> float:
        """Return the moment."""
        return (self._monotonic() - self._began) * self._speed

    def move_to(self, t: float) -> None:
        """Do nothing: real time moves by itself, and an act is done when its moment has passed."""


@contextmanager
def beating(beat: Callable[[], None]) -> Generator[None]:
    """Call `beat` again and again, from one thread, while the block runs."""
    over = Event()

    def run() -> None:
        while not over.wait(BEAT_SECONDS):
            beat()

    thread = Thread(target=run, name="tidegate-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
