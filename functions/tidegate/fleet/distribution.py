"""How a group's policy divides its capacity between on-demand and spot. Pure.

Of a desired capacity D, with the base b and p per cent above it, Auto Scaling keeps on-demand

    OD(b) = min(D, b + ceil((D - b) x p / 100))

and the rest spot, all in units of capacity. A percentage rounds towards on-demand. One unit of base more is none or one
of on-demand more, so every number from OD(0) to D can be had exactly.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/mixed-instances-groups-set-up-overview.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

BASE: Final = "OnDemandBaseCapacity"
PERCENTAGE: Final = "OnDemandPercentageAboveBaseCapacity"
SEGMENTS: Final = "DistributionSegments"
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Distribution:
    """The `InstancesDistribution` of a mixed instances policy."""

    base: int = 0
    percent: int = 100
    """On-demand above the base, 0 to 100; AWS's default is 100."""

    others: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    """Its other fields as they were read: whoever writes a distribution writes all of it."""

    segmented: bool = False
    """Whether it has segments, which say in another way what is bought how: then base and percentage say nothing."""

    def on_demand(self, desired: int, base: int | None = None) -> int:
        """Return the units that Auto Scaling keeps on-demand of `desired`; `base`: with this base instead."""
        base = self.base if base is None else base
        above = max(desired - base, 0)
        return min(desired, base + -(-above * self.percent // _PERCENT))

    def base_for(self, on_demand: int, desired: int) -> int:
        """Return the smallest base with which at least so many units of `desired` are on-demand; at most `desired`."""
        low, high = 0, desired
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.on_demand(desired, middle) >= on_demand else (middle + 1, high)
        return low

    @property
    def may_be_spot(self) -> bool:
        """Whether anything may be spot: a base alone doesn't forbid it, as it may be lowered."""
        return not self.segmented and self.percent < _PERCENT


def read_distribution(described: Mapping[str, object]) -> Distribution:
    """Read an `InstancesDistribution` as `DescribeAutoScalingGroups` shows it; what is left out has its default."""
    others = {
        name: value
        for name, value in described.items()
        if name not in (BASE, PERCENTAGE, SEGMENTS) and isinstance(value, str | int)
    }
    base, percent = described.get(BASE), described.get(PERCENTAGE)
    return Distribution(
        base=base if isinstance(base, int) else 0,
        percent=percent if isinstance(percent, int) else _PERCENT,
        others=others,
        segmented=bool(described.get(SEGMENTS)),
    )


def complete(distribution: Distribution) -> dict[str, Any]:
    """Return all of a distribution, as `UpdateAutoScalingGroup` takes it.

    Sources disagree whether AWS keeps the fields that a request leaves out: so it leaves out none.
    https://github.com/hashicorp/terraform-provider-aws/issues/7368
    https://github.com/hashicorp/terraform-provider-aws/issues/12250
    """
    return {**distribution.others, BASE: distribution.base, PERCENTAGE: distribution.percent}
