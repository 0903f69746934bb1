"""How a group comes to another mix: running machines of one purchase option make way for machines of the other.

Auto Scaling does so by itself after a change of the policy, gradually, and launches before it terminates. It may exceed
the group's limits by a tenth of the maximum meanwhile, or by one machine, whichever is more.

Sources: autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html (rebalancing, default
behavior), API_InstancesDistribution.html, auto-scaling-benefits.html (the margin). How many it replaces at a time isn't
published: here, no more than that margin above the desired capacity. Nor is what a suspension does: without Launch
nothing begins, without Terminate the group keeps its margin, as as-suspend-resume-processes.html says of AZRebalance;
AZRebalance itself is about zones alone. A machine that is protected from scale-in is not replaced (assumed).

With weights not every mix can be had exactly: on-demand is what the policy asks for at least, and no machine goes that
would leave less of its purchase option than asked.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState

from tidegate.desk.region.autoscaling import scale_in, shortage
from tidegate.desk.region.autoscaling.group import (
    counted,
    desired,
    in_service,
    on_demand_target,
    suspended,
    units,
    weight,
)
from tidegate.desk.region.autoscaling.placement import Market, market_of, on_demand_units
from tidegate.desk.region.world import World

MARGIN_PERCENT: Final = 10
PAIRS: Final[tuple[tuple[Market, Market], ...]] = (("spot", "on-demand"), ("on-demand", "spot"))
"""What may make way for what."""


def surplus(group: FakeAutoScalingGroup) -> Mapping[Market, int]:
    """Return how many units there are more than the policy asks for; below zero: how many too few."""
    there, target = counted(group), on_demand_target(group)
    on_demand = on_demand_units(group, there)
    spot = units(group, there) - on_demand
    return {"on-demand": on_demand - target, "spot": spot - (desired(group) - target)}


def owed(group: FakeAutoScalingGroup) -> list[InstanceState]:
    """Return what was launched as replacements, while the replaced machines are still there."""
    launched: list[InstanceState] = vars(group).get("tidegate_replacements", [])
    there = counted(group)
    return [state for state in launched if state in there]


def go_on(world: World, group: FakeAutoScalingGroup, launch: Callable[[Market], int]) -> None:
    """Take the next steps of a replacement: terminate what has been replaced, then launch more replacements."""
    retire(world, group)
    for old, new in PAIRS:
        begin(world, group, old, new, launch)
    if vars(group).get("tidegate_replacing") and not owed(group) and not any(lacks(group, *each) for each in PAIRS):
        vars(group)["tidegate_replacing"] = False
        on_demand = on_demand_units(group, counted(group))
        spot = units(group, counted(group)) - on_demand
        text = f"{group.name} has the mix its policy asks for: {on_demand} on-demand, {spot} spot"
        world.record("aws", "at-mix", text, group=group.name, on_demand=on_demand, spot=spot)


def retire(world: World, group: FakeAutoScalingGroup) -> None:
    """Terminate machines whose replacements are in service, never so many that fewer than desired serve."""
    launched = owed(group)
    if not launched or "Terminate" in suspended(group):
        return
    paid = 0
    while old := next_to_go(group):
        paid += weight(group, old)
        scale_in.end(world, group, old)
    waits = bool(spare(group)) and units(group, counted(group)) > desired(group)
    left: list[InstanceState] = []
    for state in launched:
        if state.lifecycle_state != "InService" or (waits and weight(group, state) > paid):
            left.append(state)
        else:
            paid -= weight(group, state)
    vars(group)["tidegate_replacements"] = left


def begin(world: World, group: FakeAutoScalingGroup, old: Market, new: Market, launch: Callable[[Market], int]) -> None:
    """Launch replacements up to the margin; what couldn't be launched is tried again with Auto Scaling's backoff."""
    while (
        lacks(group, old, new)
        and units(group, counted(group)) >= desired(group)
        and units(group, owed(group)) < margin(group, old, new)
        and "Launch" not in suspended(group)
        and not shortage.waiting(group, new)
    ):
        if not vars(group).get("tidegate_replacing"):
            vars(group)["tidegate_replacing"] = True
            text = f"{group.name} replaces {old} by {new} to have the mix its policy asks for"
            world.record("aws", "replacing", text, group=group.name, old=old, new=new, units=-surplus(group)[new])
        before = owed(group)
        if not launch(new):
            return
        vars(group)["tidegate_replacements"] = [*before, group.instance_states[-1]]


def lacks(group: FakeAutoScalingGroup, old: Market, new: Market) -> bool:
    """Whether there is too little of one purchase option, and too much of the other."""
    there = surplus(group)
    return there[new] < 0 < there[old]


def margin(group: FakeAutoScalingGroup, old: Market, new: Market) -> int:
    """Return how many units of replacements there may be at a time: no more than there are units to replace."""
    machines = replaceable(group, old) if new == "on-demand" else spare(group, old)
    one = min((weight(group, state) for state in machines), default=0)
    return min(max(MARGIN_PERCENT * (group.max_size or 0) // 100, one), units(group, machines))


def replaceable(group: FakeAutoScalingGroup, *markets: Market) -> list[InstanceState]:
    """Return the machines of these purchase options that Auto Scaling may end by itself."""
    there = (state for state in in_service(group) if not state.protected_from_scale_in)
    return [state for state in there if market_of(state) in (markets or ("on-demand", "spot"))]


def spare(group: FakeAutoScalingGroup, *markets: Market) -> list[InstanceState]:
    """Return those without which there is still as much of their purchase option as the policy asks for."""
    there = surplus(group)
    return [state for state in replaceable(group, *markets) if weight(group, state) <= there[market_of(state)]]


def next_to_go(group: FakeAutoScalingGroup) -> InstanceState | None:
    """Return the machine that goes next: of the fullest zone the oldest, if enough serve without it."""
    serving = units(group, in_service(group))
    zones = Counter(state.availability_zone for state in counted(group))

    def order(state: InstanceState) -> tuple[int, Any]:
        return -zones[state.availability_zone], state.instance.launch_time

    may_go = [each for each in spare(group) if serving - weight(group, each) >= desired(group)]
    return min(may_go, key=order, default=None)
