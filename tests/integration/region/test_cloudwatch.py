"""CloudWatch's operations: what they refuse, and what they answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.region.conftest import Asked
from tidegate.desk.region.region import Region

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CPU: dict[str, Any] = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "chat"}],
}
ALARM: dict[str, Any] = {
    "AlarmName": "a",
    **CPU,
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 70.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.fixture
def cloudwatch(region: Region) -> Asked:
    return Asked(region.client("cloudwatch"))


def stat(period: int = 60, **more: Any) -> dict[str, Any]:
    return {"Metric": CPU | more, "Period": period, "Stat": "Average"}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in ALARM.items() if key not in keys}


MATH = without(*CPU, "Statistic", "Period")


def math(*metrics: dict[str, Any]) -> dict[str, Any]:
    return MATH | {"Metrics": list(metrics)}


PUT: list[Any] = [
    (ALARM, "ok"),
    (ALARM | {"Period": 10}, "ok"),
    (ALARM | {"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60"),
    (ALARM | {"Period": 300, "EvaluationPeriods": 289}, "Metrics cannot be checked across more than a day"),
    (ALARM | {"Period": 3600, "EvaluationPeriods": 168}, "ok"),
    (ALARM | {"DatapointsToAlarm": 4}, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
    (ALARM | {"TreatMissingData": "guess"}, "Option guess is not supported"),
    (ALARM | {"AlarmActions": [TOPIC] * 6}, "5 actions"),
    (without("Statistic"), "Either Statistic or ExtendedStatistic"),
    (ALARM | {"ExtendedStatistic": "p90"}, "Either Statistic or ExtendedStatistic"),
    (without("Threshold"), "Threshold is required"),
    (without("Namespace"), "Namespace and Period are required"),
    (MATH, "Either MetricName or Metrics"),
    (ALARM | {"Metrics": [{"Id": "m1", "MetricStat": stat()}]}, "Either MetricName or Metrics"),
    (math({"Id": "m1", "MetricStat": stat()}), "ok"),
    (math({"Id": "e1", "Expression": "m1 / 2"}, {"Id": "m1", "MetricStat": stat(), "ReturnData": False}), "ok"),
    (math({"Id": "e1", "Expression": "m1 / 2"}, {"Id": "m1", "MetricStat": stat()}), "Exactly one element"),
    (math({"Id": "M1", "MetricStat": stat()}), "Metrics.member.1.Id"),
    (math({"Id": "e1", "Expression": "m1 +"}, {"Id": "m1", "MetricStat": stat(), "ReturnData": False}), "Error in"),
    (
        math({"Id": "m1", "MetricStat": stat()}, {"Id": "m2", "MetricStat": stat(300), "ReturnData": False}),
        "same period",
    ),
]


@pytest.mark.parametrize(("parameters", "answer"), PUT)
def test_what_an_alarm_may_be(region: Region, cloudwatch: Asked, parameters: dict[str, Any], answer: str) -> None:
    assert answer in cloudwatch.code("put_metric_alarm", **parameters)
    assert bool(region.alarms) is (answer == "ok")


def put(region: Region, *names: str, **more: Any) -> None:
    for name in names:
        region.client("cloudwatch").put_metric_alarm(**(ALARM | {"AlarmName": name} | more))


def compose(region: Region, name: str, rule: str) -> None:
    region.client("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule)


COMPOSED = [("ALARM(a)", "ok"), ("ALARM(a) OR", "AlarmRule is invalid"), ("ALARM(b)", "b in the alarm rule")]


@pytest.mark.parametrize(("rule", "answer"), COMPOSED)
def test_a_rule_names_alarms_that_exist(region: Region, cloudwatch: Asked, rule: str, answer: str) -> None:
    put(region, "a")

    assert answer in cloudwatch.code("put_composite_alarm", AlarmName="c", AlarmRule=rule)


def test_a_new_alarm_has_what_was_asked_for_and_keeps_its_first_tags(region: Region) -> None:
    tags = [{"Key": "tidegate:profile", "Value": "default"}]
    said = {"AlarmDescription": "hot", "AlarmActions": [TOPIC], "DatapointsToAlarm": 2, "TreatMissingData": "ignore"}
    put(region, "a", Tags=tags, **said)
    put(region, "a", Tags=[{"Key": "other", "Value": "x"}], **said)
    client = region.client("cloudwatch")

    (alarm,) = client.describe_alarms()["MetricAlarms"]

    assert alarm.items() >= (ALARM | said).items()
    assert (alarm["StateValue"], alarm["ActionsEnabled"]) == ("INSUFFICIENT_DATA", True)
    assert (alarm["StateTransitionedTimestamp"], "StateReasonData" in alarm) == (START, False)
    assert client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"] == tags


FOUND: list[Any] = [
    ({}, ["a", "b-1", "b-2"]),
    ({"AlarmNamePrefix": "b-"}, ["b-1", "b-2"]),
    ({"AlarmNames": ["b-1", "nobody"]}, ["b-1"]),
    ({"StateValue": "ALARM"}, ["b-2"]),
    ({"StateValue": "ALARM", "AlarmNamePrefix": "a"}, []),
    ({"ActionPrefix": TOPIC}, ["b-1"]),
    ({"AlarmTypes": ["CompositeAlarm"]}, ["b-c"]),
    ({"AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "AlarmNamePrefix": "b"}, ["b-1", "b-2", "b-c"]),
]


@pytest.mark.parametrize(("filters", "names"), FOUND)
def test_alarms_are_found_by_all_filters_together(region: Region, filters: dict[str, Any], names: list[str]) -> None:
    put(region, "b-2", "a")
    put(region, "b-1", AlarmActions=[TOPIC])
    compose(region, "b-c", "ALARM(a)")
    region.client("cloudwatch").set_alarm_state(AlarmName="b-2", StateValue="ALARM", StateReason="drill")

    answer = region.client("cloudwatch").describe_alarms(**filters)

    assert [each["AlarmName"] for each in (*answer["MetricAlarms"], *answer["CompositeAlarms"])] == names


def test_alarms_come_in_pages(region: Region, cloudwatch: Asked) -> None:
    names = [f"alarm-{number:03d}" for number in range(120)]
    put(region, *names)
    client = region.client("cloudwatch")

    pages = list(client.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 100}))

    assert [len(page["MetricAlarms"]) for page in pages] == [100, 20]
    assert [each["AlarmName"] for page in pages for each in page["MetricAlarms"]] == names
    assert len(client.describe_alarms()["MetricAlarms"]) == 50
    assert "NextToken is invalid" in cloudwatch.code("describe_alarms", NextToken="x")
    assert "limited to 100" in cloudwatch.code("describe_alarms", MaxRecords=101)
    assert "limited to 100" in cloudwatch.code("describe_alarms", AlarmNames=[*names[:100], "one-more"])
    both = {"AlarmNames": ["a"], "AlarmNamePrefix": "a"}
    assert cloudwatch.code("describe_alarms", **both).startswith("InvalidParameterCombination")


DELETED: list[Any] = [
    (["a"], "ok", {"b", "c", "d", "e"}),
    (["a", "nobody"], "ResourceNotFound", {"b", "c", "d", "e"}),
    (["b"], "Cannot delete b as there are composite alarm(s) depending on it", {"a", "b", "c", "d", "e"}),
    (["a", "d"], "ok", {"b", "c", "e"}),
    (["d", "e"], "No more than one composite alarm", {"a", "b", "c", "d", "e"}),
    ([f"alarm-{number}" for number in range(101)], "between 1 and 100", {"a", "b", "c", "d", "e"}),
]


@pytest.mark.parametrize(("names", "answer", "left"), DELETED)
def test_what_may_be_deleted(region: Region, cloudwatch: Asked, names: list[str], answer: str, left: set[str]) -> None:
    put(region, "a", "b", "c")
    compose(region, "d", "ALARM(b)")
    compose(region, "e", "ALARM(b)")

    assert answer in cloudwatch.code("delete_alarms", AlarmNames=names)
    assert set(region.alarms) == left


SET: list[Any] = [
    ({"AlarmName": "nobody"}, "ResourceNotFound"),
    ({"StateValue": "BAD"}, "ValidationError"),
    ({"StateReasonData": "{"}, "InvalidFormat"),
    ({}, "ok"),
]


@pytest.mark.parametrize(("change", "code"), SET)
def test_what_a_state_may_be(region: Region, cloudwatch: Asked, change: dict[str, str], code: str) -> None:
    put(region, "a")
    wanted = {"AlarmName": "a", "StateValue": "OK", "StateReason": "drill"} | change

    assert cloudwatch.code("set_alarm_state", **wanted).startswith(code)


def get(region: Region, *queries: dict[str, Any], start: float = 0, end: float = 3600, **more: Any) -> list[Any]:
    """Return id, seconds since the Region began and values of each result."""
    answer = region.client("cloudwatch").get_metric_data(
        MetricDataQueries=list(queries),
        StartTime=START + timedelta(seconds=start),
        EndTime=START + timedelta(seconds=end),
        **({"ScanBy": "TimestampAscending"} | more),
    )
    return [
        (each["Id"], [(at - START).total_seconds() for at in each["Timestamps"]], each["Values"])
        for each in answer["MetricDataResults"]
    ]


def test_a_metric_is_read_by_period_and_nothing_stands_for_what_is_missing(region: Region) -> None:
    gauge = region.load(region.fleet(spot=3), lambda t: 4 * t / 600)
    region.run(150)
    gauge.die()
    region.run(120)
    gauge.revive()
    region.run(100)
    query = {"Id": "m1", "MetricStat": stat()}

    assert get(region, query) == [("m1", [0, 60, 240, 300], [10, 20, 50, 60])]
    assert get(region, query, ScanBy="TimestampDescending") == [("m1", [300, 240, 60, 0], [60, 50, 20, 10])]
    assert get(region, query, start=75, end=300) == [("m1", [60, 240], [20, 50])]
    assert get(region, {"Id": "m5", "MetricStat": stat(300)}) == [("m5", [0, 300], [pytest.approx(80 / 3), 60])]
    other = [{"Name": "AutoScalingGroupName", "Value": "other"}]
    assert get(region, {"Id": "m1", "MetricStat": stat(Dimensions=other)}) == [("m1", [], [])]
    assert get(region, {"Id": "m1", "MetricStat": stat(Dimensions=[])}) == [("m1", [], [])]


def test_expressions_are_computed_and_only_what_is_asked_for_is_returned(region: Region) -> None:
    fleet = region.fleet(spot=3)
    region.load(fleet, lambda t: 2)
    region.signal(fleet, "CWAgent", "mem_used_percent", lambda t, n: 10.0 * n if t < 100 else None)
    region.run(130)
    memory = stat(Namespace="CWAgent", MetricName="mem_used_percent")

    told = get(
        region,
        {"Id": "worst", "Expression": "MAX([double, m2])"},
        {"Id": "double", "Expression": "m1 * 2", "ReturnData": False},
        {"Id": "m1", "MetricStat": stat(), "ReturnData": False},
        {"Id": "m2", "MetricStat": memory},
    )

    assert told == [("worst", [0, 60], [100, 100]), ("m2", [0], [40])]


def test_a_fine_metric_is_read_in_ten_seconds_and_a_coarse_one_only_at_its_minute(region: Region) -> None:
    fleet = region.fleet(spot=3)
    region.signal(fleet, "vLLM", "waiting", lambda t, n: t, period=10)
    region.load(fleet, lambda _: 2)
    region.run(65)
    client = region.client("cloudwatch")
    said = {"MetricName": "depth", "Value": 7.0, "Timestamp": START + timedelta(seconds=42)}
    client.put_metric_data(Namespace="App", MetricData=[said, said | {"MetricName": "fine", "StorageResolution": 1}])

    def read(namespace: str, name: str, dimensions: Any = CPU["Dimensions"]) -> Any:
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
        return get(region, {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 10, "Stat": "Sum"}})[0][1:]

    assert read("vLLM", "waiting") == ([0, 10, 20, 30, 40, 50], [10, 20, 30, 40, 50, 60])
    assert read("AWS/EC2", "CPUUtilization") == ([0], [200])
    assert read("App", "depth", []) == ([0], [7])
    assert read("App", "fine", []) == ([40], [7])


QUERIES: list[Any] = [
    ([], {"EndTime": START}, "EndTime must be greater than StartTime"),
    ([{"Id": "m1", "MetricStat": stat()}] * 2, {}, "used twice"),
    ([{"Id": "M", "MetricStat": stat()}], {}, "MetricDataQueries.member.1.Id"),
    ([{"Id": "m1"}], {}, "either MetricStat or Expression"),
    ([{"Id": "m1", "MetricStat": stat(45)}], {}, "multiple of 60"),
    ([{"Id": "e1", "Expression": "m1 + 1"}], {}, "m1"),
    ([{"Id": f"m{number}", "MetricStat": stat()} for number in range(501)], {}, "500"),
    ([{"Id": f"m{number}", "MetricStat": stat()} for number in range(500)], {}, "ok"),
]


@pytest.mark.parametrize(("queries", "change", "answer"), QUERIES)
def test_what_a_query_may_be(cloudwatch: Asked, queries: Any, change: dict[str, Any], answer: str) -> None:
    wanted = {"MetricDataQueries": queries, "StartTime": START, "EndTime": START + timedelta(hours=1)} | change

    said = cloudwatch.code("get_metric_data", **wanted)

    assert answer in said
    assert said == "ok" or said.startswith("ValidationError")


def test_nobody_reports_in_the_name_of_aws(cloudwatch: Asked) -> None:
    said = cloudwatch.code("put_metric_data", Namespace="AWS/EC2", MetricData=[{"MetricName": "x", "Value": 1}])

    assert said.startswith("InvalidParameterValue")


def test_metrics_are_listed(region: Region) -> None:
    region.load(region.fleet(spot=3), lambda _: 2)
    region.run(130)

    assert region.client("cloudwatch").list_metrics(Namespace="AWS/EC2")["Metrics"] == [CPU]
