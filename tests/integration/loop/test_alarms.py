"""The sweep keeps the alarms of fleets: made with the tag, gone with it, written only where they differ, ours only."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.integration.loop.scenes import BEGAN, failing, woken
from tests.integration.loop.test_sweep import build_tiny, minute, stop_reconciling, sweep
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

QUEUE: Final = {"namespace": "LLM", "metric": "num_requests_waiting", "target": 4, "per": "group", "period": 10}
POLICY: Final[dict[str, Any]] = {
    "profile": {
        "default": {},
        "llm": {"signal": {"cpu": {}, "memory": {}, "queue": QUEUE}},
        "adopting": {"signal": {"theirs": {"alarm": "ops-{group}"}, "shared": {"alarm": "all"}}},
        "left": {"size": {"mode": "leave"}},
    }
}
FOREIGN: Final = ("ops-chat", "all", "tidegate/live/cpu/chat", "tidegate/drill-2/cpu/chat", "TargetTracking-chat")


def open_region(**more: Any) -> Region:
    return Region(policy=POLICY, **more)


def alarms(region: Region) -> dict[str, Any]:
    """Return every alarm there is, by name."""
    pages = region.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}


def put(region: Region, name: str, **more: Any) -> None:
    """Put an alarm as somebody else does."""
    said = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60}
    rule = {"Threshold": 50.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    region.client("cloudwatch").put_metric_alarm(AlarmName=name, **{**said, **rule, **more})


def ring(region: Region, name: str, state: str = "ALARM") -> None:
    region.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def tag(region: Region, group: str, profile: str | None) -> None:
    """Set the tag of a group, or take it off."""
    one = {"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": "tidegate:profile"}
    client = region.client("autoscaling")
    if profile is None:
        client.delete_tags(Tags=[one])
    else:
        client.create_or_update_tags(Tags=[one | {"Value": profile, "PropagateAtLaunch": False}])


def resize(region: Region, group: str, desired: int) -> None:
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=desired)


def writes(region: Region) -> Counter[str]:
    """Count what the sweep has written to CloudWatch."""
    return Counter(
        call.partition(":")[2] for call in region.calls_of("sweep") if call.endswith(("PutMetricAlarm", "DeleteAlarms"))
    )


def failed(region: Region) -> list[float]:
    """Return each count of alarms that failed, as the sweep has emitted them."""
    return [value for line in region.logs_of("sweep") for value in json.loads(line).get("AlarmsFailed", [])]


def test_a_group_has_its_alarms_within_a_minute_of_its_tag_and_loses_them_with_it() -> None:
    with open_region(loop=True) as region:
        region.fleet("chat", profile=None)
        region.run(61)
        assert alarms(region) == {}
        tag(region, "chat", "llm")
        region.run(60)
        assert sorted(alarms(region)) == [f"tidegate/drill/{signal}/chat" for signal in ("cpu", "memory", "queue")]
        tag(region, "chat", None)
        region.run(60)
        assert alarms(region) == {}


@pytest.mark.parametrize("governed", [{"mode": "observe"}, {"kill_switch": "on"}], ids=str)
def test_alarms_are_kept_whether_or_not_the_stage_may_act(governed: Mapping[str, str]) -> None:
    with open_region(**governed) as region:
        region.fleet("chat")
        sweep(region, 1)
        assert sorted(alarms(region)) == ["tidegate/drill/cpu/chat"]


def test_only_what_differs_is_written() -> None:
    with open_region() as region:
        region.fleet("chat", profile="llm")
        region.fleet("batch", profile="llm")
        sweep(region, 1)
        assert writes(region) == {"PutMetricAlarm": 6}
        sweep(region, 2)
        assert region.calls_of("sweep").count("cloudwatch:DescribeAlarms") == 3
        resize(region, "chat", 7)
        sweep(region, 3)
        assert writes(region) == {"PutMetricAlarm": 7}
        assert alarms(region)["tidegate/drill/queue/chat"]["Threshold"] == 28
        tag(region, "batch", "default")
        sweep(region, 4)
        # The alarm on the CPU says whose profile it is of.
        assert writes(region) == {"PutMetricAlarm": 8, "DeleteAlarms": 1}
        assert sorted(name for name in alarms(region) if name.endswith("batch")) == ["tidegate/drill/cpu/batch"]


def test_what_somebody_else_has_changed_is_put_back_within_ten_minutes() -> None:
    with open_region() as region:
        region.fleet("chat", profile="llm")
        sweep(region, 1)
        before = {name: one["Threshold"] for name, one in alarms(region).items()}
        put(region, "tidegate/drill/cpu/chat", Threshold=99.0)
        region.client("cloudwatch").delete_alarms(AlarmNames=["tidegate/drill/memory/chat"])
        put(region, "tidegate/drill/cpu/nobody")
        for number in range(2, 12):
            sweep(region, number)
        assert {name: one["Threshold"] for name, one in alarms(region).items()} == before
        assert writes(region) == {"PutMetricAlarm": 3 + 2, "DeleteAlarms": 1}


def test_alarms_of_others_are_never_touched() -> None:
    with open_region(loop=True) as region:
        for name in FOREIGN:
            put(region, name)
        region.fleet("chat", profile="adopting")
        region.fleet("left", profile="left")
        before = alarms(region)
        region.run(700)
        tag(region, "chat", None)
        region.run(700)
        unchanged = ("Threshold", "AlarmConfigurationUpdatedTimestamp")
        assert [{key: one[key] for key in unchanged} for one in alarms(region).values()] == [
            {key: one[key] for key in unchanged} for one in before.values()
        ]
        assert writes(region) == {}


def test_a_fleet_whose_alarm_is_raised_is_woken_every_minute_until_it_is_not() -> None:
    with open_region() as region:
        region.fleet("chat")
        region.fleet("other")
        sweep(region, 0)
        ring(region, "tidegate/drill/cpu/chat")
        for number in (1, 2, 3):
            sweep(region, number)
        raised = [wake for wake in woken(region) if "ALARM" in wake["why"]]
        assert [wake["event"] for wake in raised] == [minute_event(number) for number in (1, 2, 3)]
        assert {wake["why"] for wake in raised} == {"in ALARM: tidegate/drill/cpu/chat"}
        assert not [wake for wake in woken(region, "other") if "ALARM" in wake["why"]]
        ring(region, "tidegate/drill/cpu/chat", "OK")
        sweep(region, 4)
        assert len([wake for wake in woken(region) if "ALARM" in wake["why"]]) == 3


def minute_event(number: int) -> str:
    """Return the id of the sweep's wakes in a minute of the Region."""
    return f"sweep-{int(BEGAN // 60) + number}"


def test_an_adopted_alarm_that_is_raised_wakes_the_fleets_that_adopted_it() -> None:
    with open_region() as region:
        put(region, "ops-chat")
        put(region, "all")
        for name in ("chat", "batch"):
            region.fleet(name, profile="adopting")
        region.fleet("other")
        sweep(region, 0)
        ring(region, "ops-chat")
        ring(region, "all")
        sweep(region, 1)
        assert {name: woken(region, name)[-1]["why"] for name in ("chat", "batch")} == {
            "chat": "in ALARM: all, ops-chat",
            "batch": "in ALARM: all",
        }


FAULTS: dict[str, Fault] = {
    "throttled": Fault(400, "Throttling"),
    "denied": Fault(403, "AccessDenied"),
    "down": Fault(503, "ServiceUnavailable"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("operation", ["DescribeAlarms", "PutMetricAlarm"])
def test_whatever_cloudwatch_says_fleets_are_woken_and_the_next_sweep_tries_again(operation: str, fault: Fault) -> None:
    with open_region() as region:
        for number in range(12):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        region.chaos(failing(region, operation, fault=fault))
        assert sweep(region, 1) >= 12
        assert alarms(region) == {}
        assert sum(failed(region)) >= 1
        region.chaos(None)
        sweep(region, 2)
        assert len(alarms(region)) == 12


def test_one_alarm_that_cloudwatch_will_not_have_keeps_no_other() -> None:
    def refuse(call: Call) -> Fault | None:
        bad = call.operation == "PutMetricAlarm" and call.parameters["AlarmName"].endswith("fleet-1")
        return Fault(400, "ValidationError", "not this one") if bad else None

    with open_region() as region:
        for number in range(3):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        region.chaos(refuse)
        sweep(region, 1)
        assert sorted(alarms(region)) == ["tidegate/drill/cpu/fleet-0", "tidegate/drill/cpu/fleet-2"]
        assert failed(region) == [1]
        region.chaos(None)
        sweep(region, 2)
        assert len(alarms(region)) == 3
        assert writes(region) == {"PutMetricAlarm": 4}


def test_three_alarms_of_a_hundred_groups_are_written_below_the_rate_and_no_sweep_outlasts_its_time() -> None:
    with open_region(loop=True, handlers={"reconcile": stop_reconciling}) as region:
        build_tiny(region, 100, profile="llm")
        region.run(8 * 60)
        assert len(alarms(region)) == 300
        assert writes(region) == {"PutMetricAlarm": 300}
        times = [one.t for one in region.timeline if one.kind == "call" and one.data["operation"] == "PutMetricAlarm"]
        assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4
        assert max(Counter(int(t // 60) for t in times).values()) <= 45
        assert [one.text for one in region.timeline if one.kind in ("died", "failed")] == []
        begun = {t // 60 for t in times}
        assert len(begun) == 7


def two_fleets_and_what_is_left_of_a_third(region: Region) -> None:
    put(region, "tidegate/live/cpu/chat")
    put(region, "tidegate/drill/cpu/gone")
    put(region, "tidegate/drill/cpu/chat", Threshold=10.0)
    region.fleet("chat", on_demand=0, spot=1, profile="llm", balanced=False)
    region.fleet("batch", on_demand=0, spot=1, balanced=False)


def end_of(region: Region) -> tuple[dict[str, float], Any]:
    """Return the alarms, and what the sweep remembers of them."""
    (item,) = [one for one in region.items() if one["pk"] == "sweep"]
    return {name: one["Threshold"] for name, one in alarms(region).items()}, item["alarms"]


def swept(scene: Callable[[Region], None], crash: int | None = None) -> tuple[tuple[dict[str, float], Any], int]:
    """Return the end, and how many calls the first sweep makes; it dies right after one of them."""
    with open_region() as region:
        scene(region)
        if crash:
            region.crash_after(crash, "sweep")
        region.invoke("sweep", minute(1))
        calls = len(region.calls_of("sweep"))
        sweep(region, 2)
        return end_of(region), calls


def test_killed_right_after_any_of_its_calls_the_next_sweep_leaves_the_same_alarms() -> None:
    undisturbed, calls = swept(two_fleets_and_what_is_left_of_a_third)
    assert sorted(undisturbed[0]) == [
        "tidegate/drill/cpu/batch",
        "tidegate/drill/cpu/chat",
        "tidegate/drill/memory/chat",
        "tidegate/drill/queue/chat",
        "tidegate/live/cpu/chat",
    ]
    assert calls > 10
    for call in range(1, calls + 1):
        assert swept(two_fleets_and_what_is_left_of_a_third, call)[0] == undisturbed, f"killed after call {call}"
