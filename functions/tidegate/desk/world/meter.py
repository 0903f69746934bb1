"""What a run came to: capacity that was missing, and what was paid. Units of capacity, seconds, USD."""

from dataclasses import dataclass, field

from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.shape import OPTIONS, Option


@dataclass(slots=True)
class Meter:
    """Adds up while time passes. `reference` is what a unit costs per hour if all is bought on-demand."""

    reference: float
    seconds: float = 0.0
    served: float = 0.0
    """Unit-seconds in service."""

    dip: float = 0.0
    """Unit-seconds by which less was in service than wanted, for whatever reason: also while a larger size boots."""

    deepest: int = 0
    """Most units that were missing at once."""

    longest: float = 0.0
    """The longest time for which something was missing."""

    all_on_demand: float = 0.0
    """What the wanted capacity would have cost on-demand, in USD."""

    cost: dict[Option, float] = field(default_factory=lambda: dict.fromkeys(OPTIONS, 0.0))
    _short_for: float = 0.0

    def passed(self, seconds: float, *, wanted: int, serving: int) -> None:
        """Let time pass in which so much was wanted, and so much in service."""
        missing = max(0, wanted - serving)
        self.seconds += seconds
        self.served += seconds * serving
        self.dip += seconds * missing
        self.deepest = max(self.deepest, missing)
        self._short_for = self._short_for + seconds if missing else 0.0
        self.longest = max(self.longest, self._short_for)
        self.all_on_demand += seconds * wanted * self.reference / HOUR
