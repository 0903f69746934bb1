"""The alarms on routes to models, put as the stack puts them: a test compares them with its template."""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.route import Route
from tidegate.policy.throttle_alarm import alarm_name


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
    throttled, answered = _counted(route, "InvocationThrottles", "t"), _counted(route, "Invocations", "a")
    yield {
        "AlarmName": alarm_name(stage, name, route.name, "throttles"),
        **_alone_or_summed(throttled),
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **common,
    }
    filled = ", ".join(f"FILL({one['Id']}, 0)" for one in answered)
    ratio = _expression("ratio", f"100 * throttled / SUM([throttled, {filled}])")
    of = [throttled[0] | {"Id": "throttled"}] if len(throttled) == 1 else _summed("throttled", throttled)
    yield {
        "AlarmName": alarm_name(stage, name, route.name, "throttle-ratio"),
        "Metrics": [ratio, *(one | {"ReturnData": False} for one in (*of, *answered))],
        "Threshold": float(model.step_down_percent),
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **common,
    }


def _alone_or_summed(metrics: list[dict[str, Any]]) -> dict[str, Any]:
    if len(metrics) > 1:
        return {"Metrics": _summed("sum", metrics)}
    stat = metrics[0]["MetricStat"]
    return {**stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}


def _summed(id_: str, metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_expression(id_, f"SUM([{', '.join(one['Id'] for one in metrics)}])"), *metrics]


def _expression(id_: str, said: str) -> dict[str, Any]:
    return {"Id": id_, "Expression": said, "ReturnData": True}


def _counted(route: Route, name: str, prefix: str) -> list[dict[str, Any]]:
    """Return a metric of a route under each id by which it may be counted."""
    return [
        {
            "Id": f"{prefix}{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Bedrock",
                    "MetricName": name,
                    "Dimensions": [{"Name": "ModelId", "Value": id_}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
            "ReturnData": False,
        }
        for number, id_ in enumerate(route.metric_ids)
    ]
