"""Auto Scaling behind the fleet's ports, with time and allowance: every call takes its latency, and may be throttled.

Latencies are assumptions, since AWS publishes none: what such calls take from inside a Region, rounded up. Neither is
Auto Scaling's allowance published; users report that all calls of an account in a Region share one bucket. EC2 says of
its own buckets for reads that each holds 100 calls and gets 20 a second: assumed here for all of Auto Scaling.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from tests.bench.wave.clock import Clock
from tests.fakes import instance
from tests.fleet_fakes import FakeFleets
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.launches import Launch
from tidegate.fleet.reading import Reading
from tidegate.policy.signal import Signal

SECONDS: Final[Mapping[str, float]] = {
    "DescribeAutoScalingInstances": 0.15,
    "DescribeAutoScalingGroups": 0.20,
    "DescribeLifecycleHooks": 0.10,
    "DescribeScalingActivities": 0.20,
    "TerminateInstanceInAutoScalingGroup": 0.30,
    "GetItem": 0.01,
    "BatchGetItem": 0.02,
    "Query": 0.01,
    "Scan": 0.02,
    "TransactWriteItems": 0.04,
    "SendMessageBatch": 0.03,
    "GetParameters": 0.03,
    "GetMetricData": 0.10,
}
"""Seconds that a call takes."""

OPERATIONS: Final = {
    "membership": "DescribeAutoScalingInstances",
    "fleets": "DescribeAutoScalingGroups",
    "has_terminate_hook": "DescribeLifecycleHooks",
    "terminate": "TerminateInstanceInAutoScalingGroup",
}
BURST: Final = 100
REFILL: Final = 20.0

DRAIN_SECONDS: Final = 60.0
BOOT_SECONDS: Final = 45.0


class Throttled(Exception):
    """Rate exceeded."""


class Wire:
    """What every call passes: it takes its time, and is counted."""

    def __init__(self, clock: Clock, *, throttling: bool, seed: int) -> None:
        self.clock: Final = clock
        self.calls: Final = Counter[str]()
        self.throttled = 0
        self._throttling: Final = throttling
        self._chance: Final = Random(seed)  # noqa: S311 - the same seed gives the same wave
        self._tokens = float(BURST)
        self._filled = 0.0

    def call(self, operation: str) -> None:
        """Make a call that nobody throttles."""
        self.calls[operation] += 1
        self.clock.sleep(SECONDS[operation])

    def scarce(self, operation: str) -> None:
        """Make a call to Auto Scaling: twice if it is throttled, as our adapter and botocore's standard mode do."""
        for pause in (self._chance.uniform(0.2, 0.6), None):
            self.call(operation)
            if self._granted():
                return
            self.throttled += 1
            if pause is not None:
                self.clock.sleep(pause)
        raise Throttled(f"{operation}: Rate exceeded")

    def _granted(self) -> bool:
        self._tokens = min(BURST, self._tokens + (self.clock.now - self._filled) * REFILL)
        self._filled = self.clock.now
        granted = self._tokens >= 1 or not self._throttling
        self._tokens -= granted and self._throttling
        return granted


class Signals:
    """Metrics that say nothing: the wave is about what their call takes of its time."""

    def __init__(self, wire: Wire) -> None:
        self._wire: Final = wire

    def read(self, group: str, signals: Mapping[str, Signal], *, since: float, now: float) -> Mapping[str, Reading]:
        """Read nothing, in one call."""
        self._wire.call("GetMetricData")
        return {}


class Fleets(FakeFleets):
    """The groups: what is terminated drains, and its replacement starts at once."""

    def __init__(self, wire: Wire, groups: dict[str, Group]) -> None:
        super().__init__(groups)
        self._wire: Final = wire
        self._launched: Final[dict[str, list[Launch]]] = {name: [] for name in groups}
        self._born = 10**6
        self.epoch = 0.0
        self.released_at: Final[dict[str, float]] = {}

    def all_fleets(self) -> Mapping[str, Group]:
        """Return every group: a call for each hundred."""
        for _ in range(0, len(self.groups), 100):
            self._wire.scarce("DescribeAutoScalingGroups")
        return dict(self.groups)

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        """Return what a group launched."""
        self._wire.scarce("DescribeScalingActivities")
        return [one for one in self._launched[group] if one.started >= since]

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """End machines: they drain, and their replacements boot meanwhile."""
        super().terminate(group, instances, shrink=shrink)
        clock = self._wire.clock
        for one in instances:
            self.released_at[one] = clock.now
            clock.after(DRAIN_SECONDS, lambda gone=one: self._remove(group, gone))
            self._launch(group)

    def _call(self, name: str) -> None:
        self._wire.scarce(OPERATIONS[name])

    def _launch(self, group: str) -> None:
        self._born += 1
        born, now = instance(self._born), self.epoch + self._wire.clock.now
        number = len(self._launched[group])
        self._launched[group].append(Launch(now, born))
        self._put(group, Machine(born, "g5.xlarge", "us-east-1a", "Pending"))

        def serves() -> None:
            self._launched[group][number] = Launch(now, born, in_service=now + BOOT_SECONDS)
            self._put(group, Machine(born, "g5.xlarge", "us-east-1a", "InService"))

        self._wire.clock.after(BOOT_SECONDS, serves)

    def _put(self, group: str, machine: Machine) -> None:
        there = self.groups[group]
        self.groups[group] = replace(there, machines={**there.machines, machine.id: machine})

    def _remove(self, group: str, gone: str) -> None:
        there = self.groups[group]
        self.groups[group] = replace(there, machines={id_: one for id_, one in there.machines.items() if id_ != gone})
