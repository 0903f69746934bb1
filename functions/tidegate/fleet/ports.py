"""What the fleet needs of the world, as small protocols: `aws.py` implements them, tests fake them in a few lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from tidegate.fleet.distribution import Distribution
from tidegate.fleet.group import Group
from tidegate.fleet.launches import Launch
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.others import Others
from tidegate.fleet.reading import Reading
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.surplus import Surplus
from tidegate.journal.decision import Decision
from tidegate.policy.signal import Signal


class Refused(Exception):
    """Auto Scaling refused a call as a whole because of what it named: look again, then repeat it for the rest."""


class Groups(Protocol):
    """The Auto Scaling groups of a Region. Every method may raise the error of its AWS call after its retries."""

    def membership(self, instances: Collection[str]) -> Mapping[str, str]:
        """Return the group's name for each of `instances` that is in one."""
        ...

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        """Return the groups among `names` that bear the opt-in tag."""
        ...

    def has_terminate_hook(self, group: str) -> bool:
        """Return whether a lifecycle hook holds terminating machines of `group`."""
        ...

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """End machines in their group and have them replaced at once, or let it shrink. Raises `Refused`."""
        ...

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        """Tag machines as detached by Tidegate, gone by `deadline` (epoch seconds). Raises `Refused`."""
        ...

    def detach(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """Take machines out of their group and have them replaced at once, or let it shrink. Raises `Refused`."""
        ...


class Launches(Protocol):
    """What a group tried to launch."""

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        """Return the launches of `group` that began after `since` (epoch seconds), oldest first."""
        ...


class Sizes(Protocol):
    """The sizes of groups. Every method may raise the error of its AWS call after its retries."""

    def others(self, group: str) -> Others:
        """Return who else writes the size of `group`."""
        ...

    def resize(self, group: str, desired: int) -> None:
        """Set the desired capacity of `group`, in units. Raises `Refused`."""
        ...


class Mixes(Protocol):
    """What groups are made of. Every method may raise the error of its AWS call after its retries."""

    def spot(self, instances: Collection[str]) -> frozenset[str]:
        """Return which of `instances` are spot machines."""
        ...

    def remix(self, group: str, distribution: Distribution, desired: int | None) -> None:
        """Set the distribution of `group`, and its desired capacity in units (None: it stays). Raises `Refused`."""
        ...


class Signals(Protocol):
    """The metrics of fleets."""

    def read(self, group: str, signals: Mapping[str, Signal], *, since: float, now: float) -> Mapping[str, Reading]:
        """Return what these signals of `group` showed from `since` to `now` (epoch seconds), by their names."""
        ...


class Losses(Protocol):
    """The journal's record of losses. Each method may be repeated: what is known already stays as it is."""

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        """Record what was decided and noticed, and count each loss against its pool once. `at` in epoch seconds."""
        ...

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        """Raise losses to the stage `released`; the keys map to the group's name and how it was (None: not by us)."""
        ...

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        """Return the group's name for each of these keys that was recorded before."""
        ...

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        """Return what each of these fleets was enlarged by, or about to be, for machines that still serve."""
        ...


class Drills(Protocol):
    """The records of drills under way."""

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        """Return the target that the live record `nonce` names; None when there is no such record."""
        ...


class FleetWakes(Protocol):
    """The queue of wakes."""

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Ask for a look at each fleet; `reasons` maps its name to (event id, why)."""
        ...
