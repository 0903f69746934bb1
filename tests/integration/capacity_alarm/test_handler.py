"""Alarm events in the emulated Region: through rule and queue to the wake of their fleet."""

from typing import Any

import pytest

from tests.integration.capacity_alarm.scenes import LONG, NAME, POLICY, end_of, fleets, own, poison, rings
from tests.integration.waking import Case, reasons, record, refuse
from tidegate.desk.region.region import Region


def cases() -> dict[str, Case]:
    chat = own("chat")
    return {
        "an alarm of ours wakes its fleet": Case(rings(chat), ("chat",)),
        "one of high resolution": Case(rings(own("chat", "queue"), kind="alarm_high_resolution"), ("chat",)),
        "one whose name was cut": Case(rings(own(LONG)), (LONG,)),
        "an adopted one on metric math": Case(rings("batch-busy", kind="alarm_metric_math"), ("batch",)),
        "an adopted composite one that two fleets follow": Case(
            rings("site-busy", kind="alarm_composite"), ("batch", "embed")
        ),
        "one that a drill has set": Case(rings(chat, kind="alarm_set_by_drill"), ("chat",)),
        "one whose fleet is gone: the look will show it": Case(rings(own("gone")), ("gone",)),
        "one that a profile adopts, of a group with another profile": Case(rings("chat-busy"), (), "no_fleet"),
        "one of a group that is gone": Case(rings("gone-busy"), (), "no_fleet"),
        "one of another stage": Case(rings("tidegate/live/cpu/chat"), ()),
        "somebody else's": Case(rings("database-full"), ()),
        "one that is over": Case(rings(chat, state="OK"), ()),
        "one of two hours ago": Case(rings(chat, age=7200), (), "stale"),
        "a drill's without a record": Case(rings(chat, drill="n2"), (), "drill_without_record"),
        "a drill's whose record has expired": Case(rings(chat, drill="old"), (), "drill_without_record"),
        "a drill's with the record of another fleet": Case(rings(own("batch"), drill="n1"), (), "drill_elsewhere"),
        "a drill's with its record": Case(rings(chat, drill="n1"), ("chat",)),
    }


@pytest.fixture
def region() -> Any:
    """A Region with a fleet of each kind, and with records of drills."""
    with Region(policy=POLICY) as opened:
        fleets(opened)
        record(opened, "n1", "chat")
        record(opened, "old", "chat", seconds=-1)
        yield opened


@pytest.mark.parametrize("name", cases())
def test_what_becomes_of_an_alarm(region: Region, name: str) -> None:
    case = cases()[name]
    region.emit(case.event)
    end = end_of(region)
    assert sorted(target for target, _ in end.woken) == sorted(f"fleet/{fleet}" for fleet in case.woken)
    assert reasons(region, NAME) == ([case.code] if case.code else [])
    assert (end.buried, end.waiting) == ((), 0)


def test_a_wake_says_which_alarm_rang_and_why_and_bears_the_id_of_its_event(region: Region) -> None:
    event = rings(own("chat"))
    region.emit(event)
    region.emit(rings(own("chat"), kind="alarm_set_by_drill"))
    region.run(5)
    first, second = region.wakes()
    assert (first["target"], first["event"]) == ("fleet/chat", event["id"])
    assert first["why"].startswith("the alarm tidegate/drill/cpu/chat rings: Threshold Crossed: 1 out of")
    assert second["event"] == "drill-c2a9e1f07b6d4c35"


def test_an_alarm_that_is_woken_for_is_looked_at_within_seconds_and_its_decision_found_by_the_event() -> None:
    with Region(loop=True) as region:
        region.fleet("chat", on_demand=0, spot=1)
        region.emit(rings(own("chat"), kind="alarm_set_by_drill"))
        region.run(5)
        (decision,) = (one for one in region.decisions() if one.event == "drill-c2a9e1f07b6d4c35")
        assert decision.name == "chat"


def test_an_alarm_that_a_drill_sets_wakes_its_fleet_and_the_drill_finds_its_decision() -> None:
    with Region(loop=True) as region:
        region.fleet("chat", on_demand=0, spot=1)
        region.client("cloudwatch").put_metric_alarm(
            AlarmName=own("chat"),
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "AutoScalingGroupName", "Value": "chat"}],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=70,
            ComparisonOperator="GreaterThanThreshold",
        )
        region.invoke("drill", {"drill": "capacity-alarm", "fleet": "chat", "depth": "inject", "nonce": "n1"})
        region.run(200)
        assert "drill-n1" in [one.event for one in region.decisions()]
        (report,) = (item for item in region.items() if item.get("drill") == "capacity-alarm" and "passed" in item)
        assert (report["passed"], region.alarms[own("chat")] == "ALARM") == (True, False), report


def test_what_nobody_can_read_is_buried_with_its_reason(region: Region) -> None:
    poison(region)
    (why,) = end_of(region).buried
    assert "unreadable: the message is no JSON" in why


BROKEN = {
    "waking": ("SendMessageBatch", own("chat"), "waking failed"),
    "looking": ("DescribeAutoScalingGroups", "batch-busy", "looking failed"),
}


@pytest.mark.parametrize(("operation", "alarm", "why"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("lasting", [False, True], ids=["for a minute", "for good"])
def test_what_aws_refuses_is_done_by_a_later_delivery_or_buried_with_its_reason(
    region: Region, operation: str, alarm: str, why: str, lasting: bool
) -> None:
    refuse(region, NAME, operation, seconds=1e9 if lasting else 60)
    region.emit(rings(alarm))
    end = end_of(region)
    assert (len(end.woken), len(end.buried), end.waiting) == ((0, 1, 0) if lasting else (1, 0, 0))
    assert all(why in one for one in end.buried)
