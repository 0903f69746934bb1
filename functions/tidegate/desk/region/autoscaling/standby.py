"""Standby: a machine steps out of service and stays in its group."""

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling import leave
from tidegate.desk.region.autoscaling.capacity import shrink_or_replace
from tidegate.desk.region.autoscaling.group import desired, found, units
from tidegate.desk.region.autoscaling.refusals import BELOW_MIN_DETACHING, in_state, refuse_below_min
from tidegate.desk.region.world import World


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""

    def enter(response: AutoScalingResponse) -> ActionResult:
        return enter_standby(world, response)

    def leave_again(response: AutoScalingResponse) -> ActionResult:
        return exit_standby(world, response)

    return [
        Amendment(AutoScalingResponse, "enter_standby", enter),
        Amendment(AutoScalingResponse, "exit_standby", leave_again),
    ]


def enter_standby(world: World, response: AutoScalingResponse) -> ActionResult:
    """EnterStandby: InService machines only; without decrement a replacement is launched (API_EnterStandby.html)."""
    group = found(response.autoscaling_backend, param(response, "AutoScalingGroupName"))
    decrement = bool(param(response, "ShouldDecrementDesiredCapacity"))
    states = [in_state(group, each, ("InService",)) for each in param(response, "InstanceIds", [])]
    refuse_below_min(group, states, decrement, BELOW_MIN_DETACHING)
    for each in states:
        leave.move(world, group, each, "Standby")
    shrink_or_replace(world, group, states, decrement)
    return ActionResult({"Activities": []})


def exit_standby(world: World, response: AutoScalingResponse) -> ActionResult:
    """ExitStandby: back into service, and the desired capacity goes up again (API_ExitStandby.html)."""
    group = found(response.autoscaling_backend, param(response, "AutoScalingGroupName"))
    states = [in_state(group, each, ("Standby",)) for each in param(response, "InstanceIds", [])]
    for each in states:
        leave.move(world, group, each, "InService")
    group.desired_capacity = desired(group) + units(group, states)
    return ActionResult({"Activities": []})
