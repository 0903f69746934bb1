"""What whoever tends a group does to it: a size that was set, and why."""

from dataclasses import dataclass
from typing import Protocol

from tidegate.desk.backtest.world import World


@dataclass(frozen=True, slots=True)
class Change:
    """A size that was set `at` so many seconds after the start."""

    at: int
    before: int
    after: int
    reason: str


class Scaler(Protocol):
    """Whoever tends a group: called at each step of the clock, looks when it is time to."""

    def tend(self, world: World) -> Change | None:
        """Set the size if another one is due."""
        ...
