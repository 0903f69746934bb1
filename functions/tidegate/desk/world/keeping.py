"""How a group keeps its size and its mix: it launches what is missing, and replaces gradually what isn't as it should.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
"""

from tidegate.desk.world import replacing, scale_in
from tidegate.desk.world.launching import launch
from tidegate.desk.world.machine import Machine
from tidegate.desk.world.shape import Option
from tidegate.desk.world.world import World, on_demand_units


def keep(world: World) -> None:
    """Make up what is missing, each purchase option its share, and go on with replacements.

    What is launched last may be more than was missing, by less than one machine. A purchase option that is short has no
    more to give, and the other one doesn't stand in for it.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html
    """
    replacing.adopt(world)
    for option, share in shares(world).items():
        left = min(share, world.missing)
        while left > 0 and (machine := _launch(world, option)):
            left -= machine.weight
    replace_some(world)


def shares(world: World) -> dict[Option, int]:
    """Return how many of the missing units are bought in which way: on-demand up to its target, the rest spot."""
    missing = max(0, world.missing)
    on_demand = min(missing, max(0, world.on_demand_target - on_demand_units(world.counted())))
    return {"on-demand": on_demand, "spot": missing - on_demand}


def replace_some(world: World) -> None:
    """Launch a few machines that are to take the place of others; one that can't be launched ends nothing."""
    while (wanted := replacing.wanted(world)) and _launch(world, wanted[0], ahead_of=wanted[1]):
        pass


def _launch(world: World, option: Option, *, ahead_of: str | None = None) -> Machine | None:
    def served(machine: Machine, ahead_of: str | None) -> None:
        if ahead_of is not None:
            scale_in.make_room(world, machine, ahead_of)
        # What has just failed waits for its next attempt.
        if not any(one.planned for one in world.backoff.values()):
            replace_some(world)

    return launch(world, option, served, lambda: keep(world), ahead_of=ahead_of)
