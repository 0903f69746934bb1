"""Launches and what Auto Scaling tells about them: on their way, done, refused, tried again."""

import json
from typing import Any

import pytest

from tidegate.desk.region.region import Region

SPOT = (
    "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request "
    "configuration. Please adjust your request and try again. Launching EC2 instance failed."
)
ON_DEMAND = (
    "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient "
    "g6.xlarge capacity in the Availability Zone you requested. Launching EC2 instance failed."
)


def activities(region: Region) -> list[dict[str, Any]]:
    """Return what is told about launches since the fleet was built, oldest first."""
    told = region.client("autoscaling").describe_scaling_activities(AutoScalingGroupName="chat")["Activities"]
    return [each for each in reversed(told) if "Launching" in each["Description"]][6:]


def lose_one(region: Region, market: str = "spot") -> None:
    fleet = region.fleets["chat"]
    machine = (fleet.spot_machines() if market == "spot" else fleet.on_demand_machines())[0].id
    region.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=machine, ShouldDecrementDesiredCapacity=False
    )


def since_start(region: Region, activity: dict[str, Any], which: str = "StartTime") -> float:
    built = region.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["CreatedTime"]
    return (activity[which] - built).total_seconds()


def test_a_launch_is_in_progress_until_the_machine_is_in_service(region: Region) -> None:
    region.fleet(boot=45)
    lose_one(region)
    (begun,) = activities(region)
    assert (begun["StatusCode"], "EndTime" in begun, begun["Progress"]) == ("InProgress", False, 0)

    region.run(46)

    (done,) = activities(region)
    (machine,) = [each for each in region.fleets["chat"].spot_machines() if each.id in done["Description"]]
    assert (done["StatusCode"], since_start(region, done), since_start(region, done, "EndTime")) == (
        "Successful",
        0,
        45,
    )
    assert done["Cause"].endswith("between desired and actual capacity, increasing the capacity from 5 to 6.")
    assert json.loads(done["Details"])["Availability Zone"] == machine.zone
    assert "StatusMessage" not in done


def test_a_refused_launch_says_why_and_is_tried_again_at_growing_intervals_until_it_succeeds(region: Region) -> None:
    fleet = region.fleet()
    region.launches_fail("chat", SPOT, until=1000)
    lose_one(region)

    region.run(2000)

    *failed, succeeded = activities(region)
    assert [since_start(region, each) for each in failed] == [0, 60, 180, 420, 900]
    assert {each["StatusCode"] for each in failed} == {"Failed"}
    assert {each["StatusMessage"] for each in failed} == {SPOT}
    assert {each["Description"] for each in failed} == {f"Launching a new EC2 instance.  Status Reason: {SPOT}"}
    assert set(json.loads(failed[0]["Details"])) == {"Subnet ID", "Availability Zone"}
    assert (since_start(region, succeeded), succeeded["StatusCode"], fleet.size) == (1800, "Successful", 6)


def test_a_shortage_can_be_ended_by_hand(region: Region) -> None:
    fleet = region.fleet()
    region.launches_fail("chat", SPOT)
    lose_one(region)
    region.run(3000)
    assert (fleet.size, len(activities(region))) == (5, 7)

    region.launches_succeed("chat")
    region.run(900 + 46)

    assert fleet.size == fleet.desired == 6


@pytest.mark.parametrize(
    ("message", "fails"),
    [(SPOT, {"spot"}), (ON_DEMAND, {"on-demand"}), ("Invalid IAM Instance Profile.", {"spot", "on-demand"})],
)
def test_a_message_that_names_a_market_is_about_no_other(region: Region, message: str, fails: set[str]) -> None:
    fleet = region.fleet(on_demand=3, spot=3)
    region.launches_fail("chat", message)
    for market in ("on-demand", "spot"):
        lose_one(region, market)
        region.run(50)

    short = {"spot": 3 - len(fleet.spot_machines()), "on-demand": 3 - len(fleet.on_demand_machines())}

    assert {market for market, missing in short.items() if missing} == fails
    assert {each.data["market"] for each in region.timeline if each.kind == "launch-failed"} == fails


def test_a_machine_that_dies_while_it_boots_was_never_launched_and_is_replaced(region: Region) -> None:
    fleet = region.fleet(boot=45)
    lose_one(region)
    (pending,) = fleet.machines("Pending")
    region.interrupt(pending, after=10, notice=False)

    region.run(200)

    cancelled, launched = activities(region)
    assert (cancelled["StatusCode"], launched["StatusCode"]) == ("Cancelled", "Successful")
    assert "became unhealthy" in cancelled["StatusMessage"]
    assert fleet.size == fleet.desired == 6
