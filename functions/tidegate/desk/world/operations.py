"""The calls of Auto Scaling that change a group, and what it refuses: each raises ValueError, and then does nothing.

The texts are those that AWS's users report, shortened.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html
"""

from collections.abc import Sequence
from typing import Final

from tidegate.desk.world import leaving, scale_in
from tidegate.desk.world.keeping import keep
from tidegate.desk.world.machine import Machine
from tidegate.desk.world.world import World, units
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.notice import MOST_IDS, How

_LEAVING: Final = ("Terminating", "Detaching", "Gone")


def resize(world: World, desired: int) -> None:
    """Set the desired capacity, within its bounds."""
    if not world.min_size <= desired <= world.max_size:
        raise ValueError(f"desired capacity {desired} is outside of {world.min_size} to {world.max_size}")
    _set(world, desired, "")


def remix(world: World, distribution: Distribution, desired: int) -> None:
    """Set how the group is divided, and its desired capacity.

    A running machine is replaced only once another one has been launched for it: see `replacing.py`.
    """
    if not world.min_size <= desired <= world.max_size:
        raise ValueError(f"desired capacity {desired} is outside of {world.min_size} to {world.max_size}")
    if distribution.base > world.max_size:
        raise ValueError(f"OnDemandBaseCapacity must not be greater than the max size, {world.max_size}")
    world.distribution = distribution
    _set(world, desired, f" with {distribution.base} + {distribution.percent} % on-demand")


def rebound(world: World, *, low: int | None = None, high: int | None = None, desired: int | None = None) -> None:
    """Set bounds and size, as a scheduled action does; a size that isn't given moves into new bounds."""
    least = world.min_size if low is None else low
    most = world.max_size if high is None else high
    wanted = min(max(world.desired, least), most) if desired is None else desired
    if not least <= wanted <= most or world.distribution.base > most:
        raise ValueError(f"desired capacity {wanted} and base {world.distribution.base} don't fit {least} to {most}")
    world.min_size, world.max_size = least, most
    _set(world, wanted, f" between {least} and {most}")


def release(world: World, how: How, instances: Sequence[str], *, decrement: bool = False) -> None:
    """Terminate machines in their group, or detach them; the whole call fails when one of them can't leave.

    Without decrement their replacements start at once, beside the draining.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html
    """
    if not 1 <= len(instances) <= MOST_IDS[how]:
        raise ValueError(f"{how} takes 1 to {MOST_IDS[how]} machines, not {len(instances)}")
    machines = [_member(world, instance, how) for instance in dict.fromkeys(instances)]
    less = units(one for one in machines if one.counted) if decrement else 0
    if decrement and world.desired - less < world.min_size:
        raise ValueError(f"{less} less than {world.desired} is below the min size, {world.min_size}")
    world.desired -= less
    for one in machines:
        if how == "terminate":
            leaving.terminate(world, one, "a user's request")
        else:
            leaving.detach(world, one)
    keep(world)


def _member(world: World, instance: str, how: How) -> Machine:
    machine = world.members.get(instance)
    if machine is None:
        raise ValueError(f"the instance {instance} is not part of {world.shape.name}")
    if machine.state in _LEAVING or (how == "detach" and machine.state != "InService"):
        raise ValueError(f"the instance {instance} is in {machine.state}")
    return machine


def _set(world: World, desired: int, more: str) -> None:
    before, world.desired = world.desired, desired
    world.record("set", f"{world.shape.name} is to have {desired}{more}; it was {before}")
    if desired < before:
        scale_in.shrink(world, -world.missing)
        scale_in.recall(world)
    keep(world)
