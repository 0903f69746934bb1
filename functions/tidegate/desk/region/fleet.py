"""A fleet in the Region: what it is to look like, and what there is to see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState

from tidegate.desk.region.autoscaling import refreshes
from tidegate.desk.region.autoscaling.group import balancers, desired, found, in_service, member, units

DRAIN_SECONDS: Final = 60
"""A deregistration delay that leaves room within the 120 s of a notice; the default of 300 s doesn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetShape:
    """What a fleet is to look like. Sizes in machines (in units, if it has weights), times in seconds."""

    name: str = "chat"
    on_demand: int = 1
    spot: int = 5
    balanced: bool = True
    """Whether it stands behind a target group."""

    hook: int | bool = False
    """A terminate hook; a number is its heartbeat in seconds, True one of 300 s."""

    profile: str | None = "default"
    """The value of the tag that opts it in; None: no tag."""

    capacity_rebalance: bool = False
    suspended: Sequence[str] = ()
    protected: bool = False
    """Whether its machines are protected from scale-in."""

    min_size: int = 0
    max_size: int | None = None
    drain: int = DRAIN_SECONDS
    boot: float | None = None
    tags: Mapping[str, str] | None = None
    weights: Mapping[str, int] | None = None
    """Instance type -> capacity units; None: the Region's three types, one unit each."""

    operator: str | None = None
    """The service that runs the group for its owner, such as eks.amazonaws.com."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as it was when it was looked at; `state` is Auto Scaling's lifecycle state."""

    id: str
    group: str
    zone: str
    type: str
    market: Literal["spot", "on-demand"]
    state: str
    protected: bool
    weight: int = 1
    """Capacity units."""


class Fleet:
    """A group that was built, and what there is to see of it."""

    def __init__(self, backend: AutoScalingBackend, name: str) -> None:
        self._backend: Final = backend
        self.name: Final = name

    @property
    def group(self) -> FakeAutoScalingGroup:
        """Moto's own group, for what no operation can set."""
        return found(self._backend, self.name)

    @property
    def desired(self) -> int:
        """The group's desired capacity: machines, or units if the group has weights."""
        return desired(self.group)

    @property
    def size(self) -> int:
        """How many machines are in service."""
        return len(in_service(self.group))

    @property
    def capacity(self) -> int:
        """How many capacity units are in service: machines, unless the group has weights."""
        return units(self.group, in_service(self.group))

    @property
    def base(self) -> int:
        """The on-demand base capacity of the group's policy."""
        policy: Any = self.group.mixed_instances_policy
        return int(policy["InstancesDistribution"]["OnDemandBaseCapacity"])

    def machines(self, *states: str) -> tuple[Machine, ...]:
        """Return all members, or those in one of these lifecycle states."""
        machines = (machine_of(self.name, each) for each in self.group.instance_states)
        return tuple(each for each in machines if not states or each.state in states)

    def spot_machines(self) -> tuple[Machine, ...]:
        """Return the spot machines in service."""
        return tuple(each for each in self.machines("InService") if each.market == "spot")

    def on_demand_machines(self) -> tuple[Machine, ...]:
        """Return the on-demand machines in service."""
        return tuple(each for each in self.machines("InService") if each.market == "on-demand")

    def set_state(self, machine: Machine | str, state: str) -> None:
        """Put a machine into a lifecycle state without the way that leads there."""
        instance = machine if isinstance(machine, str) else machine.id
        if (there := member(self.group, instance)) is None:
            raise LookupError(f"{instance} is no member of {self.name}")
        there.lifecycle_state = state

    def refresh(self, status: refreshes.Status = "InProgress") -> None:
        """Let an instance refresh go on, or end ("Successful", "Cancelled"); no machine is replaced by it."""
        refreshes.declare(self.group, status)

    def target_states(self) -> dict[str, str]:
        """Return instance id -> target health state, of what is registered or draining."""
        return {each["Id"]: each["State"] for group in balancers(self.group) for each in group.targets.values()}


def machine_of(group: str, state: InstanceState) -> Machine:
    """Look at one of moto's members."""
    instance: Any = state.instance
    return Machine(
        id=instance.id,
        group=group,
        zone=str(state.availability_zone),
        type=state.instance_type,
        market="spot" if instance.lifecycle == "spot" else "on-demand",
        state=state.lifecycle_state,
        protected=bool(state.protected_from_scale_in),
        weight=int(vars(state).get("weighted_capacity", 1)),
    )
