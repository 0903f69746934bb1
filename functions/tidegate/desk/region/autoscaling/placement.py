"""Where a new machine comes up, and as what: zone, purchase option, instance type."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState
from moto.ec2.models.instances import Instance

from tidegate.desk.region.autoscaling.group import counted, on_demand_target, units

type Market = Literal["spot", "on-demand"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a machine stands, and how it is bought."""

    zone: str
    subnet: str | None
    market: Market
    type: str


def place_of(instance: Any) -> Place:
    """Return where one of moto's machines stands."""
    market: Market = "spot" if instance.lifecycle == "spot" else "on-demand"
    return Place(instance.placement.availability_zone, instance.subnet_id, market, instance.instance_type)


def market_of(state: InstanceState) -> Market:
    """Return how a member was bought."""
    return "spot" if state.instance.lifecycle == "spot" else "on-demand"


def places(group: FakeAutoScalingGroup, market: Market) -> Iterator[Place]:
    """Yield where the next machine of a purchase option may come up, best first: all types of a zone, then the next.

    Sources: autoscaling/ec2/userguide/auto-scaling-benefits.html (another zone, until an attempt succeeds),
    ec2-auto-scaling-mixed-instances-groups.html (zones are balanced first; other pools before a launch fails)
    """
    for zone, subnet in zones(group):
        for each in types(group, market, zone):
            yield Place(zone, subnet, market, each)


def shares(group: FakeAutoScalingGroup, missing: int) -> dict[Market, int]:
    """Return how many of the missing units are bought in which way, as the group's policy asks for."""
    on_demand = min(missing, max(0, on_demand_target(group) - on_demand_units(group, counted(group))))
    return {"on-demand": on_demand, "spot": missing - on_demand}


def run_instance(group: FakeAutoScalingGroup, place: Place) -> Instance:
    """One EC2 machine at a place."""
    options: dict[str, Any] = {"instance_market_options": {"MarketType": "spot"}} if place.market == "spot" else {}
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        1,
        group.user_data,
        group.security_groups or [],
        instance_type=place.type,
        is_instance_type_default=False,
        tags={"instance": group.get_propagated_tags() | {"aws:autoscaling:groupName": group.name}},
        placement=place.zone,
        subnet_id=place.subnet,
        **options,
    )
    instance = reservation.instances[0]
    vars(instance)["autoscaling_group"] = group
    return instance


def on_demand_units(group: FakeAutoScalingGroup, states: Sequence[InstanceState]) -> int:
    """Return how many units of some machines are on-demand."""
    return units(group, [state for state in states if market_of(state) == "on-demand"])


def zones(group: FakeAutoScalingGroup) -> list[tuple[str, str | None]]:
    """Return zones and their subnets, the emptiest first; moto fills the first subnet.

    Source: autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
    """
    taken = Counter(state.availability_zone for state in counted(group))
    subnets = (group.vpc_zone_identifier or "").split(",") if group.vpc_zone_identifier else [None]
    there = list(zip(group.availability_zones, subnets * len(group.availability_zones), strict=False))
    return sorted(there, key=lambda place: taken[place[0]])


def types(group: FakeAutoScalingGroup, market: Market, zone: str) -> list[str]:
    """On-demand takes the overrides in order (`prioritized`); spot what this zone has fewest of, as diversified."""
    policy = group.mixed_instances_policy or {}
    known = [each["InstanceType"] for each in policy.get("LaunchTemplate", {}).get("Overrides", [])]
    if not known or market == "on-demand":
        return known or [group.instance_type]
    pools = Counter(state.instance_type for state in counted(group) if state.availability_zone == zone)
    return sorted(known, key=lambda each: pools[each])
