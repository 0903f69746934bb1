"""What the fleet needs of the world, as small protocols: `aws.py` implements them, tests fake them in a few lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tidegate.fleet.group import Group
from tidegate.fleet.notice import LossKey


class Refused(Exception):
    """Auto Scaling refused a call as a whole because of what it named: look again, then repeat it for the rest."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A machine that spot takes back (`loss`), or may soon (`risk`), as far as it is known now.

    `lost-track`: it may have been a fleet's, and was gone before that could be written down; group and pool are empty.
    """

    kind: Literal["loss", "risk", "lost-track"]
    instance: str
    day: str
    """Day of the event in UTC, `2026-11-24`: with kind and instance the key under which it counts once."""

    group: str
    profile: str
    pool: str
    """`instance type/Availability Zone`."""

    noticed: float
    deadline: float
    """Both in epoch seconds."""

    decision: str
    """What was decided, and why: for a person."""

    drill: bool
    """A drill's loss is recorded, and never counted against its pool."""


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

    def terminate(self, group: str, instances: Sequence[str]) -> None:
        """End machines in their group and have them replaced at once. Raises `Refused`."""
        ...

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        """Tag machines as detached by Tidegate, gone by `deadline` (epoch seconds). Raises `Refused`."""
        ...

    def detach(self, group: str, instances: Sequence[str]) -> None:
        """Take machines out of their group and have them replaced at once. Raises `Refused`."""
        ...


class Losses(Protocol):
    """The journal's record of losses. Each method may be repeated: what is known already stays as it is."""

    def seen(self, sightings: Iterable[Sighting], *, at: float) -> None:
        """Record what was noticed, and count each against its pool exactly once. `at` in epoch seconds."""
        ...

    def released(self, keys: Iterable[LossKey], *, at: float) -> None:
        """Raise the losses with these keys to the stage `released`."""
        ...

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        """Return the group's name for each of these keys that was recorded before."""
        ...


class Drills(Protocol):
    """The records of drills under way."""

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        """Return the fleet that the live record `nonce` names; None when there is no such record."""
        ...


class FleetWakes(Protocol):
    """The queue of wakes."""

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Ask for a look at each fleet; `reasons` maps its name to (event id, why)."""
        ...
