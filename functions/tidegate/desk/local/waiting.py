"""Waiting for what happens in another process; and the one kind of failure that a person is told in a sentence."""

import sys
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final

LOOK_SECONDS: Final = 0.1


class Trouble(RuntimeError):
    """Something went wrong that the person in front can do something about; the text says what."""


class TooLate(Trouble):
    """What was waited for never came."""


def wait_for[T](look: Callable[[], T | None], seconds: float, what: str) -> T:
    """Return what `look` returns as soon as that is true. Raises TooLate after `seconds`, naming `what`."""
    until = monotonic() + seconds
    while not (found := look()):
        if monotonic() > until:
            raise TooLate(f"{what}: waited {seconds:.0f} s in vain")
        Event().wait(LOOK_SECONDS)
    return found


def say(what: str) -> None:
    """Tell on standard error what goes on: whoever waits longer than two seconds wants to know what for."""
    sys.stderr.write(f"tidegate: {what}\n")
    sys.stderr.flush()
