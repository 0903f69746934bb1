"""Who else writes a group's size: scaling policies, which are only described, and scheduled actions, which run.

Sources: API_DescribePolicies.html, API_DescribeScheduledActions.html of autoscaling/ec2/APIReference. moto keeps both
under their name alone: two groups of one Region can't have one of the same name.
"""

from datetime import UTC, datetime
from typing import Any, Final

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeScheduledAction
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling.group import suspended
from tidegate.desk.region.autoscaling.paging import paged, refuse_names
from tidegate.desk.region.world import World

SCHEDULED: Final = (
    "a scheduled action update of AutoScalingGroup constraints to min: {low}, max: {high}, desired: {new}"
)
"""In the words of an update by request, which users report; those of a scheduled action are assumed."""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""
    plain: Any = AutoScalingBackend.put_scheduled_update_group_action

    def put_scheduled_action(backend: AutoScalingBackend, **wanted: Any) -> FakeScheduledAction:
        """PutScheduledUpdateGroupAction: an action with a StartTime runs then, once; moto's never do."""
        action: FakeScheduledAction = plain(backend, **wanted)
        if at := seconds(wanted.get("start_time")):
            world.after(max(0.0, at - unix_time()), lambda: run(world, backend, action))
        return action

    return [
        Amendment(AutoScalingBackend, "put_scheduled_update_group_action", put_scheduled_action),
        Amendment(AutoScalingResponse, "describe_scheduled_actions", describe_scheduled_actions),
        Amendment(AutoScalingResponse, "describe_policies", describe_policies),
    ]


def run(world: World, backend: AutoScalingBackend, action: FakeScheduledAction) -> None:
    """Set a group's bounds and size; the action is over then, unless it recurs (recurrences aren't run here)."""
    name = action.scheduled_action_name
    group = backend.autoscaling_groups.get(str(action.auto_scaling_group_name))
    if not group or backend.scheduled_actions.get(name) is not action or "ScheduledActions" in suspended(group):
        return
    if not action.recurrence:
        del backend.scheduled_actions[name]
    world.record("aws", "scheduled-action", f"{name} sets the size of {group.name}", group=group.name, action=name)
    sizes = {"min_size": action.min_size, "max_size": action.max_size, "desired_capacity": action.desired_capacity}
    same: Any = dict.fromkeys(("launch_config_name", "launch_template", "health_check_period", "health_check_type"))
    change: Any = group.update
    try:
        change(availability_zones=[], vpc_zone_identifier="", cause=SCHEDULED, **sizes, **same)
    except ValidationError as refused:
        # Nobody asks and nobody is told: sizes that became impossible since leave the group as it is.
        text = f"{name} can't set the size of {group.name}: {refused.message}"
        world.record("aws", "scheduled-action-failed", text, group=group.name, action=name)


def describe_scheduled_actions(response: AutoScalingResponse) -> ActionResult:
    """DescribeScheduledActions: those not over yet, of a time span unless they are named, 50 names, 100 a page."""
    names: list[str] = param(response, "ScheduledActionNames", [])
    refuse_names(names)
    since, until = (seconds(param(response, each)) for each in ("StartTime", "EndTime"))
    known = response.autoscaling_backend.describe_scheduled_actions(param(response, "AutoScalingGroupName"), names)
    items = [
        each
        for each in known
        if names
        or ((at := seconds(each.start_time)) is None and not since)
        or (at is not None and (since or 0.0) <= at <= (until or at))
    ]
    return paged(response, "ScheduledUpdateGroupActions", items)


def describe_policies(response: AutoScalingResponse) -> ActionResult:
    """DescribePolicies: enabled unless they say otherwise, 50 names, 100 a page."""
    names: list[str] = param(response, "PolicyNames", [])
    refuse_names(names)
    name, kinds = param(response, "AutoScalingGroupName"), param(response, "PolicyTypes", [])
    policies = response.autoscaling_backend.describe_policies(name, names, kinds)
    for each in policies:
        vars(each).setdefault("enabled", True)
    return paged(response, "ScalingPolicies", policies)


def seconds(said: Any) -> float | None:
    """Return a moment of a request, seconds since 1970."""
    if said is None or said == "":
        return None
    moment = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
