"""How much time a caller has: a default for all calls, and a context for one caller's own."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Any, Final

_LEAST_SECONDS: Final = 0.05
"""What a request gets at the least: a timeout of 0 is none."""

_hurry: Final[ContextVar[float]] = ContextVar("tidegate_hurry", default=inf)
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


@contextmanager
def hurried(seconds: float) -> Generator[None]:
    """Bound what is waited for each answer inside of the block, on clients that `hurry`."""
    token = _hurry.set(seconds)
    try:
        yield
    finally:
        _hurry.reset(token)


def hurry(client: Any) -> None:
    """Let a client of boto3 heed `hurried`. Connecting takes what its own configuration says."""
    client.meta.events.register("before-call", _bound)


def _bound(context: dict[str, Any], **_: object) -> None:
    left = max(_LEAST_SECONDS, _hurry.get())
    if left < context["client_config"].read_timeout:
        # botocore/httpsession.py takes the timeout of a single request from here.
        context["read_timeout"] = left
