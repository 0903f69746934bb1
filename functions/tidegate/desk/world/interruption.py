"""How EC2 takes spot machines back, and how their group finds out."""

from collections import defaultdict
from collections.abc import Iterable
from math import ceil, inf
from typing import Final

from tidegate.desk.world.keeping import keep, replace_some
from tidegate.desk.world.machine import COUNTED, Machine
from tidegate.desk.world.market import EVERYWHERE, Wave
from tidegate.desk.world.world import World
from tidegate.fleet.notice import LEAD_SECONDS

HEALTH_CHECK_SECONDS: Final = 60
"""Until the group sees that EC2 ended a machine: Auto Scaling checks periodically, an interval it doesn't publish;
assumed. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html"""


def foresee(world: World) -> None:
    """Put onto the clock what the market has in store."""
    ahead = world.market.ahead_seconds
    for t in world.market.spot.changes:
        if ahead:
            world.clock.at(t - ahead, lambda t=t: recommend(world, _too_many(world, t)))
        world.clock.at(t, lambda t=t: take_back(world, _too_many(world, t)))
    for wave in world.market.waves:
        world.clock.at(wave.t, lambda wave=wave: take_back(world, _hit(world, wave)))


def recommend(world: World, machines: Iterable[Machine]) -> None:
    """Recommend to replace machines; with Capacity Rebalancing their group does, as far as spot is to be had.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
    """
    risky = [one for one in machines if not one.at_risk]
    for one in risky:
        one.at_risk = True
        world.record("recommendation", f"{one.id} ({one.pool.name}) is at risk", one.id)
    if risky:
        replace_some(world)


def take_back(world: World, machines: Iterable[Machine]) -> None:
    """Give machines their notice, or none if it gets lost, and end them two minutes later."""
    dying = list(machines)
    for one in dying:
        one.ends = world.now + LEAD_SECONDS
        world.counts.losses += one.state in COUNTED
    for one in dying:
        if world.market.warned >= 1 or world.chance.random() < world.market.warned:
            world.record("warning", f"{one.id} ({one.pool.name}) is taken back in {LEAD_SECONDS} s", one.id)
    recommend(world, dying)
    if dying:
        world.clock.after(LEAD_SECONDS, lambda: _kill(world, dying))


def _kill(world: World, machines: Iterable[Machine]) -> None:
    """End machines: neither their drain nor a hook holds EC2.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html
    """
    for one in machines:
        if one.alive:
            world.end(one, taken=True)
            world.record("taken", f"EC2 takes {one.id} back", one.id)
        if one.state in ("Terminating", "Detaching"):
            world.forget(one)
    world.clock.after(HEALTH_CHECK_SECONDS, lambda: _notice(world, machines))


def _notice(world: World, machines: Iterable[Machine]) -> None:
    """The next health check finds which are missing: only then are they replaced."""
    missing = [one for one in machines if one.id in world.members]
    for one in missing:
        world.forget(one)
        world.record("noticed", f"{world.shape.name} notices that {one.id} is gone", one.id)
    if missing:
        keep(world)


def _too_many(world: World, t: float) -> list[Machine]:
    """Return the machines that their pools won't hold at a moment: those at risk first, and else by chance."""
    pools: defaultdict[str, list[Machine]] = defaultdict(list)
    for one in _interruptible(world):
        pools[one.pool.name].append(one)
    found: list[Machine] = []
    for machines in pools.values():
        room = world.market.room("spot", machines[0].pool, t)
        if room < inf and (excess := len(machines) - int(room)) > 0:
            chosen = sorted(world.chance.sample(machines, len(machines)), key=lambda one: not one.at_risk)
            found += chosen[:excess]
    return found


def _hit(world: World, wave: Wave) -> list[Machine]:
    there = [one for one in _interruptible(world) if wave.where in (EVERYWHERE, one.pool.zone, one.pool.name)]
    return world.chance.sample(there, ceil(len(there) * wave.share))


def _interruptible(world: World) -> list[Machine]:
    return [one for one in world.running.values() if one.option == "spot" and one.ends is None]
