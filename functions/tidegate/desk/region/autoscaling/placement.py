"""Where a new machine comes up, and as what: zone, purchase option, instance type."""

from collections import Counter
from collections.abc import Sequence
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


def place_of(instance: Any) -> Place:
    """Return where one of moto's machines stands."""
    market: Market = "spot" if instance.lifecycle == "spot" else "on-demand"
    return Place(instance.placement.availability_zone, instance.subnet_id, market)


def next_place(group: FakeAutoScalingGroup, market: Market) -> Place:
    """Return where the next machine of a purchase option comes up: in the emptiest zone."""
    return Place(*emptiest_zone(group), market)


def shares(group: FakeAutoScalingGroup, missing: int) -> dict[Market, int]:
    """Return how many of the missing units are bought in which way, as the group's policy asks for."""
    on_demand = min(missing, max(0, on_demand_target(group) - on_demand_units(group, counted(group))))
    return {"on-demand": on_demand, "spot": missing - on_demand}


def run_instance(group: FakeAutoScalingGroup, place: Place) -> Instance:
    """One EC2 machine at a place, of the type that the group's policy asks for there."""
    options: dict[str, Any] = {"instance_market_options": {"MarketType": "spot"}} if place.market == "spot" else {}
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        1,
        group.user_data,
        group.security_groups or [],
        instance_type=next_type(group, place.market, place.zone),
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
    return units(group, [state for state in states if state.instance.lifecycle != "spot"])


def emptiest_zone(group: FakeAutoScalingGroup) -> tuple[str, str | None]:
    """Machines spread evenly: ec2-auto-scaling-availability-zone-balanced.html; moto fills the first subnet."""
    taken = Counter(state.availability_zone for state in counted(group))
    subnets = (group.vpc_zone_identifier or "").split(",") if group.vpc_zone_identifier else [None]
    places = list(zip(group.availability_zones, subnets * len(group.availability_zones), strict=False))
    return min(places, key=lambda place: taken[place[0]])


def next_type(group: FakeAutoScalingGroup, market: str, zone: str) -> str:
    """On-demand takes the first override (`prioritized`); spot the type this zone has fewest of, as diversified."""
    policy = group.mixed_instances_policy or {}
    types = [each["InstanceType"] for each in policy.get("LaunchTemplate", {}).get("Overrides", [])]
    if not types or market == "on-demand":
        return types[0] if types else group.instance_type
    pools = Counter(state.instance_type for state in counted(group) if state.availability_zone == zone)
    return min(types, key=lambda each: pools[each])
