"""What Auto Scaling refuses, and what it does when it doesn't: the operations that take machines out of a group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling import leave
from tidegate.desk.region.autoscaling.capacity import shrink_or_replace
from tidegate.desk.region.autoscaling.group import found, member
from tidegate.desk.region.autoscaling.refusals import (
    BELOW_MIN_DETACHING,
    BELOW_MIN_TERMINATING,
    in_state,
    refuse_below_min,
)
from tidegate.desk.region.world import World

MAX_TERMINATE: Final = 100
"""InstanceIds of API_TerminateInstanceInAutoScalingGroup.html"""

MAX_DETACH: Final = 20
"""InstanceIds of API_DetachInstances.html"""

CAUSE: Final = "instance {} was taken out of service in response to a user request."


@dataclass(frozen=True, slots=True)
class Release:
    """One machine taken out of its group by a call; `t` in seconds since the Region began."""

    t: float
    instance: str
    group: str
    how: Literal["terminate", "detach"]
    decrement: bool
    caller: str | None


def amendments(world: World, released: Callable[[Release], None]) -> list[Amendment]:
    """Return what changes in moto; `released` hears of each machine that a call takes out of its group."""

    def terminate(response: AutoScalingResponse) -> ActionResult:
        return terminate_instances(world, response, released)

    def detach(response: AutoScalingResponse) -> ActionResult:
        return detach_instances(world, response, released)

    return [
        Amendment(AutoScalingResponse, "terminate_instance_in_auto_scaling_group", terminate),
        Amendment(AutoScalingResponse, "detach_instances", detach),
    ]


def terminate_instances(
    world: World, response: AutoScalingResponse, released: Callable[[Release], None]
) -> ActionResult:
    """TerminateInstanceInAutoScalingGroup: one InstanceId, or up to 100 InstanceIds with their group's name.

    The whole call fails when one id is in no group, in another group, or Terminating already. It ignores scale-in
    protection. Sources: API_TerminateInstanceInAutoScalingGroup.html, botocore's service model (InstanceIds).
    """
    single: str | None = param(response, "InstanceId")
    ids: list[str] = param(response, "InstanceIds", [])
    name: str | None = param(response, "AutoScalingGroupName")
    decrement = bool(param(response, "ShouldDecrementDesiredCapacity"))
    if bool(single) == bool(ids):
        raise ValidationError("Specify either InstanceId or InstanceIds.")
    if ids and not name:
        raise ValidationError("AutoScalingGroupName is required when InstanceIds is specified.")
    if len(ids) > MAX_TERMINATE:
        raise ValidationError(f"The number of instance ids that may be passed in is limited to {MAX_TERMINATE}.")
    group, states = terminable(response, [single] if single else ids, name)
    refuse_below_min(group, states, decrement, BELOW_MIN_TERMINATING)
    for each in states:
        released(Release(world.now(), each.instance.id, group.name, "terminate", decrement, world.caller))
    activities = [leave.terminate(world, group, each, CAUSE.format(each.instance.id)) for each in states]
    shrink_or_replace(world, group, states, decrement)
    return ActionResult({"Activity": activities[0]} if single else {"Activities": activities})


def terminable(
    response: AutoScalingResponse, ids: Iterable[str], name: str | None
) -> tuple[FakeAutoScalingGroup, list[InstanceState]]:
    """The group and its members; the message of a foreign or gone id is the one AWS gives for DetachInstances too."""
    backend = response.autoscaling_backend
    ids = list(dict.fromkeys(ids))
    groups = [found(backend, name)] if name else list(backend.autoscaling_groups.values())
    for group in groups:
        states = [member(group, each) for each in ids]
        if any(states):
            break
    else:
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {ids[0]}")
    for instance_id, state in zip(ids, states, strict=True):
        if not state:
            raise ValidationError(f"The instance {instance_id} is not part of Auto Scaling group {group.name}.")
        if state.lifecycle_state.startswith(("Terminating", "Detaching")):
            raise ValidationError(f"The instance {instance_id} is in {state.lifecycle_state} and can't be terminated.")
    return group, [state for state in states if state]


def detach_instances(world: World, response: AutoScalingResponse, released: Callable[[Release], None]) -> ActionResult:
    """DetachInstances: up to 20 ids, each InService or Standby, or the whole call fails.

    Sources: API_DetachInstances.html; the messages as users report them, reproio/ecs_deploy issues 39, 47, 56.
    """
    group = found(response.autoscaling_backend, param(response, "AutoScalingGroupName"))
    ids: list[str] = list(dict.fromkeys(param(response, "InstanceIds", [])))
    decrement = bool(param(response, "ShouldDecrementDesiredCapacity"))
    if len(ids) > MAX_DETACH:
        raise ValidationError(
            "List exceeds the maximum number of instances to detach. Please retry your request with fewer instances."
        )
    states = [in_state(group, each, ("InService", "Standby")) for each in ids]
    refuse_below_min(group, states, decrement, BELOW_MIN_DETACHING)
    for each in states:
        each.protected_from_scale_in = False
        released(Release(world.now(), each.instance.id, group.name, "detach", decrement, world.caller))
    activities = [leave.detach(world, group, each) for each in states]
    shrink_or_replace(world, group, states, decrement)
    return ActionResult({"Activities": activities})
