"""Who else writes to the group: scheduled actions, and somebody whose tool writes the base back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tidegate.desk.world import operations
from tidegate.desk.world.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledAction:
    """Sizes that are set `t` seconds after the world began; None: that one stays.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
    """

    t: float
    desired: int | None = None
    min_size: int | None = None
    max_size: int | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A tool such as Terraform finds another base than its configuration says, and writes that one back.

    https://github.com/hashicorp/terraform-provider-aws/issues/7938
    """

    t: float
    base: int


def plan(world: World, actions: Iterable[ScheduledAction | Rewrite]) -> None:
    """Put what others will write onto the clock. What Auto Scaling refuses then stays as it is."""
    for action in actions:
        world.clock.at(action.t, lambda action=action: _write(world, action))


def _write(world: World, action: ScheduledAction | Rewrite) -> None:
    try:
        if isinstance(action, Rewrite):
            operations.remix(world, replace(world.distribution, base=action.base), world.desired)
        else:
            operations.rebound(world, low=action.min_size, high=action.max_size, desired=action.desired)
    except ValueError as error:
        world.record("set", f"refused: {error}")
