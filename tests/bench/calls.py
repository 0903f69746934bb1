"""AWS calls for each batch of notices, counted in the emulated Region: what throttling and cost follow from.

Not counted, as in the design: DynamoDB, SQS, and the mode, which is read once in ten seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.figure import Figure
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

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
    """Play each batch in a Region of its own."""
    for batch in BATCHES:
        yield Figure(batch.name, _calls(batch), "calls", bound=batch.bound)


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
