"""The world of a woken fleet in a few lines: incidents and launches, and fakes of what reconciling works on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.fakes import ACT, NOW, FakeGroups, instance
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.ends import Close
from tidegate.fleet.group import Group
from tidegate.fleet.incident import RELEASED, SEEN, Incident
from tidegate.fleet.launches import Launch, classify
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.others import Others
from tidegate.fleet.plan import Plan
from tidegate.fleet.ports import Refused
from tidegate.fleet.reading import Reading
from tidegate.fleet.records import FleetWorld, Recalled, Record
from tidegate.fleet.release import Gate
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal

DAY = "2026-11-25"
SHORT = "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity"
REPLACEMENT = 100
"""Machines from this number on are replacements."""


def incident(
    number: int, *, ago: float = 60, released: float | None = None, drill: str = "", replacing: str = ""
) -> Incident:
    """Return an open incident: its warning came `ago` seconds before `NOW`, its release `released` seconds before."""
    return Incident(
        instance=instance(number),
        day=f"{DAY}~{drill}" if drill else DAY,
        group="chat",
        profile="default",
        pool="g5.xlarge/us-east-1a",
        event=f"event-{number}",
        action="terminate",
        noticed=NOW - ago,
        deadline=NOW - ago + 120,
        seen=NOW - ago + 1,
        decision=f"{instance(number)} was seen",
        drill=drill,
        stage=SEEN if released is None else RELEASED,
        released=None if released is None else NOW - released,
        replacing=replacing,
    )


def launch(number: int | None, *, ago: float, serving: float | None = None) -> Launch:
    """Return a launch that began `ago` seconds before `NOW` and serves since `serving`; None: it has no machine yet."""
    return Launch(NOW - ago, "" if number is None else instance(number), None if serving is None else NOW - serving)


def failed(*, ago: float, text: str = SHORT) -> Launch:
    """Return a launch that failed."""
    return Launch(NOW - ago, failure=classify(text))


@dataclass
class FakeFleets(FakeGroups):
    """Auto Scaling, and what it launched."""

    tried: tuple[Launch, ...] = ()
    since: float | None = None
    writers: Others = field(default_factory=Others)
    bought_as_spot: frozenset[str] = frozenset()

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        return super().fleets([name for name in names if name in self.groups])

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        self._call("launches")
        self.since = since
        return [one for one in self.tried if one.started >= since]

    def others(self, group: str) -> Others:
        self._call("others")
        return self.writers

    def resize(self, group: str, desired: int) -> None:
        self._call("resize")
        if not self.groups[group].min_size <= desired <= self.groups[group].max_size:
            raise Refused(f"{desired} is outside of what {group} may have")
        self.groups[group] = replace(self.groups[group], desired=desired)

    def spot(self, instances: Collection[str]) -> frozenset[str]:
        self._call("spot")
        return self.bought_as_spot & set(instances)

    def remix(self, group: str, distribution: Distribution, desired: int | None) -> None:
        self._call("remix")
        size = self.groups[group].desired if desired is None else desired
        if distribution.base > self.groups[group].max_size:
            raise Refused(f"a base of {distribution.base} is more than {group} may have machines")
        self.groups[group] = replace(self.groups[group], distribution=distribution, desired=size)


@dataclass
class FakeSignals:
    """Signals that show what is put here."""

    readings: Mapping[str, Reading] = field(default_factory=dict[str, Reading])
    failing: Exception | None = None

    def read(self, group: str, signals: Mapping[str, Signal], *, since: float, now: float) -> Mapping[str, Reading]:
        if self.failing:
            raise self.failing
        return {name: one for name, one in self.readings.items() if name in signals}


@dataclass
class FakeFleetJournal:
    """The journal of one fleet in memory."""

    recalled: Recalled = field(default_factory=Recalled)
    records: list[Record] = field(default_factory=list[Record])
    announced: list[tuple[Decision, Mapping[LossKey, How]]] = field(
        default_factory=list[tuple[Decision, Mapping[LossKey, How]]]
    )
    intended: list[Plan] = field(default_factory=list[Plan])
    troubles: list[Decision] = field(default_factory=list[Decision])
    failing: Mapping[str, Exception] = field(default_factory=dict[str, Exception])

    def recall(self, fleet: str) -> Recalled:
        self._maybe_fail("recall")
        return self.recalled

    def announce(self, decision: Decision, ways: Mapping[LossKey, How]) -> None:
        self._maybe_fail("announce")
        self.announced.append((decision, ways))

    def intend(self, fleet: str, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        self._maybe_fail("intend")
        self.intended.append(plan)
        return replace(recalled, version=recalled.version + 1)

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        self._maybe_fail("conclude")
        self.records.append(record)
        return [one for one in record.plan.actions if isinstance(one, Close)]

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        self._maybe_fail("trouble")
        self.troubles.append(decision)

    def _maybe_fail(self, name: str) -> None:
        if name in self.failing:
            raise self.failing[name]


def fleet_world(
    groups: FakeFleets,
    journal: FakeFleetJournal,
    *,
    mode: Mode = ACT,
    gate: Gate = lambda: None,
    signals: FakeSignals | None = None,
    profile: Profile | None = None,
) -> FleetWorld:
    """Return a world of fakes."""
    profiles = {"default": profile or Profile()}
    return FleetWorld(groups, signals or FakeSignals(), journal, profiles, mode, gate)
