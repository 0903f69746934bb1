"""What was observed of an Auto Scaling group: plain data, as read in one look."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

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

    @property
    def pool(self) -> str:
        """The spot capacity pool it came from: instance type x Availability Zone."""
        return f"{self.instance_type}/{self.zone}"

    @property
    def in_service(self) -> bool:
        """Whether it serves, and so may be released."""
        return self.state == "InService"

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
    """How many machines its owner wants."""

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

    @property
    def in_service(self) -> int:
        """How many machines serve."""
        return sum(machine.in_service for machine in self.machines.values())

    @property
    def states(self) -> dict[str, int]:
        """How many machines are in each lifecycle state."""
        return dict(sorted(Counter(machine.state for machine in self.machines.values()).items()))
