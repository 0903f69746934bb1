"""A wave of 1,000 notices at one instant over 100 fleets, through queue, handlers and loop, on fakes of the ports.

The notice handler, reconcile and the sweep's rules are the product's own; `lanes.py` says how many run at once, and how
long an AWS call takes. Replacements serve 45 s after their launch.
"""

import contextlib
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import Final

from tests.bench.figure import Figure
from tests.bench.lanes import BATCH, CALL_SECONDS, Clock, Lanes, growing
from tests.bench.notices import NoLetters, message
from tests.fakes import ACT, NOW, FakeLosses, group, instance
from tests.fleet_fakes import FakeFleets
from tidegate import runtime
from tidegate.fleet.decision import Decision
from tidegate.fleet.ends import Close
from tidegate.fleet.group import Machine
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch
from tidegate.fleet.losses import opened
from tidegate.fleet.notice import LEAD_SECONDS, How, LossKey
from tidegate.fleet.notice_path import World
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import FleetWorld, Recalled, Record, Wake
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.sweep import EVENT, wanted
from tidegate.policy.profile import Profile
from tidegate.reactions.spot_interruption.handler import respond

FLEETS: Final = 100
NOTICES: Final = 1_000
BOOT_SECONDS: Final = 45.0
MINUTES: Final = 4
UNDONE: Final = ("stale_wake", "looked_just_now")
PROFILES: Final = {"default": Profile()}


@dataclass
class Groups(FakeFleets):
    """Auto Scaling, which launches a replacement for each release and puts it in service 45 s later."""

    now: Callable[[], float] = lambda: NOW
    begun: dict[str, list[Launch]] = field(default_factory=dict[str, list[Launch]])
    freed: dict[str, float] = field(default_factory=dict[str, float])

    def terminate(self, group: str, instances: Sequence[str]) -> None:
        super().terminate(group, instances)
        for one in instances:
            self.freed[one] = self.now()
            new = instance(NOTICES * 10 + len(self.freed))
            self.begun.setdefault(group, []).append(Launch(self.now(), new, self.now() + BOOT_SECONDS))

    def settle(self) -> None:
        """Put in service what has booted."""
        for name, launches in self.begun.items():
            there = self.groups[name]
            new = {one.instance: Machine(one.instance, "g5.xlarge", "us-east-1a", "InService") for one in launches}
            booted = {one.instance for one in launches if (one.in_service or 0) <= self.now()}
            machines = dict(there.machines) | {key: new[key] for key in booted}
            self.groups[name] = replace(there, machines=machines)

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        self._call("launches")
        now = self.now()
        told = [one if (one.in_service or 0) <= now else replace(one, in_service=None) for one in self.begun[group]]
        return [one for one in told if one.started >= since]


@dataclass
class Journal(FakeLosses):
    """The journal in memory, for notices and for the loop; `writes` counts its calls."""

    open: dict[str, dict[LossKey, Incident]] = field(default_factory=dict[str, dict[LossKey, Incident]])
    recalled: dict[str, Recalled] = field(default_factory=dict[str, Recalled])
    closed: list[Close] = field(default_factory=list[Close])

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        some = tuple(sightings)
        super().seen(some, (), at=at)
        for one in some:
            self.open.setdefault(one.group, {})[one.instance, one.day] = opened(one, at)

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        super().released(ways, at=at)
        for key, (name, how) in ways.items():
            if key in self.open.get(name, {}):
                self.open[name][key] = replace(self.open[name][key], stage=2, released=at, how=how)

    def recall(self, fleet: str) -> Recalled:
        incidents = tuple(self.open.get(fleet, {}).values())
        return replace(self.recalled.get(fleet, Recalled()), incidents=incidents)

    def announce(self, decision: Decision, ways: Mapping[LossKey, How]) -> None:
        raise RuntimeError("the notice path missed nothing in this wave")

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        over = [one for one in record.plan.actions if isinstance(one, Close)]
        for one in over:
            del self.open[fleet][one.incident.key]
        self.closed += over
        self.recalled[fleet] = Recalled(record.recalled.version + 1, record.decision.at, record.plan.memory)
        return over

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        raise RuntimeError(decision.reason)


class Wave:
    """The wave, its queues and what came of it."""

    def __init__(self) -> None:
        self.clock = Clock()
        fleets = {f"fleet-{one}": group(f"fleet-{one}", *range(one, NOTICES, FLEETS)) for one in range(FLEETS)}
        sized = {name: replace(one, desired=len(one.machines)) for name, one in fleets.items()}
        self.groups, self.journal = Groups(sized, now=lambda: NOW + self.clock.now), Journal()
        self.notices = Lanes(self.clock, growing)
        self.targets = {name: Lanes(self.clock, lambda _: 1) for name in fleets}
        self.released: dict[str, float] = {}
        self.first_look: dict[str, float] = {}
        self.codes = Counter[str]()

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Take wakes, as the FIFO queue does: one at a time for each target."""
        for name, (event, _) in reasons.items():
            sent = NOW + self.clock.now
            self.targets[name].add(lambda now, name=name, event=event, sent=sent: self._reconcile(name, event, sent))

    def play(self) -> None:
        """Send the wave, and let time pass."""
        for numbers in batched(range(NOTICES), BATCH, strict=False):
            self.notices.add(lambda now, numbers=numbers: self._notices(numbers, now))
        for minute in range(1, MINUTES + 1):
            self.clock.at(60.0 * minute, lambda minute=minute: self._sweep(minute))
        self.clock.run(60.0 * (MINUTES + 1))

    def _notices(self, numbers: Sequence[int], now: float) -> int:
        before = len(self.groups.calls)
        world = World(self.groups, self.journal, self.journal, self, PROFILES, ACT, lambda: None)
        respond([message(number) for number in numbers], world, NoLetters(), NOW + now)
        calls = 1 + len(self.groups.calls) - before + 2 + 1  # the mode; Auto Scaling; two writes; one wake
        for number in numbers:
            if instance(number) in self.groups.freed:
                self.released.setdefault(instance(number), now + calls * CALL_SECONDS)
        return calls

    def _reconcile(self, name: str, event: str, sent: float) -> int:
        self.groups.settle()
        before = len(self.groups.calls)
        world = FleetWorld(self.groups, self.journal, PROFILES, ACT, lambda: None)
        done = reconcile(name, Wake(event, sent, swept=event.startswith(EVENT)), world, NOW + self.clock.now)
        self.codes[done.code] += 1
        if done.code in UNDONE:
            return 2
        self.first_look.setdefault(name, self.clock.now)
        return 2 + len(self.groups.calls) - before + 1 + bool(done.closed)

    def _sweep(self, minute: int) -> None:
        self.groups.settle()
        incidents = {name for name, some in self.journal.open.items() if some}
        found = wanted(self.groups.groups, incidents, [minute])
        self.fleets({name: (f"{EVENT}{minute}", why) for name, (_, why) in found.items()})


def measure() -> Iterator[Figure]:
    """Play the wave once: it has no chance in it."""
    for name in ("STAGE", "TABLE", "WAKES", "DEAD_LETTERS", "MODE", "KILL_SWITCH"):
        os.environ[f"TIDEGATE_{name}"] = name.lower()
    # The logger keeps the stream it began with, and this figure's table is to stand alone.
    runtime.logger.setLevel("CRITICAL")
    wave = Wave()
    with contextlib.redirect_stdout(io.StringIO()):
        wave.play()
    late = NOTICES - sum(at < LEAD_SECONDS for at in wave.released.values())
    yield Figure("wave: machines not released in time, of 1,000", late, "machines", bound=0)
    yield Figure("wave: incidents not followed to their replacement", NOTICES - _replaced(wave), "incidents", bound=0)
    for share, name in ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (1.0, "max")):
        bound = LEAD_SECONDS if share == 1.0 else None
        yield Figure(f"wave: warning to release, {name}", _at(wave.released.values(), share), "s", bound=bound)
    yield Figure("wave: warning to first look of reconcile, max", _at(wave.first_look.values(), 1.0), "s")
    yield Figure("wave: AWS calls of the notice path", wave.notices.calls, "calls")
    yield Figure("wave: AWS calls of reconcile", sum(one.calls for one in wave.targets.values()), "calls")
    undone = sum(wave.codes[code] for code in UNDONE)
    yield Figure("wave: looks of reconcile", wave.codes.total() - undone, "looks")
    yield Figure("wave: wakes that asked for no look any more", undone, "wakes")


def _replaced(wave: Wave) -> int:
    return sum(one.outcome == "replaced" for one in wave.journal.closed)


def _at(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)) - 1)]
