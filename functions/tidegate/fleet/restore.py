"""Gives owners their on-demand bases back when Tidegate goes: what it has set doesn't outlive it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from tidegate.fleet.base import Base, observed
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.group import Group
from tidegate.fleet.ports import Groups, Mixes
from tidegate.fleet.records import Recalled


class RestoredGroups(Groups, Mixes, Protocol):
    """The groups, and what they are made of."""


class Recalls(Protocol):
    """The journal, as far as it is read here."""

    def recall(self, fleet: str) -> Recalled:
        """Return what is known of a fleet."""
        ...


@dataclass(slots=True)
class Restored:
    """What became of it: fleets that have their owners' bases again, and why others don't."""

    fleets: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])


def owners(group: Group, base: Base) -> Distribution | None:
    """Return the distribution with the owner's base; None: what is there is the owner's."""
    if group.distribution is None:
        return None
    known = observed(base, group.distribution.base)
    if not known.standing_in or known.owner is None or known.owner == group.distribution.base:
        return None
    return replace(group.distribution, base=known.owner)


def restore(fleets: Iterable[str], journal: Recalls, groups: RestoredGroups) -> Restored:
    """Set the owner's base of each of `fleets` where Tidegate's stands. A repetition finds nothing to do.

    One that fails holds no other up. A group that no longer bears the tag is out of reach, and left alone.
    """
    done = Restored()
    bases = {name: journal.recall(name).memory.base for name in fleets}
    bases = {name: base for name, base in bases.items() if base.standing_in or base.meant is not None}
    there: Mapping[str, Group] = groups.fleets(bases.keys()) if bases else {}
    for name, group in sorted(there.items()):
        distribution = owners(group, bases[name])
        if distribution is None:
            continue
        try:
            groups.remix(name, distribution, None)
            done.fleets.append(name)
        except Exception as error:  # noqa: BLE001 - the others get theirs
            done.failed[name] = str(error)
    return done
