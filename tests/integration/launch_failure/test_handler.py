"""Launches that fail in the emulated Region: from Auto Scaling's own event to the look at their fleet."""

import json
from typing import Any

import pytest

from tests.integration.launch_failure.scenes import NAME, fails, groups, poison
from tests.integration.waking import Case, end_of, reasons, record, refuse
from tidegate.desk.region.region import Region

SPOT_SHORT = (
    "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request "
    "configuration. Please adjust your request and try again. Launching EC2 instance failed."
)


def cases() -> dict[str, Case]:
    succeeded = fails("chat") | {"detail-type": "EC2 Instance Launch Successful"}
    return {
        "no spot capacity": Case(fails("chat"), ("chat",)),
        "a spot quota": Case(fails("chat", kind="spot_quota"), ("chat",)),
        "no on-demand capacity": Case(fails("chat", kind="on_demand_capacity"), ("chat",)),
        "an event of before warm pools": Case(fails("chat", kind="without_market"), ("chat",)),
        "a machine that never came into service": Case(fails("chat", kind="lifecycle_abandoned"), ("chat",)),
        "one out of a warm pool": Case(fails("chat", kind="out_of_warm_pool"), ("chat",)),
        "one into a warm pool": Case(fails("chat", kind="into_warm_pool"), (), "into_warm_pool"),
        "one of a group that is no fleet": Case(fails("plain"), (), "no_fleet"),
        "one of a group that is gone": Case(fails("gone"), (), "no_fleet"),
        "one that succeeded": Case(succeeded, ()),
        "one of two hours ago": Case(fails("chat", age=7200), (), "stale"),
        "a drill's without a record": Case(fails("chat", drill="n2"), (), "drill_without_record"),
        "a drill's whose record has expired": Case(fails("chat", drill="old"), (), "drill_without_record"),
        "a drill's with the record of another fleet": Case(fails("batch", drill="n1"), (), "drill_elsewhere"),
        "a drill's with its record": Case(fails("chat", kind="by_drill", drill="n1"), ("chat",)),
    }


@pytest.fixture
def region() -> Any:
    """A Region with two fleets and a group that is none, and with records of drills."""
    with Region() as opened:
        groups(opened)
        record(opened, "n1", "chat")
        record(opened, "old", "chat", seconds=-1)
        yield opened


@pytest.mark.parametrize("name", cases())
def test_what_becomes_of_a_failed_launch(region: Region, name: str) -> None:
    case = cases()[name]
    region.emit(case.event)
    end = end_of(region, NAME)
    assert [target for target, _ in end.woken] == [f"fleet/{fleet}" for fleet in case.woken]
    assert reasons(region, NAME) == ([case.code] if case.code else [])
    assert (end.buried, end.waiting) == ((), 0)


def test_a_wake_has_the_words_of_auto_scaling_and_bears_the_id_of_its_event(region: Region) -> None:
    event = fails("chat")
    region.emit(event)
    region.emit(fails("chat", drill="n1"))
    region.run(5)
    first, second = region.wakes()
    assert (first["target"], first["event"]) == ("fleet/chat", event["id"])
    assert first["why"] == f"a launch failed (spot capacity): {SPOT_SHORT}"
    assert second["event"] == "drill-n1"


@pytest.mark.parametrize("market", ["spot", "on-demand"])
def test_a_launch_that_fails_has_its_fleet_looked_at_within_seconds_not_at_the_next_sweep(market: str) -> None:
    words = SPOT_SHORT if market == "spot" else SPOT_SHORT.replace("Spot", "On-Demand")
    with Region(loop=True) as region:
        fleet = region.fleet("chat", on_demand=3, spot=3)
        region.run(62)
        region.launches_fail("chat", words)
        before = len(region.calls_of("reconcile"))
        machine = (fleet.spot_machines() if market == "spot" else fleet.on_demand_machines())[0].id
        region.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=machine, ShouldDecrementDesiredCapacity=False
        )
        region.run(5)
        (said,) = (line for line in map(json.loads, region.logs_of(NAME)) if line.get("code") == "wake")
        assert (said["message"], said["targets"]) == (f"a launch failed ({market} capacity): {words}", ["fleet/chat"])
        assert len(region.calls_of("reconcile")) > before


def test_each_attempt_that_auto_scaling_tells_of_wakes_the_fleet(region: Region) -> None:
    region.launches_fail("batch", SPOT_SHORT, until=400)
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="batch", DesiredCapacity=2)
    region.run(1000)
    failed = [each for each in region.timeline if each.kind == "launch-failed"]
    told = region.client("autoscaling").describe_scaling_activities(AutoScalingGroupName="batch")["Activities"]
    assert len(failed) == len(region.wakes()) == len([one for one in told if one["StatusCode"] == "Failed"]) > 2
    assert len({wake["event"] for wake in region.wakes()}) == len(failed)


def test_what_nobody_can_read_is_buried_with_its_reason(region: Region) -> None:
    poison(region)
    (why,) = end_of(region, NAME).buried
    assert "unreadable: the message is no JSON" in why


@pytest.mark.parametrize(
    ("operation", "why"), [("SendMessageBatch", "waking failed"), ("DescribeAutoScalingGroups", "looking failed")]
)
@pytest.mark.parametrize("lasting", [False, True], ids=["for half a minute", "for good"])
def test_what_aws_refuses_is_done_by_a_later_delivery_or_buried_with_its_reason(
    region: Region, operation: str, why: str, lasting: bool
) -> None:
    refuse(region, NAME, operation, seconds=1e9 if lasting else 30)
    region.emit(fails("chat"))
    end = end_of(region, NAME)
    assert (len(end.woken), len(end.buried), end.waiting) == ((0, 1, 0) if lasting else (1, 0, 0))
    assert all(why in one for one in end.buried)
