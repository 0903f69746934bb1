"""Requests for another size: what is refused, and what the activities that follow say caused them.

The texts are those AWS writes, as users report them (aws/aws-cli issue 2226, buildkite/buildkite-agent-scaler issue 34,
convox/praxis pull request 258).
"""

from collections.abc import Generator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Final

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult
from moto.core.utils import utcnow

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling import activities, distribution
from tidegate.desk.region.autoscaling.group import desired, found

EXPLICIT: Final = "a user request explicitly set group desired capacity"
UPDATE: Final = "a user request update of AutoScalingGroup constraints to min: {low}, max: {high}, desired: {new}"
CHANGING: Final = "changing the desired capacity from"


class InProgress(AutoscalingClientError):
    """ScalingActivityInProgress of API_SetDesiredCapacity.html."""

    code = "ScalingActivityInProgress"


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    plain: Any = FakeAutoScalingGroup.update

    def update(group: FakeAutoScalingGroup, **wanted: Any) -> None:
        """UpdateAutoScalingGroup: within its bounds or not at all; what a request leaves out stays.

        moto sets any size, forgets the mixed instances policy when something else is changed, and needs a launch
        template in it, which the API doesn't (API_UpdateAutoScalingGroup.html).
        """
        low = group.min_size if wanted.get("min_size") is None else wanted["min_size"]
        high = group.max_size if wanted.get("max_size") is None else wanted["max_size"]
        policy = merged(group, wanted.pop("mixed_instances_policy", None))
        refuse_bounds(int(low or 0), int(high or 0), wanted.get("desired_capacity"), policy)
        asked = wanted.pop("desired_capacity", None)
        new = min(max(desired(group), low or 0), high or 0) if asked is None else int(asked)
        full = distribution.completed(policy) if policy else policy
        with because(group, new, wanted.pop("cause", UPDATE).format(low=low, high=high, new=new)):
            plain(group, mixed_instances_policy=full, desired_capacity=new, **wanted)

    return [
        Amendment(FakeAutoScalingGroup, "update", update),
        Amendment(AutoScalingResponse, "set_desired_capacity", set_desired_capacity),
    ]


def set_desired_capacity(response: AutoScalingResponse) -> EmptyResult:
    """SetDesiredCapacity: within MinSize and MaxSize; with HonorCooldown not before the cooldown is over."""
    group = found(response.autoscaling_backend, param(response, "AutoScalingGroupName"))
    new, low, high = int(param(response, "DesiredCapacity")), group.min_size or 0, group.max_size or 0
    if new > high:
        raise ValidationError(f"New SetDesiredCapacity value {new} is above max value {high} for the AutoScalingGroup.")
    if new < low:
        raise ValidationError(f"New SetDesiredCapacity value {new} is below min value {low} for the AutoScalingGroup.")
    if param(response, "HonorCooldown"):
        refuse_cooldown(group)
    with because(group, new, EXPLICIT):
        response.autoscaling_backend.set_desired_capacity(group.name, new)
    return EmptyResult()


@contextmanager
def because(group: FakeAutoScalingGroup, new: int, cause: str) -> Generator[None]:
    """Let the activities that begin inside say what changed the desired capacity, if it changes."""
    before = desired(group)
    if new != before:
        vars(group)["tidegate_because"] = f"{cause} {CHANGING} {before} to {new}."
    try:
        yield
    finally:
        vars(group).pop("tidegate_because", None)


def refuse_bounds(low: int, high: int, new: int | None, policy: Any) -> None:
    """Refuse sizes that contradict each other."""
    if high < low:
        raise ValidationError(f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    if new is not None and not low <= int(new) <= high:
        raise ValidationError(
            f"Desired capacity:{new} must be between the specified min size:{low} and max size:{high}"
        )
    if policy:
        distribution.refuse(policy, high)


def refuse_cooldown(group: FakeAutoScalingGroup) -> None:
    """Refuse a change while the last one is going on, or was over less than DefaultCooldown seconds ago."""
    for each in reversed(activities.kept(group.autoscaling_backend)):
        if each.auto_scaling_group_name != group.name or CHANGING not in each.cause:
            continue
        ended: Any = vars(each)["end_time"]
        if ended is None or (utcnow() - ended).total_seconds() < int(group.default_cooldown):
            raise InProgress(f"Scaling activity {each.activity_id} is in progress and blocks this action")


def merged(group: FakeAutoScalingGroup, wanted: Any) -> Any:
    """Return the policy after a request: its launch template and its distribution are replaced as a whole, each.

    Whether AWS keeps the fields that a distribution leaves out isn't agreed on (hashicorp/terraform-provider-aws issues
    7368 and 12250): here they fall back to their defaults, the harsher reading.
    """
    kept: Any = deepcopy(group.mixed_instances_policy)
    if not kept:
        if wanted and not wanted.get("LaunchTemplate"):
            raise ValidationError("A mixed instances policy must have a LaunchTemplate when it is created.")
        return wanted
    # moto describes the template by id and name, and takes only one of them.
    kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
    return kept | (wanted or {})
