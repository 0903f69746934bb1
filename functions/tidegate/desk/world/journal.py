"""The journal of one fleet in memory: as `fleet/journaled.py` and `fleet/losses.py` keep it, without a table."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.incident import RELEASED, Incident, ended, out
from tidegate.fleet.look import Memory
from tidegate.fleet.losses import opened
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.plan import Plan
from tidegate.fleet.records import Recalled, Record
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.surplus import Surplus
from tidegate.journal.decision import Decision


class Stale(Exception):
    """Somebody else wrote the state since it was read: nothing was written."""


@dataclass(slots=True, eq=False)
class MemoryJournal:
    """`FleetJournal`, `Losses` and `Drills` of one fleet; there is never a drill under way."""

    version: int = 0
    observed: float = 0.0
    memory: Memory = field(default_factory=Memory)
    incidents: dict[LossKey, Incident] = field(default_factory=dict[LossKey, Incident])
    """Those that are open."""

    over: list[Incident] = field(default_factory=list[Incident])
    told: dict[tuple[float, str], Decision] = field(default_factory=dict[tuple[float, str], Decision])
    """Decisions by the moment and the event of their look: what is told later of the same look takes its place."""

    groups: dict[LossKey, str] = field(default_factory=dict[LossKey, str])
    """The fleet of every loss that was ever recorded."""

    def recall(self, fleet: str) -> Recalled:
        """Return what is known of the fleet."""
        return Recalled(self.version, self.observed, self.memory, tuple(self.incidents.values()))

    def announce(self, decision: Decision, ways: Mapping[LossKey, How]) -> None:
        """Write down a decision that is about to be carried out, and how these machines are to leave."""
        self._tell(decision)
        for key, how in ways.items():
            if key in self.incidents:
                self.incidents[key] = replace(self.incidents[key], how=how)

    def intend(self, fleet: str, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        """Write down what the fleet is about to get. Raises `Stale`."""
        memory = plan.intended(recalled.memory)
        self._write(recalled, memory)
        self._tell(decision)
        return replace(recalled, version=self.version, memory=memory)

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        """Write what a look led to; return the incidents that this ended. Raises `Stale`."""
        at, planned = record.decision.at, record.plan
        self._write(record.recalled, planned.memory)
        self.observed = at
        self.released({key: ("", how) for key, how in record.released.items()}, at=at)
        closed = [self._close(one) for one in planned.actions if isinstance(one, Close)]
        news = [one for one in planned.actions if not isinstance(one, Close | Follow) or self._follow(one)]
        if closed or news or planned.code != record.recalled.memory.code:
            self._tell(record.decision)
        return closed

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        """Write down once that a look failed. Raises `Stale`."""
        if recalled.memory.code != decision.code:
            self._write(recalled, replace(recalled.memory, code=decision.code))
            self._tell(decision)

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        """Open an incident for each loss that is none yet, and keep the decisions."""
        for decision in decisions:
            self._tell(decision)
        for one in sightings:
            key = (one.instance, one.day)
            if one.kind == "loss" and key not in self.groups:
                self.groups[key] = one.group
                self.incidents[key] = opened(one, at)

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        """Raise incidents to `released`; those that are that far, over, or unknown, stay as they are."""
        for key, (_, how) in ways.items():
            if key in self.incidents and self.incidents[key].stage < RELEASED:
                self.incidents[key] = out(self.incidents[key], how, at)

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        """Return the fleet's name for each of these keys that was recorded before."""
        return {key: self.groups[key] for key in keys if key in self.groups}

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        """Return what the fleet was enlarged by, or about to be."""
        return dict.fromkeys(fleets, self.memory.surplus)

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        """Return None: nobody drills a simulated fleet."""
        return None

    @property
    def decisions(self) -> list[Decision]:
        """The decisions, in order."""
        return list(self.told.values())

    def _tell(self, decision: Decision) -> None:
        self.told[decision.at, decision.event] = decision

    def _write(self, recalled: Recalled, memory: Memory) -> None:
        if recalled.version != self.version:
            raise Stale(f"version {self.version} was written, {recalled.version} was read")
        self.version += 1
        self.memory = memory

    def _close(self, close: Close) -> Close:
        incident = self.incidents.pop(close.incident.key, close.incident)
        self.over.append(ended(incident, close.outcome, close.replacement, close.replaced))
        return replace(close, incident=incident)

    def _follow(self, one: object) -> bool:
        """Let an open incident say what its replacement is doing; return whether that is news."""
        if not isinstance(one, Follow) or not one.news or one.incident.key not in self.incidents:
            return False
        self.incidents[one.incident.key] = replace(self.incidents[one.incident.key], replacing=one.reason)
        return True
