"""One process of a function: what it keeps from one invocation to the next, and what its environment tells it."""

import os
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

type Memory = dict[Hashable, Any]
"""What one process of a function has read or made, and keeps from one invocation to the next."""


class _Process:
    """The process of a function, which serves no other one for all its life."""

    def __init__(self) -> None:
        self.memory: Memory = {}


_process: Final = _Process()


def once[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """Make each thing once in a process, and hand out the same from then on."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        key = (make.__name__, args, tuple(kwargs.items()))
        if key not in _process.memory:
            _process.memory[key] = make(*args, **kwargs)
        return _process.memory[key]

    return made


@contextmanager
def remembering(memory: Memory) -> Generator[None]:
    """Put another process's memory in the place of this one's: the emulated Region hosts several functions."""
    before, _process.memory = _process.memory, memory
    try:
        yield
    finally:
        _process.memory = before


def reset() -> None:
    """Forget everything that was read or made: for another Region, account or stage in the same process."""
    _process.memory.clear()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the stack tells a function through its environment: what every one is told, and what some are."""

    stage: str
    table: str
    mode: str
    """Name of the SSM parameter, like `kill_switch`."""

    kill_switch: str

    @property
    def region(self) -> str:
        """The Region that the function runs in, which Lambda itself tells."""
        return os.environ["AWS_REGION"]

    @property
    def wakes(self) -> str:
        """Address of the queue of wakes. Raises KeyError in a function that wakes nobody."""
        return os.environ["TIDEGATE_WAKES"]

    @property
    def dead_letters(self) -> str:
        """Address of the dead-letter queue. Raises KeyError in a function that isn't a reaction."""
        return os.environ["TIDEGATE_DEAD_LETTERS"]

    @property
    def inbox(self) -> str:
        """Address of its own queue. Raises KeyError in a function that puts nothing back into it."""
        return os.environ["TIDEGATE_INBOX"]

    @staticmethod
    def from_environment() -> "Settings":
        """Read the settings. Raises KeyError naming the variable that the stack failed to set."""
        return Settings(
            stage=os.environ["TIDEGATE_STAGE"],
            table=os.environ["TIDEGATE_TABLE"],
            mode=os.environ["TIDEGATE_MODE"],
            kill_switch=os.environ["TIDEGATE_KILL_SWITCH"],
        )


@once
def settings() -> Settings:
    """Return the settings of this function."""
    return Settings.from_environment()
