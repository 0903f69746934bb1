"""What of a fleet is ending: machines that spot takes, and those whose incidents end with a look. Pure."""

from dataclasses import dataclass
from typing import Final

from tidegate.fleet.ends import Close
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.surplus import Surplus

_TAKEN: Final = ("replaced", "not_needed")
"""How an incident ends whose machine spot took."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What of a fleet is ending: its machines that spot takes."""

    incidents: tuple[Incident, ...]
    """Those that stay open."""

    over: tuple[Close, ...]
    keeping: frozenset[str]
    """Machines that are to serve on while their replacements start."""

    @property
    def losses(self) -> tuple[Incident, ...]:
        """Incidents of machines that spot takes indeed."""
        return tuple(one for one in self.incidents if not one.drill)

    @property
    def pools(self) -> tuple[str, ...]:
        """The pool of each machine that spot has taken, and whose incident is over."""
        taken = (one.incident for one in self.over if one.outcome in _TAKEN)
        return tuple(one.pool for one in taken if one.pool and not one.drill)

    def enlarged(self, group: Group, standing: Surplus, net: int) -> Surplus:
        """Return what a group is to be enlarged by: for each machine that serves on, until its incident is over."""
        dying = {one.instance for one in self.incidents}
        kept = self.keeping | {one for one in standing.granted if one in dying}
        granted = {one: group.machines[one].weight for one in sorted(kept) if one in group.machines}
        return Surplus(net, granted) if granted else Surplus()
