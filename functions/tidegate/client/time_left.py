"""How much time a caller has: a default for all calls, and a context for one caller's own."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final

_ends: Final[ContextVar[float | None]] = ContextVar("tidegate_deadline", default=None)


@contextmanager
def deadline(seconds: float, *, ticks: Callable[[], float] = monotonic) -> Generator[None]:
    """Bound all calls inside of the block, for this thread or task; within another block the sooner end holds.

    In Lambda: `deadline(context.get_remaining_time_in_millis() / 1000 - 1)`.
    """
    before, mine = _ends.get(), ticks() + seconds
    token = _ends.set(mine if before is None else min(before, mine))
    try:
        yield
    finally:
        _ends.reset(token)


def ends(default_seconds: float, now: float) -> float:
    """Return when a call that begins now has to be over, on the clock of `now`."""
    said = _ends.get()
    mine = now + default_seconds
    return mine if said is None else min(said, mine)
