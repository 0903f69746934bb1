"""The alarms on routes to models, put as the stack puts them: a test compares them with its template."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.route import Route
from tidegate.policy.throttle_alarm import alarm_name

_RATIO: Final = "100 * throttled / SUM([throttled, FILL(answered, 0)])"


def put(cloudwatch: Any, stage: str, models: Mapping[str, Model], region: str | None) -> None:
    """Put the alarms of all models; `region` is that of the stage, if its table says one."""
    for name, model in models.items():
        for route in model.routes:
            if route.kind in BEDROCK and route.region in (None, region):
                for alarm in _alarms(stage, name, model, route):
                    cloudwatch.put_metric_alarm(**alarm)


def _alarms(stage: str, name: str, model: Model, route: Route) -> Iterator[dict[str, Any]]:
    """Yield the alarm that hears of any throttle in a minute, and the one of their share."""
    common = {"EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    yield {
        "AlarmName": alarm_name(stage, name, route.name, "throttles"),
        **_metric(route, "InvocationThrottles"),
        "Statistic": "Sum",
        "Period": 60,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **common,
    }
    ratio = {"Id": "ratio", "Expression": _RATIO, "ReturnData": True}
    yield {
        "AlarmName": alarm_name(stage, name, route.name, "throttle-ratio"),
        "Metrics": [ratio, _part(route, "throttled", "InvocationThrottles"), _part(route, "answered", "Invocations")],
        "Threshold": float(model.step_down_percent),
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **common,
    }


def _part(route: Route, id_: str, name: str) -> dict[str, Any]:
    return {"Id": id_, "MetricStat": {"Metric": _metric(route, name), "Period": 60, "Stat": "Sum"}, "ReturnData": False}


def _metric(route: Route, name: str) -> dict[str, Any]:
    return {
        "Namespace": "AWS/Bedrock",
        "MetricName": name,
        "Dimensions": [{"Name": "ModelId", "Value": route.id}],
    }
