"""What was observed of an Auto Scaling group: plain data, as read in one look."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.fleet.distribution import Distribution

_LEAVING = ("Terminating", "Terminated", "Detaching", "Detached")
"""Lifecycle states, or their beginnings (`Terminating:Wait`), of a machine that is on its way out of its group.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html"""


@dataclass(frozen=True, slots=True)
class Machine:
    """One instance of a group, as `DescribeAutoScalingGroups` shows it."""

    id: str
    instance_type: str
    zone: str
    state: str
    weight: int = 1
    """Units of capacity that it counts for in its group."""

    @property
    def pool(self) -> str:
        """The spot capacity pool it came from: instance type x Availability Zone."""
        return f"{self.instance_type}/{self.zone}"

    @property
    def in_service(self) -> bool:
        """Whether it serves, and so may be released."""
        return self.state == "InService"

    @property
    def coming(self) -> bool:
        """Whether it was launched and doesn't serve yet."""
        return self.state.startswith("Pending")

    @property
    def leaving(self) -> bool:
        """Whether it is already on its way out of the group."""
        return self.state.startswith(_LEAVING)


@dataclass(frozen=True, slots=True)
class Group:
    """One fleet: an Auto Scaling group that bears the opt-in tag."""

    name: str
    profile: str
    """Name of the profile that its tag asks for; it may be one that no policy knows."""

    machines: Mapping[str, Machine]
    desired: int = 0
    """How many units of capacity are wanted; a unit is a machine where the group knows no weights."""

    min_size: int = 0
    max_size: int = 0

    balanced: bool = False
    """Whether a load balancer sends it requests: target groups, Classic Load Balancers or VPC Lattice."""

    terminate_hook: bool | None = None
    """Whether a lifecycle hook waits for terminating machines; None while nobody asked."""

    suspended: frozenset[str] = field(default_factory=frozenset[str])
    """Names of suspended processes."""

    capacity_rebalance: bool = False
    operator: str | None = None
    """Who else manages it, such as EKS, ECS or an AWS service; None for its owner alone."""

    deleting: bool = False

    distribution: Distribution | None = None
    """How its policy divides it between on-demand and spot; None: it has no mixed instances policy."""

    types: Mapping[str, int] = field(default_factory=dict[str, int])
    """Instance types that its policy names, and the units that a machine of each counts for."""

    zones: int = 0
    """In how many Availability Zones it may launch."""

    @property
    def pools(self) -> int:
        """In how many spot capacity pools it may launch; 0: its policy doesn't name its types."""
        return len(self.types) * self.zones

    @property
    def in_service(self) -> int:
        """How many units of capacity serve."""
        return sum(machine.weight for machine in self.machines.values() if machine.in_service)

    @property
    def heaviest(self) -> int:
        """Units of its heaviest machine; 1 where it knows no weights."""
        return max((machine.weight for machine in self.machines.values()), default=1)

    @property
    def at_size(self) -> bool:
        """Whether as much serves as is wanted. Auto Scaling goes over it by less than one machine, never under it.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html
        """
        return self.desired <= self.in_service < self.desired + self.heaviest

    @property
    def unit(self) -> str:
        """What its size is counted in, in the plural, for a person."""
        return "machines" if self.heaviest == 1 else "units"

    @property
    def states(self) -> dict[str, int]:
        """How many machines are in each lifecycle state."""
        return dict(sorted(Counter(machine.state for machine in self.machines.values()).items()))
