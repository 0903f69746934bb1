"""Which machine a group that is too large terminates next.

First the purchase option of which there is more than the policy asks for, then the fullest zone: the default policy for
groups of several purchase options. Then the oldest, which stands for the default policy's launch templates.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
"""

from collections import Counter

from tidegate.desk.world import leaving, replacing
from tidegate.desk.world.machine import Machine
from tidegate.desk.world.world import World, units


def shrink(world: World, excess: int) -> None:
    """Terminate what is too much, in units; never so many that the group falls below its desired capacity."""
    while excess > 0 and (machine := next_to_go(world, excess)):
        excess -= machine.weight
        leaving.terminate(world, machine, "the group is larger than it is to be")


def recall(world: World) -> None:
    """Terminate what was launched ahead of others and is more than the margin of a smaller group; assumed."""
    for one in reversed(world.ahead()):
        if units(world.ahead()) <= replacing.margin(world):
            return
        leaving.terminate(world, one, "the group is to be smaller")


def next_to_go(world: World, excess: int) -> Machine | None:
    """Return the machine that goes next; never one of more than `excess` units."""
    may_go = [one for one in world.counted() if one.weight <= excess]
    zones = Counter(one.pool.zone for one in world.counted())
    spare = {one.id for one in may_go if one.option == "on-demand" and replacing.spare(world, one.weight)}

    def order(machine: Machine) -> tuple[bool, int, float, str]:
        goes = machine.id in spare if spare else machine.option == "spot"
        return not goes, -zones[machine.pool.zone], machine.launched, machine.id

    return min(may_go, key=order, default=None)


def make_room(world: World, machine: Machine, ahead_of: str) -> None:
    """Terminate what a machine has taken the place of, now that it serves.

    The old one goes once the new one has passed its health checks:
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
    """
    old = world.members.get(ahead_of)
    if old and old.counted and old.weight <= -world.missing:
        _replace(world, old)
        return
    while wrong := _wrong(world, machine):
        _replace(world, wrong)
    # What it was to replace has gone otherwise, and the group is too large by as much.
    shrink(world, min(-world.missing, machine.weight))


def _replace(world: World, machine: Machine) -> None:
    world.counts.replacements += 1
    leaving.terminate(world, machine, "another one has taken its place")


def _wrong(world: World, machine: Machine) -> Machine | None:
    """Return a machine that is bought otherwise than this one, if it may go."""
    found = next_to_go(world, -world.missing)
    if found is None or found.option == machine.option:
        return None
    return found if found.option == "spot" or replacing.spare(world, found.weight) else None
