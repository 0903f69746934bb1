"""Small views of moto's Auto Scaling groups, which the other files share."""

from collections.abc import Sequence
from typing import Final

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.elbv2.models import FakeTargetGroup

from tidegate.desk.region import elbv2

COUNTED: Final = frozenset({"Pending", "Pending:Wait", "Pending:Proceed", "InService"})
"""What counts towards the desired capacity. Standby, Detaching and Terminating machines don't.

Source: autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html"""


def found(backend: AutoScalingBackend, name: str) -> FakeAutoScalingGroup:
    """The group, or the ValidationError that every operation answers for a name that doesn't exist."""
    try:
        return backend.autoscaling_groups[name]
    except KeyError:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found") from None


def counted(group: FakeAutoScalingGroup) -> list[InstanceState]:
    """Return the members that count towards the desired capacity."""
    return [state for state in group.instance_states if state.lifecycle_state in COUNTED]


def in_service(group: FakeAutoScalingGroup) -> list[InstanceState]:
    """Return the members in service."""
    return [state for state in group.instance_states if state.lifecycle_state == "InService"]


def weights(group: FakeAutoScalingGroup) -> dict[str, int]:
    """Return instance type -> capacity units, of a group whose policy gives its types weights; else nothing.

    Source: autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html
    """
    overrides = (group.mixed_instances_policy or {}).get("LaunchTemplate", {}).get("Overrides", [])
    return {each["InstanceType"]: int(each["WeightedCapacity"]) for each in overrides if "WeightedCapacity" in each}


def weight(group: FakeAutoScalingGroup, state: InstanceState) -> int:
    """Return how many capacity units a machine provides."""
    return weights(group).get(state.instance_type, 1)


def units(group: FakeAutoScalingGroup, states: Sequence[InstanceState]) -> int:
    """Return how many capacity units some machines provide together."""
    known = weights(group)
    return sum(known.get(state.instance_type, 1) for state in states) if known else len(states)


def desired(group: FakeAutoScalingGroup) -> int:
    """Return the desired capacity: machines, or units if the group has weights."""
    return group.desired_capacity or 0


def suspended(group: FakeAutoScalingGroup) -> set[str]:
    """Return the names of the suspended processes."""
    return {process["ProcessName"] for process in group.suspended_processes}


def member(group: FakeAutoScalingGroup, instance_id: str) -> InstanceState | None:
    """Return a member by its instance id."""
    return next((state for state in group.instance_states if state.instance.id == instance_id), None)


def balancers(group: FakeAutoScalingGroup) -> list[FakeTargetGroup]:
    """Return the target groups that are attached."""
    return elbv2.target_groups(group.account_id, group.region, group.target_group_arns)


def on_demand_target(group: FakeAutoScalingGroup) -> int:
    """How many of the desired machines are on-demand: base + percentage of the rest, rounded towards on-demand.

    Source: autoscaling/ec2/APIReference/API_InstancesDistribution.html; 100 % when the group has no distribution.
    """
    distribution = (group.mixed_instances_policy or {}).get("InstancesDistribution", {})
    base = int(distribution.get("OnDemandBaseCapacity") or 0)
    share = distribution.get("OnDemandPercentageAboveBaseCapacity")
    percent = 100 if share is None else int(share)
    above = max(desired(group) - base, 0)
    return min(desired(group), base + -(-above * percent // 100))
