"""What a group is made of: on-demand and spot, in service and on the way, in units of capacity. Plain data."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tidegate.fleet.group import Group, Machine


@dataclass(frozen=True, slots=True)
class Blend:
    """Units of capacity of a group, by purchase option."""

    on_demand: int = 0
    """In service, like `spot`."""

    spot: int = 0
    on_demand_pending: int = 0
    """Launched, and not in service yet, like `spot_pending`."""

    spot_pending: int = 0

    @property
    def on_demand_all(self) -> int:
        """On-demand that serves or will."""
        return self.on_demand + self.on_demand_pending

    @property
    def spot_all(self) -> int:
        """Spot that serves or will."""
        return self.spot + self.spot_pending

    def __str__(self) -> str:
        coming = self.on_demand_pending + self.spot_pending
        return f"{self.on_demand} on-demand and {self.spot} spot{f', {coming} more to come' if coming else ''}"


def blend(group: Group, spot: Collection[str]) -> Blend:
    """Return what a group is made of; `spot`: which of its machines are spot machines."""
    there = [one for one in group.machines.values() if not one.leaving]
    serving = [one for one in there if one.in_service]
    coming = [one for one in there if one.coming]
    return Blend(
        on_demand=_units(one for one in serving if one.id not in spot),
        spot=_units(one for one in serving if one.id in spot),
        on_demand_pending=_units(one for one in coming if one.id not in spot),
        spot_pending=_units(one for one in coming if one.id in spot),
    )


def missing(group: Group) -> int:
    """Return how many units of what is wanted neither serve nor are on their way; 0: none."""
    there = sum(one.weight for one in group.machines.values() if one.in_service or one.coming)
    return max(0, group.desired - there)


def _units(machines: Iterable[Machine]) -> int:
    return sum(one.weight for one in machines)
