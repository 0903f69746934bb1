"""The world of the notice path in a few lines: fakes of its ports, strict where Auto Scaling is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tidegate.fleet.group import Group, Machine
from tidegate.fleet.notice import MOST_IDS, Action, How, LossKey, Notice
from tidegate.fleet.notice_path import World
from tidegate.fleet.ports import Refused
from tidegate.fleet.release import Gate
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.surplus import Surplus
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

NOW = 1_795_593_600.0
"""2026-11-25T08:00:00Z."""

ACT = Mode(act=True, stopped=False)


def instance(number: int) -> str:
    """Return the id of a machine."""
    return f"i-{number:017x}"


def notice(number: int, *, ago: float = 2, action: Action = "terminate", drill: str | None = None) -> Notice:
    """Return the notice of a machine, sent `ago` seconds before `NOW`."""
    return Notice(f"event-{number}", instance(number), action, NOW - ago, drill)


def group(name: str, *numbers: int, state: str = "InService", balanced: bool = True, profile: str = "default") -> Group:
    """Return a group of machines in three zones."""
    machines = {
        instance(one): Machine(instance(one), "g5.xlarge", f"us-east-1{'abc'[one % 3]}", state) for one in numbers
    }
    return Group(name, profile, machines, balanced=balanced)


@dataclass
class FakeGroups:
    """Auto Scaling: refuses a whole call for one machine that isn't in service, as AWS does."""

    groups: dict[str, Group]
    calls: list[str] = field(default_factory=list[str])
    released: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    hooks: frozenset[str] = frozenset()
    tagged: list[str] = field(default_factory=list[str])
    failing: Mapping[str, Exception] = field(default_factory=dict[str, Exception])
    """Error of each method that is to fail."""

    def membership(self, instances: Collection[str]) -> Mapping[str, str]:
        self._call("membership")
        return {one: group.name for group in self.groups.values() for one in instances if one in group.machines}

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        self._call("fleets")
        return {name: self.groups[name] for name in names if self.groups[name].profile}

    def has_terminate_hook(self, group: str) -> bool:
        self._call("has_terminate_hook")
        return group in self.hooks

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        self._call("mark_detached")
        self.tagged += instances

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        self._call("terminate")
        self._release(group, instances, "Terminating", MOST_IDS["terminate"], shrink=shrink)

    def detach(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        self._call("detach")
        self._release(group, instances, "Detaching", MOST_IDS["detach"], shrink=shrink)

    def change(self, group: str, number: int, state: str) -> None:
        """Let a machine change its state behind Tidegate's back; without a state it leaves its group."""
        machines = dict(self.groups[group].machines)
        machine = machines.pop(instance(number))
        if state:
            machines[machine.id] = replace(machine, state=state)
        self.groups[group] = replace(self.groups[group], machines=machines)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.failing:
            raise self.failing[name]

    def _release(self, group: str, instances: Sequence[str], state: str, most: int, *, shrink: bool) -> None:
        machines = self.groups[group].machines
        if len(instances) > most or any(one not in machines or not machines[one].in_service for one in instances):
            raise Refused("one of them can't be released")
        self.released += [(one, state) for one in instances]
        gone = {one: replace(machines[one], state=state) for one in instances}
        desired = self.groups[group].desired - (sum(one.weight for one in gone.values()) if shrink else 0)
        self.groups[group] = replace(self.groups[group], machines={**machines, **gone}, desired=desired)


@dataclass
class FakeLosses:
    """The journal in memory."""

    incidents: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    stages: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    counted: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    decisions: list[Decision] = field(default_factory=list[Decision])
    lost_track: list[str] = field(default_factory=list[str])
    drills: dict[str, str] = field(default_factory=dict[str, str])
    enlarged: dict[str, Surplus] = field(default_factory=dict[str, Surplus])
    failing: bool = False

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        sightings = tuple(sightings)
        self._maybe_fail(bool(sightings))
        self.decisions += decisions
        for one in sightings:
            key = (one.instance, one.day)
            if one.kind == "lost-track":
                self.lost_track.append(one.instance)
                continue
            if one.kind == "risk" or key not in self.incidents:
                self.counted.append((one.kind, one.pool))
            if one.kind == "loss" and key not in self.incidents:
                self.incidents[key] = one.group
                self.stages[key] = "seen"

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        self._maybe_fail(bool(ways))
        self.stages |= {key: "released" for key in ways if key in self.stages}

    def known(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        return {key: self.incidents[key] for key in keys if key in self.incidents}

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        self._maybe_fail(bool(fleets))
        return {name: one for name, one in self.enlarged.items() if name in fleets}

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        return self.drills.get(nonce)

    def _maybe_fail(self, writes: bool) -> None:
        if self.failing and writes:
            raise RuntimeError("the table is throttled")


@dataclass
class FakeWakes:
    """The queue of wakes in memory."""

    woken: list[str] = field(default_factory=list[str])
    ids: list[str] = field(default_factory=list[str])

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        self.woken += reasons
        self.ids += [event_id for event_id, _ in reasons.values()]


def world(
    groups: FakeGroups,
    *,
    losses: FakeLosses | None = None,
    mode: Mode = ACT,
    profile: Profile | None = None,
    gate: Gate = lambda: None,
) -> tuple[World, FakeLosses, FakeWakes]:
    """Return a world of fakes, and those of its fakes that a test looks at."""
    losses, wakes = losses or FakeLosses(), FakeWakes()
    place = World(groups, losses, losses, wakes, {"default": profile or Profile()}, mode, gate)
    return place, losses, wakes
