"""Where a machine comes up, or why it can't: zone, then instance type.

Zones are kept even: the next machine goes to the one that has fewest, and to another one if that can't have it (the
strategy `balanced-best-effort`, which is the default).
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AvailabilityZoneDistribution.html

Within a zone on-demand takes the first type of the policy that is to be had (`prioritized`). Spot takes the cheapest
unit among the pools that are the least likely to be interrupted soon (`price-capacity-optimized`): those that EC2 would
recommend to leave come last, in whichever zone.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html

A zone that recovers is not filled up again at the cost of others, as the process AZRebalance would do: left out.
"""

from collections import Counter
from collections.abc import Mapping

from tidegate.desk.refusals import TEXTS
from tidegate.desk.world.shape import Offer, Option, Pool
from tidegate.desk.world.world import World

type Place = tuple[Offer, str]


def place(world: World, option: Option) -> Place | str:
    """Return what is launched next and where, or Auto Scaling's text if nothing can be."""
    running = [one for one in world.running.values() if one.option == option]
    quota = world.market.quotas.get(option)
    if quota is not None and len(running) >= quota:
        return TEXTS[option, "quota"]
    held = Counter(one.pool for one in running if one.ends is None)
    zones = _emptiest_first(world)
    for until in _horizons(world, option):
        for zone in zones:
            if offer := _offer(world, option, zone, held, until):
                return offer, zone
    return TEXTS[option, "capacity"].format(type=world.shape.offers[0].type, zone=zones[0])


def _horizons(world: World, option: Option) -> tuple[float, ...]:
    """Return until when a pool is to have room: first as far as EC2 sees ahead, then for now."""
    ahead = world.market.ahead_seconds if option == "spot" else 0
    return (world.now + ahead, world.now) if ahead else (world.now,)


def _emptiest_first(world: World) -> list[str]:
    taken = Counter(one.pool.zone for one in world.counted())
    return sorted(world.shape.zones, key=lambda zone: taken[zone])


def _offer(world: World, option: Option, zone: str, held: Mapping[Pool, int], until: float) -> Offer | None:
    def has_room(pool: Pool) -> bool:
        return all(world.market.room(option, pool, t) > held.get(pool, 0) for t in {world.now, until})

    offers = [one for one in world.shape.offers if has_room(Pool(one.type, zone))]
    if option == "spot":
        return min(offers, key=lambda one: one.spot / one.weight, default=None)
    return offers[0] if offers else None
