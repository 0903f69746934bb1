"""How a group keeps its size: launches over its zones and purchase options, or scale-in."""

from collections.abc import Sequence
from typing import Final

from moto.autoscaling.models import Activity, AutoScalingBackend, FakeAutoScalingGroup, InstanceState

from tidegate.desk.region import elbv2
from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.autoscaling import activities, droughts, placement, replacement, scale_in, shortage
from tidegate.desk.region.autoscaling.group import (
    balancers,
    counted,
    desired,
    found,
    in_service,
    suspended,
    units,
    weight,
    weights,
)
from tidegate.desk.region.world import World

BOOT_SECONDS: Final = 45.0
"""From launch to InService: 26 s of cold boot as measured for EC2's m7i.large, and a server start from a baked image
(assumed). A fleet of the Region may set its own."""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""
    plain_resume = AutoScalingBackend.resume_processes

    def set_desired_capacity(group: FakeAutoScalingGroup, new: int | None) -> None:
        """SetDesiredCapacity and every change of size: the group then launches or terminates towards it."""
        group.desired_capacity = group.min_size if new is None else new
        keep_size(world, group)

    def resume_processes(backend: AutoScalingBackend, group_name: str, scaling_processes: list[str]) -> None:
        """ResumeProcesses: a group that may launch again makes up for what it missed (API_ResumeProcesses.html)."""
        plain_resume(backend, group_name, scaling_processes)
        keep_size(world, found(backend, group_name))

    def update_attached_target_groups(backend: AutoScalingBackend, group_name: str) -> None:
        """AttachLoadBalancerTargetGroups registers the machines in service; moto registers all members again."""
        group = found(backend, group_name)
        for state in in_service(group):
            for balancer in balancers(group):
                elbv2.register(world, balancer, state.instance.id)

    return [
        Amendment(FakeAutoScalingGroup, "set_desired_capacity", set_desired_capacity),
        Amendment(AutoScalingBackend, "resume_processes", resume_processes),
        Amendment(AutoScalingBackend, "update_attached_target_groups", update_attached_target_groups),
    ]


def keep_size(world: World, group: FakeAutoScalingGroup) -> None:
    """Launch what is missing, terminate what is too much, unless that process is suspended.

    Replacements that are on their way to change the mix are no excess.
    Source: autoscaling/ec2/userguide/as-suspend-resume-processes.html
    """
    missing = desired(group) - units(group, counted(group))
    excess = -missing - units(group, replacement.owed(group))
    if missing > 0 and "Launch" not in suspended(group):
        for market, share in placement.shares(group, missing).items():
            left = min(share, desired(group) - units(group, counted(group)))
            # What is launched last may be more than was missing; a purchase option that is short has no more to give.
            while left > 0 and (launched := launch(world, group, market)):
                left -= launched
    elif excess > 0 and "Terminate" not in suspended(group):
        scale_in.shrink(world, group, excess)
    keep_mix(world, group)


def keep_mix(world: World, group: FakeAutoScalingGroup) -> None:
    """Go on replacing what doesn't fit the mix that the group's policy asks for."""
    replacement.go_on(world, group, lambda market: launch(world, group, market))


def shrink_or_replace(
    world: World, group: FakeAutoScalingGroup, states: Sequence[InstanceState], decrement: bool
) -> None:
    """With decrement the group stays smaller; without, the replacements start at once, beside the draining."""
    if decrement:
        group.desired_capacity = desired(group) - units(group, states)
    keep_size(world, group)


def launch(world: World, group: FakeAutoScalingGroup, market: placement.Market) -> int:
    """Launch one machine: Pending until it has booted, then InService. Return its units; 0: it couldn't be launched."""
    place, drought = droughts.best_place(world, group, market)
    if drought:
        shortage.refuse(world, group, drought, place, again=lambda: keep_size(world, group))
        return 0
    size = units(group, counted(group))
    instance = placement.run_instance(group, place)
    state = InstanceState(instance, "Pending", protected_from_scale_in=group.new_instances_protected_from_scale_in)
    group.instance_states.append(state)
    more = weight(group, state)
    if weights(group):
        vars(state)["weighted_capacity"] = str(more)
    description = f"Launching a new EC2 instance: {instance.id}"
    activity = activities.begin(group, description, shortage.DIFFERENCE.format(size, size + more), place)
    if world.instant:
        booted(world, group, state, activity)
        return more
    text = f"{group.name} launches {instance.id} ({place.market} {state.instance_type} in {place.zone})"
    world.record("aws", "launched", text, group=group.name, instance=instance.id, market=place.market)
    seconds = float(vars(group).get("tidegate_boot_seconds", BOOT_SECONDS))
    world.after(seconds, lambda: booted(world, group, state, activity))
    return more


def booted(world: World, group: FakeAutoScalingGroup, state: InstanceState, activity: Activity) -> None:
    """The machine goes into service, unless it was ended or taken out of its group on the way there.

    Source: autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html (a launch that is Cancelled)
    """
    running = state.instance.state == "running"
    if running and state in group.instance_states and state.lifecycle_state == "Pending":
        activities.finish(activity)
        enter_service(world, group, state)
    else:
        why = "Instance became unhealthy while waiting for instance to be in InService state."
        activities.cancel(activity, why if not running else "Instance was taken out of the group before it was ready.")


def enter_service(world: World, group: FakeAutoScalingGroup, state: InstanceState) -> None:
    """A machine goes into service and is registered with every target group that is attached."""
    state.lifecycle_state = "InService"
    if "AddToLoadBalancer" not in suspended(group):
        for balancer in balancers(group):
            elbv2.register(world, balancer, state.instance.id)
    if world.instant:
        return
    serving, wanted = units(group, in_service(group)), desired(group)
    text = f"{state.instance.id} is in service; {group.name} has {serving} of {wanted}"
    world.record("aws", "in-service", text, group=group.name, instance=state.instance.id, size=serving, desired=wanted)
    if serving >= wanted > serving - weight(group, state):
        world.record("aws", "at-size", f"{group.name} is back at its size, {wanted}", group=group.name, size=serving)
    keep_mix(world, group)
