"""Metrics that a load makes, alarms that watch them, and what the bus carries when they change."""

import json
from typing import Any

import pytest

from tests.integration.region.conftest import Asked
from tidegate.desk.region.place import queue_arn
from tidegate.desk.region.region import Region

type Events = list[dict[str, Any]]

CPU: dict[str, Any] = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "chat"}],
}


@pytest.fixture
def alarm(region: Region) -> Any:
    """Put an alarm on the processors of `chat`; what a test says goes before."""

    def put(name: str = "tidegate-chat-cpu", **more: Any) -> None:
        said = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 70.0, "EvaluationPeriods": 2}
        single = {} if "Metrics" in more else CPU | {"Statistic": "Average", "Period": 60}
        region.client("cloudwatch").put_metric_alarm(AlarmName=name, **(said | single | more))

    return put


@pytest.fixture
def events(region: Region) -> Any:
    """Return the events of alarms that a rule with this pattern has matched so far."""
    url = region.client("sqs").create_queue(QueueName="seen")["QueueUrl"]

    def seen() -> Events:
        return [each["body"] for each in region.messages(url)]

    def watch(**detail: Any) -> Any:
        pattern = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}
        said = json.dumps(pattern | ({"detail": detail} if detail else {}))
        region.client("events").put_rule(Name="alarms", EventPattern=said)
        region.client("events").put_targets(Rule="alarms", Targets=[{"Id": "q", "Arn": queue_arn(url)}])
        return seen

    return watch


def described(region: Region, name: str = "tidegate-chat-cpu") -> dict[str, Any]:
    (found,) = region.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found


def cpu(region: Region) -> list[float]:
    said = {"Id": "m1", "MetricStat": {"Metric": CPU, "Period": 60, "Stat": "Average"}}
    now = region.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["CreatedTime"]
    answer = region.client("cloudwatch").get_metric_data(
        MetricDataQueries=[said], StartTime=now, EndTime=now.replace(hour=23), ScanBy="TimestampAscending"
    )
    return answer["MetricDataResults"][0]["Values"]


def test_a_load_is_shared_by_what_is_in_service_and_told_when_its_minute_is_over(region: Region) -> None:
    fleet = region.fleet(spot=5)
    region.load(fleet, lambda t: 3 if t < 150 else 12)

    region.run(59)
    assert cpu(region) == []
    region.run(2)
    assert cpu(region) == [50]
    region.run(180)

    assert cpu(region) == [50, 50, 100, 100]


def test_more_machines_make_the_same_load_lighter_once_they_are_in_service(region: Region) -> None:
    fleet = region.fleet(spot=5, boot=45)
    region.load(fleet, lambda _: 6)
    region.run(59)
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=12)

    region.run(62)

    assert cpu(region) == [100, 50]


def test_an_empty_fleet_reports_nothing(region: Region) -> None:
    region.load(region.fleet(on_demand=0, spot=0), lambda _: 6)
    region.run(200)

    assert cpu(region) == []


def test_an_alarm_goes_off_when_enough_periods_breach_and_comes_back(region: Region, alarm: Any) -> None:
    region.load(region.fleet(spot=5), lambda t: 3 if t < 130 or t > 400 else 6)
    alarm()
    assert described(region)["StateValue"] == "INSUFFICIENT_DATA"

    region.run(600)

    told = [(each.t, each.data["previous"], each.data["state"]) for each in region.timeline if each.kind == "alarm"]
    # One point that doesn't breach is enough to be OK; the second one above 70 % is there at 240 s.
    assert told == [(65, "INSUFFICIENT_DATA", "OK"), (245, "OK", "ALARM"), (425, "ALARM", "OK")]
    assert region.alarms == {"tidegate-chat-cpu": "OK"}


def test_the_event_of_a_single_metric_has_the_documented_shape(region: Region, alarm: Any, events: Any) -> None:
    seen = events()
    region.load(region.fleet(spot=5), lambda t: 3 if t < 130 else 6)
    alarm(AlarmDescription="too hot")

    region.run(300)

    first, second = seen()
    assert second["resources"] == ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:tidegate-chat-cpu"]
    assert (second["source"], second["time"], second["account"]) == (
        "aws.cloudwatch",
        "2026-03-02T09:04:05Z",
        "123456789012",
    )
    detail = second["detail"]
    assert set(detail) == {"alarmName", "configuration", "previousState", "state"}
    (metric,) = detail["configuration"]["metrics"]
    assert detail["configuration"]["description"] == "too hot"
    assert metric["metricStat"] == {
        "metric": {
            "dimensions": {"AutoScalingGroupName": "chat"},
            "name": "CPUUtilization",
            "namespace": "AWS/EC2",
        },
        "period": 60,
        "stat": "Average",
    }
    assert metric["returnData"] is True
    assert detail["state"]["value"] == "ALARM"
    assert detail["state"]["timestamp"] == "2026-03-02T09:04:05.000+0000"
    assert detail["state"]["reason"] == (
        "Threshold Crossed: 2 out of the last 2 datapoints [100.0 (02/03/26 09:03:00), 100.0 (02/03/26 09:02:00)] "
        "were greater than the threshold (70.0) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert json.loads(detail["state"]["reasonData"]) == {
        "version": "1.0",
        "queryDate": "2026-03-02T09:04:05.000+0000",
        "startDate": "2026-03-02T09:02:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [100.0, 100.0],
        "threshold": 70.0,
    }
    assert detail["previousState"] == first["detail"]["state"]
    assert first["detail"]["previousState"] == {
        "value": "INSUFFICIENT_DATA",
        "reason": "Unchecked: Initial alarm creation",
        "timestamp": "2026-03-02T09:00:00.000+0000",
    }


def test_an_alarm_that_stays_in_alarm_is_told_once(region: Region, alarm: Any, events: Any) -> None:
    seen = events()
    region.load(region.fleet(spot=5), lambda _: 6)
    alarm()

    region.run(3600)

    assert [each["detail"]["state"]["value"] for each in seen()] == ["ALARM"]


def test_an_event_may_come_more_than_once(region: Region, alarm: Any, events: Any) -> None:
    seen = events()
    region.alarm_copies = 2
    region.load(region.fleet(spot=5), lambda _: 6)
    alarm()

    region.run(200)

    first, second = seen()
    assert first == second


@pytest.mark.parametrize(
    ("missing", "states"),
    [
        ("missing", ["OK", "INSUFFICIENT_DATA"]),
        ("ignore", ["OK"]),
        ("notBreaching", ["OK"]),
        ("breaching", ["ALARM", "OK", "ALARM"]),
    ],
)
def test_a_signal_that_dies_is_missing(region: Region, alarm: Any, missing: str, states: list[str]) -> None:
    gauge = region.load(region.fleet(spot=5), lambda _: 1)
    alarm(TreatMissingData=missing)
    region.run(300)

    gauge.die()
    region.run(600)
    assert [each.data["state"] for each in region.timeline if each.kind == "alarm"] == states

    gauge.revive()
    region.run(300)
    assert region.alarms == {"tidegate-chat-cpu": "OK"}


def test_a_high_resolution_alarm_goes_off_within_seconds(region: Region, alarm: Any) -> None:
    queue = {"Namespace": "vLLM", "MetricName": "num_requests_waiting", "Dimensions": CPU["Dimensions"]}
    fleet = region.fleet(spot=5)
    region.signal(fleet, "vLLM", "num_requests_waiting", lambda t, n: 0 if t < 100 else 10 * n, period=10)
    alarm("tidegate-chat-queue", **queue, Period=10, Statistic="Maximum", EvaluationPeriods=3, Threshold=20)

    region.run(200)

    told = [(each.t, each.data["state"]) for each in region.timeline if each.kind == "alarm"]
    assert told == [(15, "OK"), (125, "ALARM")]


def test_an_alarm_on_metric_math_watches_the_result(region: Region, alarm: Any, events: Any) -> None:
    seen = events()
    fleet = region.fleet(spot=4)
    region.signal(fleet, "App", "waiting", lambda t, n: 2 * n if t < 150 else 8 * n)
    region.signal(fleet, "App", "machines", lambda t, n: n)
    dimensions = CPU["Dimensions"]

    def stat(name: str) -> dict[str, Any]:
        return {
            "Metric": {"Namespace": "App", "MetricName": name, "Dimensions": dimensions},
            "Period": 60,
            "Stat": "Sum",
        }

    metrics = [
        {"Id": "e1", "Expression": "m1 / m2", "Label": "waiting per machine"},
        {"Id": "m1", "MetricStat": stat("waiting"), "ReturnData": False},
        {"Id": "m2", "MetricStat": stat("machines"), "ReturnData": False},
    ]
    alarm("per-machine", Metrics=metrics, Threshold=5, EvaluationPeriods=1)

    region.run(300)

    _, event = seen()
    assert event["detail"]["configuration"]["metrics"][0] == {
        "expression": "m1 / m2",
        "id": "e1",
        "label": "waiting per machine",
        "returnData": True,
    }
    assert event["detail"]["configuration"]["metrics"][1]["metricStat"]["metric"]["name"] == "waiting"
    data = json.loads(event["detail"]["state"]["reasonData"])
    assert (data["recentDatapoints"], "statistic" in data) == ([8.0], False)


def test_a_composite_alarm_follows_its_children_at_once(region: Region, alarm: Any, events: Any) -> None:
    seen = events(alarmName=["any"])
    region.load(region.fleet(spot=5), lambda t: 3 if t < 130 else 6)
    alarm("hot")
    alarm("cold", ComparisonOperator="LessThanThreshold", Threshold=10.0)
    region.client("cloudwatch").put_composite_alarm(AlarmName="any", AlarmRule='ALARM("hot") OR ALARM("cold")')

    region.run(300)

    created, gone_off = seen()
    assert created["detail"]["state"]["reason"].endswith("alarm:any was created and its alarm rule evaluates to OK")
    detail = gone_off["detail"]
    assert detail["configuration"] == {"alarmRule": 'ALARM("hot") OR ALARM("cold")'}
    assert detail["state"]["reason"].endswith("alarm:hot transitioned to ALARM at Monday 02 March, 2026 09:04:05 UTC")
    (cause,) = json.loads(detail["state"]["reasonData"])["triggeringAlarms"]
    assert cause["state"] == {"value": "ALARM", "timestamp": "2026-03-02T09:04:05.000+0000"}
    assert region.alarms == {"any": "ALARM", "cold": "OK", "hot": "ALARM"}


def test_a_state_set_by_hand_is_told_and_lasts_until_the_next_evaluation(
    region: Region, alarm: Any, events: Any
) -> None:
    region.load(region.fleet(spot=5), lambda _: 1)
    alarm()
    region.run(150)
    seen = events()

    wanted = {"AlarmName": "tidegate-chat-cpu", "StateValue": "ALARM", "StateReason": "a drill"}
    for _ in range(2):
        region.client("cloudwatch").set_alarm_state(**wanted, StateReasonData='{"drill": 1}')
    assert region.alarms == {"tidegate-chat-cpu": "ALARM"}
    region.run(60)

    first, second = seen()
    assert (first["detail"]["state"]["reason"], first["detail"]["state"]["value"]) == ("a drill", "ALARM")
    assert first["detail"]["state"]["reasonData"] == '{"drill": 1}'
    assert second["detail"]["state"]["value"] == "OK"
    assert second["detail"]["previousState"] == first["detail"]["state"]


def test_a_state_set_by_hand_stays_where_nothing_can_be_evaluated(region: Region, alarm: Any) -> None:
    alarm(TreatMissingData="ignore")
    wanted = {"AlarmName": "tidegate-chat-cpu", "StateValue": "ALARM", "StateReason": "a drill"}
    region.client("cloudwatch").set_alarm_state(**wanted)

    region.run(600)

    assert region.alarms == {"tidegate-chat-cpu": "ALARM"}


def test_an_alarm_put_again_keeps_its_state_and_one_deleted_is_evaluated_no_more(region: Region, alarm: Any) -> None:
    region.load(region.fleet(spot=5), lambda _: 6)
    alarm()
    region.run(200)

    alarm(Threshold=80.0)
    assert (described(region)["StateValue"], described(region)["Threshold"]) == ("ALARM", 80)
    region.client("cloudwatch").delete_alarms(AlarmNames=["tidegate-chat-cpu"])
    region.run(600)

    assert len([each for each in region.timeline if each.kind == "alarm"]) == 1


UNKNOWN = [("set_alarm_state", {"AlarmName": "none", "StateValue": "OK", "StateReason": ""}, "ResourceNotFound")]


@pytest.mark.parametrize(("operation", "parameters", "code"), UNKNOWN)
def test_an_unknown_alarm_is_not_found(region: Region, operation: str, parameters: Any, code: str) -> None:
    assert Asked(region.client("cloudwatch")).code(operation, **parameters).startswith(code)


METRIC = {"metricStat": {"metric": {"namespace": ["AWS/EC2"], "dimensions": {"AutoScalingGroupName": ["chat"]}}}}
OTHER = {"metricStat": {"metric": {"namespace": ["AWS/EC2"], "dimensions": {"AutoScalingGroupName": ["other"]}}}}

PATTERNS: list[Any] = [
    ({"alarmName": ["tidegate-chat-cpu"]}, True),
    ({"alarmName": ["chat"]}, False),
    ({"alarmName": [{"prefix": "tidegate-"}]}, True),
    ({"alarmName": [{"prefix": "TargetTracking-"}]}, False),
    ({"alarmName": [{"prefix": "x"}, {"wildcard": "*-chat-*"}]}, True),
    ({"alarmName": [{"wildcard": "*-chat"}]}, False),
    ({"alarmName": [{"anything-but": {"prefix": "TargetTracking-"}}]}, True),
    ({"alarmName": [{"anything-but": {"wildcard": "tidegate-*"}}]}, False),
    ({"alarmName": [{"anything-but": ["tidegate-chat-cpu"]}]}, False),
    ({"state": {"value": ["ALARM"]}, "previousState": {"value": ["INSUFFICIENT_DATA"]}}, True),
    ({"state": {"value": ["OK"]}}, False),
    ({"configuration": {"alarmRule": [{"exists": False}]}}, True),
    ({"configuration": {"alarmRule": [{"exists": True}]}}, False),
    ({"configuration": {"metrics": METRIC}}, True),
    ({"configuration": {"metrics": OTHER}}, False),
    ({"$or": [{"alarmName": ["x"]}, {"configuration": {"metrics": METRIC}}]}, True),
]


@pytest.mark.parametrize(("detail", "matches"), PATTERNS)
def test_a_rule_matches_as_eventbridge_does(
    region: Region, alarm: Any, events: Any, detail: dict[str, Any], matches: bool
) -> None:
    seen = events(**detail)
    region.load(region.fleet(spot=5), lambda _: 6)
    alarm()

    region.run(200)

    assert len(seen()) == (1 if matches else 0)


def test_all_that_a_pattern_asks_of_an_array_must_hold_of_one_object(region: Region, events: Any) -> None:
    metrics = [{"name": "a", "namespace": "x"}, {"name": "b", "namespace": "y"}]
    mixed = {"configuration": {"metrics": {"name": ["a"], "namespace": ["y"]}}}
    seen = events(**mixed)
    said = {"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change"}
    region.emit(said | {"detail": {"configuration": {"metrics": metrics}}})
    region.emit(said | {"detail": {"configuration": {"metrics": [{"name": "a", "namespace": "y"}, *metrics]}}})
    region.run(1)

    assert len(seen()) == 1


def test_an_unknown_operator_is_refused(region: Region) -> None:
    pattern = json.dumps({"detail": {"alarmName": [{"startswith": "tidegate-"}]}})

    answer = Asked(region.client("events")).code("put_rule", Name="odd", EventPattern=pattern)

    assert answer.startswith("InvalidEventPatternException")
    assert "Unrecognized match type startswith" in answer
