"""By how much a group is larger than it is to be, while machines that are about to be taken still serve. Pure.

With `drain_seconds` in its profile a dying machine serves on while its replacement starts: the desired capacity is
raised by what it counts for, and falls by as much when it is released. Whoever releases it has to know that the group
was enlarged for it, or the group would end up too small; and whoever enlarged it may have died before or after that. So
what is written down is a claim, and the desired capacity tells how much of it came true.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tidegate.fleet.group import Group

SURPLUS: Final = "surplus"
"""Under which a fleet's state keeps it, as one text: the notice path reads nothing else of that."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """What a group was enlarged by, or was about to be."""

    net: int = 0
    """Its desired capacity without that, in units."""

    granted: Mapping[str, int] = field(default_factory=dict[str, int])
    """Units by the machine that they were for."""

    @property
    def units(self) -> int:
        """Units of it in all."""
        return sum(self.granted.values())

    def beside(self, group: Group | None) -> "Surplus":
        """Return what is true of it beside a group as it is; nothing, if somebody else has set the size meanwhile.

        Between all that may have been given back and nothing of it, every desired capacity is one that releases leave
        behind; at `net` none was raised, or none is left.
        """
        if group is None or not self.granted:
            return Surplus()
        here = {one: units for one, units in self.granted.items() if _serves(group, one)}
        least, most = self.net + sum(here.values()), self.net + self.units
        return Surplus(self.net, here) if here and least <= group.desired <= most else Surplus()

    def size_of(self, group: Group) -> int:
        """Return the desired capacity that a group has without what it was enlarged by; its minimum at the least."""
        return max(self.net, group.min_size) if self._told(group) else group.desired

    def left(self, group: Group) -> "Surplus":
        """Return what is still to be remembered of it: all, until nothing of it is left in the desired capacity."""
        return self if self._told(group) and group.desired > self.net else Surplus()

    def before(self, wanted: "Surplus", net: int) -> "Surplus":
        """Return what is to be written down before `wanted` is set beside a size of `net`: true if it isn't as well."""
        return Surplus(net, {**self.granted, **wanted.granted}) if self.granted and self.net == net else wanted

    def _told(self, group: Group) -> bool:
        return bool(self.granted) and self.net <= group.desired <= self.net + self.units


def written(surplus: Surplus) -> str | None:
    """Return what a group was enlarged by as one text; None: by nothing."""
    if not surplus.granted:
        return None
    return " ".join([str(surplus.net), *(f"{one}:{units}" for one, units in sorted(surplus.granted.items()))])


def read_surplus(text: str) -> Surplus:
    """Read what a group was enlarged by."""
    if not text:
        return Surplus()
    net, *granted = text.split()
    parts = (one.partition(":") for one in granted)
    return Surplus(int(net), {one: int(units) for one, _, units in parts})


def fitting(group: Group, machines: Collection[str]) -> frozenset[str]:
    """Return the first of these machines for which the maximum leaves room."""
    room, found = group.max_size - group.desired, set[str]()
    for one in machines:
        if one in group.machines and group.machines[one].weight <= room:
            room -= group.machines[one].weight
            found.add(one)
    return frozenset(found)


def _serves(group: Group, machine: str) -> bool:
    return machine in group.machines and group.machines[machine].in_service
