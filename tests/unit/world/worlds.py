"""Simulated worlds that the tests share, and what there is to see of them."""

from collections import Counter
from typing import Any

from tidegate.desk.world.interruption import take_back
from tidegate.desk.world.machine import Machine
from tidegate.desk.world.market import Market, Supply
from tidegate.desk.world.shape import Offer, Option, Shape
from tidegate.desk.world.standing import standing
from tidegate.desk.world.world import World
from tidegate.fleet.distribution import Distribution
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

MIX_ONLY = Profile(size=Size(mode="leave"))
"""A profile whose size is somebody else's."""

NO_SPOT = Market(spot=Supply({"*": ((0, 0),)}))


def world(market: Market | None = None, *, base: int = 1, percent: int = 0, seed: int = 1, **shape: Any) -> World:
    """Return a fleet that stands: six machines, one of them on-demand, unless `shape` says otherwise."""
    one = standing(Shape(distribution=Distribution(base, percent), **shape), market, seed=seed)
    one.run(0)
    return one


def weighted(*weights: int) -> tuple[Offer, ...]:
    """Return offers of these weights, whose unit costs the same."""
    return tuple(
        Offer(type=f"g5.{weight}xlarge", on_demand=weight, spot=weight * 0.4, weight=weight) for weight in weights
    )


def bought(one: World) -> tuple[int, int]:
    """Return the units in service as (on-demand, spot)."""
    return one.serving("on-demand"), one.serving("spot")


def states(one: World) -> Counter[str]:
    """Return how many members are in each state."""
    return Counter(machine.state for machine in one.members.values())


def members(one: World, option: Option) -> list[Machine]:
    """Return the members bought in one way, the oldest first."""
    return [machine for machine in one.members.values() if machine.option == option]


def interrupt(one: World, number: int = 1) -> list[Machine]:
    """Let EC2 take back some spot machines that have no notice yet; return them."""
    dying = [machine for machine in members(one, "spot") if machine.serving and machine.ends is None][:number]
    take_back(one, dying)
    return dying


def happened(one: World, *kinds: str) -> list[tuple[float, str]]:
    """Return when what of these kinds happened."""
    return [(event.t, event.kind) for event in one.events if event.kind in kinds]
