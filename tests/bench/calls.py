"""AWS calls, counted in the emulated Region: what throttling and cost follow from.

Of a batch of notices Auto Scaling and EC2 count, as in the design: not DynamoDB, SQS, and the mode, which is read once
in ten seconds. Of a reconcile with nothing to do everything counts, and of a sweep the looks at groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.figure import Figure
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

SWEPT: Final = 500
COUNTED: Final = ("autoscaling:", "ec2:")


@dataclass(frozen=True, slots=True)
class Batch:
    """Notices that come in one batch: how many, out of how many groups of which shape, and the calls they may take."""

    name: str
    notices: int
    groups: int
    bound: int
    shape: dict[str, Any]


BATCHES: Final = (
    Batch("calls: one notice, terminate", 1, 1, 2 + 1, {}),
    Batch("calls: 10 notices in 1 group, terminate", 10, 1, 2 + 1, {}),
    Batch("calls: 10 notices in 10 groups, terminate", 10, 10, 2 + 10, {}),
    Batch("calls: 10 notices in 5 groups, the profile says detach", 10, 5, 2 + 5 + 1, {"profile": "detaching"}),
    Batch("calls: one notice, detach without a balancer", 1, 1, 2 + 1 + 1 + 1, {"balanced": False}),
)


def measure() -> Iterator[Figure]:
    """Play each batch in a Region of its own, then the loop."""
    for batch in BATCHES:
        yield Figure(batch.name, _calls(batch), "calls to Auto Scaling, EC2", bound=batch.bound)
    yield Figure("calls: reconcile with nothing to do", _idle_reconcile(), "calls", bound=4)
    yield Figure(f"calls: sweep of {SWEPT} groups", _sweep(), "DescribeAutoScalingGroups", bound=SWEPT / 100)


def _idle_reconcile() -> int:
    """Count all calls of the one look at a steady fleet in ten minutes."""
    with Region(loop=True) as region:
        region.fleet(name="chat")
        region.run(11 * 60)
        made = [entry for entry in region.timeline if entry.data.get("function") == "reconcile"]
        looked = max(entry.t for entry in made if entry.data.get("operation") == "DescribeAutoScalingGroups")
        return sum(entry.kind == "call" and abs(entry.t - looked) < 1 for entry in made)


def _sweep() -> int:
    """Count the looks of one sweep over many groups."""
    with Region() as region:
        for one in range(SWEPT):
            region.fleet(name=f"fleet-{one}", on_demand=0, spot=0, balanced=False)
        region.invoke("sweep", {"time": "2026-03-02T09:01:00Z"})
        return region.calls_of("sweep").count("autoscaling:DescribeAutoScalingGroups")


def _calls(batch: Batch) -> int:
    profiles = {"profile": {"default": {}, "detaching": {"release": "detach"}}}
    with Region(policy=profiles) as region:
        each = batch.notices // batch.groups
        fleets = [region.fleet(name=f"fleet-{one}", spot=each + 1, **batch.shape) for one in range(batch.groups)]
        for fleet in fleets:
            for machine in fleet.spot_machines()[:each]:
                region.emit(warning(machine))
        region.run(5)
        if sum(region.release_counts().values()) != batch.notices:
            raise RuntimeError(f"{batch.name}: not every machine was released")
        return sum(call.startswith(COUNTED) for call in region.calls)
