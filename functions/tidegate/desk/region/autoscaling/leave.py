"""How a machine leaves its group: drained, held by hooks, terminated; or detached and left running."""

from typing import Final, Literal

from moto.autoscaling.models import Activity, FakeAutoScalingGroup, InstanceState

from tidegate.desk.region import elbv2
from tidegate.desk.region.autoscaling import activities
from tidegate.desk.region.autoscaling.group import balancers
from tidegate.desk.region.autoscaling.placement import place_of
from tidegate.desk.region.world import World

SHUTDOWN_SECONDS: Final = 10.0
"""From Terminating:Proceed to gone: EC2's own shutdown, an assumption."""

DETACH_SECONDS: Final = 30.0
"""A machine was seen in Detaching 34 s after the call, without connection draining (reproio/ecs_deploy issue 84).
With target groups attached it lasts until they have drained, which userguide/attach-load-balancer-asg.html says."""


def terminate(world: World, group: FakeAutoScalingGroup, state: InstanceState, cause: str) -> Activity:
    """Terminating: drain first, then the terminate hooks, then EC2; the machine counts no more from now on.

    Source: autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html and lifecycle-hooks-overview.html
    """
    state.lifecycle_state = "Terminating"
    activity = activities.begin(
        group,
        f"Terminating EC2 instance: {state.instance.id}",
        cause,
        place_of(state.instance),
    )
    delay = drain(world, group, state)

    def drained() -> None:
        if state in group.instance_states and state.lifecycle_state == "Terminating":
            hold_by_hooks(world, group, state, activity)

    world.after(delay, drained)
    return activity


def drain(world: World, group: FakeAutoScalingGroup, state: InstanceState) -> float:
    """Deregister from every target group; the seconds until the slowest has drained."""
    return max((elbv2.deregister(world, each, state.instance.id) for each in balancers(group)), default=0.0)


def hold_by_hooks(world: World, group: FakeAutoScalingGroup, state: InstanceState, activity: Activity) -> None:
    """Terminating:Wait until the longest heartbeat of the group's terminate hooks has run out.

    Nobody completes the hook here: that is the worst case, and what a hook without an answer does in an account.
    Source: autoscaling/ec2/APIReference/API_PutLifecycleHook.html (HeartbeatTimeout, seconds)
    """
    hooks = [
        hook
        for hook in group.autoscaling_backend.describe_lifecycle_hooks(group.name)
        if hook.lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING"
    ]

    def proceed() -> None:
        if state in group.instance_states:
            state.lifecycle_state = "Terminating:Proceed"
            world.after(SHUTDOWN_SECONDS, lambda: end(world, group, state, activity))

    if not hooks:
        proceed()
        return
    state.lifecycle_state = "Terminating:Wait"
    heartbeat = max(int(hook.heartbeat_timeout) for hook in hooks)
    text = f"{state.instance.id} waits for {hooks[0].name}, {heartbeat} s at most"
    world.record("aws", "hook", text, group=group.name, instance=state.instance.id, seconds=heartbeat)
    world.after(heartbeat, proceed)


def end(world: World, group: FakeAutoScalingGroup, state: InstanceState, activity: Activity) -> None:
    """EC2 ends the machine and the group forgets it."""
    if state not in group.instance_states:
        return
    group.instance_states.remove(state)
    for balancer in balancers(group):
        elbv2.forget(balancer, [state.instance.id])
    group.ec2_backend.terminate_instances([state.instance.id])
    activities.finish(activity)
    text = f"{state.instance.id} is terminated"
    world.record("aws", "terminated", text, group=group.name, instance=state.instance.id)


def detach(world: World, group: FakeAutoScalingGroup, state: InstanceState) -> Activity:
    """Detaching: deregistered, drained, then out of the group with the machine still running, unprotected.

    Source: autoscaling/ec2/userguide/ec2-auto-scaling-detach-attach-instances.html
    """
    state.lifecycle_state = "Detaching"
    activity = activities.begin(
        group,
        f"Detaching EC2 instance: {state.instance.id}",
        f"instance {state.instance.id} was detached in response to a user request.",
        place_of(state.instance),
    )

    def detached() -> None:
        if state in group.instance_states:
            group.instance_states.remove(state)
            group.ec2_backend.delete_tags([state.instance.id], {"aws:autoscaling:groupName": group.name})
            vars(state.instance).pop("autoscaling_group", None)
            activities.finish(activity)
            text = f"{state.instance.id} has left {group.name} and goes on running"
            world.record("aws", "detached", text, group=group.name, instance=state.instance.id)

    world.after(max(drain(world, group, state), DETACH_SECONDS), detached)
    return activity


def move(world: World, group: FakeAutoScalingGroup, state: InstanceState, to: Literal["Standby", "InService"]) -> None:
    """Into Standby (deregistered) and back (registered again), as userguide/as-enter-exit-standby.html says."""
    state.lifecycle_state = to
    for balancer in balancers(group):
        if to == "Standby":
            elbv2.deregister(world, balancer, state.instance.id)
        else:
            elbv2.register(world, balancer, state.instance.id)
