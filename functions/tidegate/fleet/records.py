"""What reconciling a fleet works on: what the journal recalls, what it is told, and the world around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tidegate.fleet.ends import Close
from tidegate.fleet.incident import Incident
from tidegate.fleet.look import Memory
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.plan import Plan
from tidegate.fleet.ports import Groups, Launches, Mixes, Signals, Sizes
from tidegate.fleet.release import Gate
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the journal knows of a fleet."""

    version: int = 0
    observed: float = 0.0
    """When the last look that was completed began, in epoch seconds."""

    memory: Memory = field(default_factory=Memory)
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What one look led to, for the journal."""

    recalled: Recalled
    decision: Decision
    plan: Plan
    released: Mapping[LossKey, How | None]
    """The machines that are out of their group, by the key of their loss, and how they were released; None: before
    this look."""


class FleetJournal(Protocol):
    """The journal of fleets."""

    def recall(self, fleet: str) -> Recalled:
        """Return what is known of a fleet, as it is now."""
        ...

    def announce(self, decision: Decision, ways: Mapping[LossKey, How]) -> None:
        """Write down a decision that is about to be carried out, and how these machines are to leave."""
        ...

    def intend(self, fleet: str, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        """Write down what a fleet is about to get, if nobody else wrote since; return what is known from then on."""
        ...

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        """Write what a look led to, if nobody else wrote since; return the incidents that this ended."""
        ...

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        """Write down that a look failed; the fleet counts as not looked at."""
        ...


class FleetGroups(Groups, Launches, Sizes, Mixes, Protocol):
    """The Auto Scaling groups, what they launched, how large they are, and what they are made of."""


@dataclass(frozen=True, slots=True)
class FleetWorld:
    """What reconciling a fleet looks at and acts on."""

    groups: FleetGroups
    signals: Signals
    journal: FleetJournal
    profiles: Mapping[str, Profile]
    mode: Mode
    gate: Gate


@dataclass(frozen=True, slots=True)
class Wake:
    """Why a fleet is looked at, and since when somebody wanted that (epoch seconds)."""

    event: str
    sent: float
