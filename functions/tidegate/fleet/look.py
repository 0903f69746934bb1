"""What one look at a fleet showed, and what a fleet remembers from one look to the next: plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.fleet.base import Base
from tidegate.fleet.blend import Blend
from tidegate.fleet.group import Group
from tidegate.fleet.history import History
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch
from tidegate.fleet.others import Others
from tidegate.fleet.reading import Reading
from tidegate.fleet.surplus import Surplus


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a fleet showed."""

    name: str
    group: Group | None
    """None: the group is gone, or no longer a fleet."""

    incidents: tuple[Incident, ...] = ()
    """Those that are open."""

    launches: tuple[Launch, ...] = ()
    """What the group tried since the oldest of them, or since something was missing; oldest first."""

    readings: Mapping[str, Reading] = field(default_factory=dict[str, Reading])
    """What its signals showed, by their names."""

    blend: Blend | None = None
    """What it is made of; None: nobody has looked, or nobody could."""

    blind: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    others: Others | None = None
    """Who else writes its size; None: nobody has looked yet."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a fleet remembers from one look to the next."""

    code: str = ""
    """Code of the last decision."""

    claimed: tuple[str, ...] = ()
    """Launches that have replaced a machine already, as far as they may be seen again."""

    history: History = field(default_factory=History)
    """What its size was."""

    watched: bool = False
    """Whether it is to be looked at again within a minute."""

    base: Base = field(default_factory=Base)
    """What its on-demand base was, and for what."""

    surplus: Surplus = field(default_factory=Surplus)
    """What it was enlarged by for machines that still serve."""
