"""Scale-in: which machine a group that is too large terminates next.

Source: autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html, the default policy, shortened.
"""

from collections import Counter
from typing import Any, Final

from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState

from tidegate.desk.region.autoscaling import leave, placement
from tidegate.desk.region.autoscaling.group import counted, on_demand_target, units, weight
from tidegate.desk.region.events import iso_time
from tidegate.desk.region.world import World

CAUSE: Final = (
    "an instance was taken out of service in response to a difference between desired and actual capacity, shrinking "
    "the capacity from {0} to {1}.  At {2} instance {3} was selected for termination."
)


def shrink(world: World, group: FakeAutoScalingGroup, excess: int) -> None:
    """Terminate what is too much, units; never so many machines that the group falls below its desired capacity."""
    while state := next_to_go(group, excess):
        excess -= weight(group, state)
        end(world, group, state)


def end(world: World, group: FakeAutoScalingGroup, state: InstanceState) -> None:
    """Terminate a machine that is too much.

    A machine that was replaced to change the mix is told in the same words: aws/aws-eks-best-practices issue 310.
    """
    size, less = units(group, counted(group)), weight(group, state)
    leave.terminate(world, group, state, CAUSE.format(size, size - less, iso_time(), state.instance.id))


def next_to_go(group: FakeAutoScalingGroup, excess: int) -> InstanceState | None:
    """Return the machine that goes next; never one that is protected from scale-in, or provides more than `excess`.

    First the purchase option of which there is more than the policy asks for, then the fullest zone, then the oldest.
    An on-demand machine that the policy asks for stays, while there is a spot machine to end, even one of more weight:
    the base is the least that must be on-demand (API_InstancesDistribution.html).
    """
    there = counted(group)
    zones = Counter(state.availability_zone for state in there)
    above = placement.on_demand_units(group, there) - on_demand_target(group)
    free = [state for state in there if not state.protected_from_scale_in]
    any_spot = any(placement.market_of(state) == "spot" for state in free)

    def order(state: InstanceState) -> tuple[bool, int, Any]:
        on_demand = placement.market_of(state) == "on-demand"
        return on_demand != (above > 0), -zones[state.availability_zone], state.instance.launch_time

    def may_go(state: InstanceState) -> bool:
        asked_for = placement.market_of(state) == "on-demand" and weight(group, state) > above
        return weight(group, state) <= excess and not (asked_for and any_spot)

    return min(filter(may_go, free), key=order, default=None)
