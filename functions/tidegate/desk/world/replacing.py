"""Which machines a group launches to take the place of others: for the mix that its policy asks for, and for risk.

A changed base or percentage replaces machines gradually, and launches before it terminates:
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
How many at a time AWS doesn't say: assumed is the margin that it does give for other replacements, a tenth of the
capacity and one machine at least, by which a group may go above its maximum meanwhile.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
"""

from typing import Final

from tidegate.desk.world.shape import Option
from tidegate.desk.world.world import World, on_demand_units, units

MIX: Final = ""
"""What a machine is ahead of that replaces whichever one is bought the wrong way."""

_MARGIN: Final = 10

type Wanted = tuple[Option, str]
"""A purchase option, and the machine that goes once it serves, or `MIX`."""


def margin(world: World) -> int:
    """Return how many units may be ahead of others at once."""
    return max(world.shape.heaviest, world.desired // _MARGIN)


def wanted(world: World) -> Wanted | None:
    """Return what is to be launched next, as far as the margin goes; None while the size itself is short."""
    if world.missing > 0 or units(world.ahead()) >= margin(world):
        return None
    return _at_risk(world) or _wrong(world)


def adopt(world: World) -> None:
    """Count machines for their own sake that were launched ahead of others, as far as the size is short of them."""
    for one in world.ahead():
        if world.missing <= 0:
            return
        one.ahead_of = None


def spare(world: World, weight: int) -> bool:
    """Return whether a machine of so many units may go of what is on-demand, with the target kept."""
    return on_demand_units(world.counted()) - weight >= world.on_demand_target


def _at_risk(world: World) -> Wanted | None:
    """With Capacity Rebalancing a spot machine at risk is replaced by another spot machine, and by nothing else."""
    if not world.shape.capacity_rebalance:
        return None
    followed = {one.ahead_of for one in world.ahead()}
    risky = (one for one in world.counted() if one.at_risk and one.id not in followed)
    return next((("spot", one.id) for one in risky), None)


def _wrong(world: World) -> Wanted | None:
    """Return which purchase option is lacking, with what is on its way.

    Spot is lacking only where an on-demand machine may go for it: with weights the target can't always be met exactly,
    and what replaced one then would be replaced again.
    """
    ahead = [one for one in world.ahead() if one.ahead_of == MIX]
    there, coming = on_demand_units(world.counted()), on_demand_units(ahead)
    if there + coming < world.on_demand_target:
        return "on-demand", MIX
    lightest = min((one.weight for one in world.counted() if one.option == "on-demand"), default=0)
    surplus = there - world.on_demand_target - (units(ahead) - coming)
    return ("spot", MIX) if lightest and surplus >= lightest else None
