"""What Auto Scaling says no to, in the words users report."""

from collections.abc import Sequence
from typing import Final

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState

from tidegate.desk.region.autoscaling.group import desired, member, units


def in_state(group: FakeAutoScalingGroup, instance_id: str, allowed: tuple[str, ...]) -> InstanceState:
    """Return a member that is in one of these states, or refuse the call."""
    state = member(group, instance_id)
    if not state:
        raise ValidationError(f"The instance {instance_id} is not part of Auto Scaling group {group.name}.")
    if state.lifecycle_state not in allowed:
        raise ValidationError(f"The instance {instance_id} is not in {' or '.join(allowed)}.")
    return state


BELOW_MIN_TERMINATING: Final = (
    "Currently, desiredSize equals minSize ({min}). Terminating instance without replacement will violate group's min "
    "size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size."
)
"""As users report it: buildkite/elastic-ci-stack-for-aws issue 1261."""

BELOW_MIN_DETACHING: Final = (
    "AutoScalingGroup {name} has min-size={min}, max-size={max}, and desired-size={desired}. To detach {count} "
    "instance, please update the AutoScalingGroup sizes appropriately."
)
"""As users report it: spacelift-io/terraform-aws-spacelift-workerpool-on-ec2 issue 85."""


def refuse_below_min(
    group: FakeAutoScalingGroup, states: Sequence[InstanceState], decrement: bool, message: str
) -> None:
    """Refuse to make a group smaller than its MinSize."""
    if decrement and desired(group) - units(group, states) < (group.min_size or 0):
        sizes = {"min": group.min_size, "max": group.max_size, "desired": desired(group)}
        raise ValidationError(message.format(name=group.name, count=len(states), **sizes))
