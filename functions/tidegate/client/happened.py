"""What an application's own metrics hook is told: `attach(..., on_event=...)` gets one of these. Times in seconds."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tidegate.client.course import Failed
from tidegate.policy.failures import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A call was answered; of a stream: its answer began."""

    model: str
    route: str
    epoch: int
    seconds: float
    """Since the application called."""

    failed: tuple[Failed, ...]
    """What did not answer before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedDown:
    """A route failed, and another one is asked; or the same again, after a pause."""

    model: str
    route: str
    failure: Failure
    onward: str
    """Name of the route that is asked next."""

    pause: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """A call got an error: no route was left, or no time, or the error is the caller's own."""

    model: str
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The model's routes were read; `error` says why in vain, and those that were known before hold on."""

    model: str
    epoch: int
    error: str = ""


type Happened = Answered | SteppedDown | GaveUp | Refreshed
type OnEvent = Callable[[Happened], None]


def tell(on_event: OnEvent | None, what: Happened) -> None:
    """Tell an application's hook, if it has one; its errors are nobody's business."""
    if on_event is not None:
        with suppress(Exception):
            on_event(what)
