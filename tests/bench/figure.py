"""One measured figure beside its bound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in which unit, and what it may be at most, or must be at least (None: reported only)."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound."""
        return (self.bound is None or self.value <= self.bound) and (self.least is None or self.value >= self.least)
