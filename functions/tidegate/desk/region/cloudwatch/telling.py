"""What CloudWatch says of a transition: the reason, its data, and the event on the bus, in their real shape.

Source: AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html (single metric, metric math, composite).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from moto.cloudwatch.models import Alarm
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from tidegate.desk.region.cloudwatch.alarm import period_of, queries_of
from tidegate.desk.region.cloudwatch.verdict import Rule, Value, Verdict
from tidegate.desk.region.events import event_of

COMPARED: Final = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def reason(rule: Rule, verdict: Verdict, values: Sequence[tuple[float, Value]]) -> str:
    """Say why an alarm changes."""
    if verdict.state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {counted(verdict.filled, 'datapoint')} unknown."
    alarming, used = verdict.state == "ALARM", [values[place] for place in reversed(verdict.used)]
    if not used:
        how = "Breaching" if rule.missing == "breaching" else "NonBreaching"
        missing = counted(verdict.filled, "missing datapoint")
        periods = f"{verdict.filled} period{'' if verdict.filled == 1 else 's'}"
        return f"Threshold Crossed: no datapoints were received for {periods} and {missing} treated as [{how}]."
    told = [(at, value) for at, value in used if value is not None and rule.breached(value) is alarming]
    listed = ", ".join(f"{value} ({datetime.fromtimestamp(at, UTC):%d/%m/%y %H:%M:%S})" for at, value in told)
    was = f"{'was' if len(told) == 1 else 'were'}{'' if alarming else ' not'} {COMPARED[rule.comparison]}"
    least = rule.needed if alarming else rule.periods - rule.needed + 1
    way = "OK -> ALARM" if alarming else "ALARM -> OK"
    return (
        f"Threshold Crossed: {len(told)} out of the last {len(used)} datapoints [{listed}] {was} the threshold "
        f"({rule.threshold}) (minimum {least} datapoint{'' if least == 1 else 's'} for {way} transition)."
    )


def counted(count: int, what: str) -> str:
    """Write `1 datapoint was` or `2 datapoints were`."""
    return f"{count} {what} was" if count == 1 else f"{count} {what}s were"


def reason_data(alarm: Alarm, rule: Rule, verdict: Verdict, values: Sequence[tuple[float, Value]]) -> str:
    """Return the reason for machines; of metric math it names no statistic."""
    used = [values[place] for place in verdict.used]
    began = {"startDate": stamp(used[0][0])} if used else {}
    single = {} if alarm.metric_data_queries else {"statistic": alarm.statistic or alarm.extended_statistic}
    said = {"version": "1.0", "queryDate": stamp(unix_time()), **began, **single, "period": period_of(alarm)}
    recent = [value for _, value in used]
    return json.dumps(said | {"recentDatapoints": recent, "threshold": rule.threshold}, separators=(",", ":"))


def stamp(at: float) -> str:
    """Write a moment as CloudWatch does: milliseconds, and +0000 for UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def state_of(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm's state as an event tells it."""
    at = alarm.state_updated_timestamp.replace(tzinfo=UTC).timestamp()
    data = {"reasonData": alarm.state_reason_data} if alarm.state_reason_data else {}
    return {"value": alarm.state_value, "reason": alarm.state_reason, **data, "timestamp": stamp(at)}


def configuration(alarm: Alarm) -> dict[str, Any]:
    """Return what an event tells of an alarm's settings: its metrics, or its rule."""
    described = {"description": alarm.description} if alarm.description else {}
    if alarm.rule is not None:
        return {"alarmRule": alarm.rule} | described
    return described | {"metrics": [metric(alarm, each) for each in queries_of(alarm)]}


def metric(alarm: Alarm, query: dict[str, Any]) -> dict[str, Any]:
    """Return one metric or expression of an alarm; the id of a single metric is CloudWatch's own, a UUID."""
    labelled = {"label": query["Label"]} if "Label" in query else {}
    if "Expression" in query:
        return {"expression": query["Expression"], "id": query["Id"], **labelled, "returnData": query["ReturnData"]}
    asked = query["MetricStat"]
    watched = {
        "dimensions": {each["Name"]: each["Value"] for each in asked["Metric"]["Dimensions"]},
        "name": asked["Metric"]["MetricName"],
        "namespace": asked["Metric"]["Namespace"],
    }
    unit = {"unit": asked["Unit"]} if asked.get("Unit") else {}
    stat = {"metric": watched, "period": asked["Period"], "stat": asked["Stat"], **unit}
    own = query["Id"] if alarm.metric_data_queries else vars(alarm).setdefault("tidegate_id", str(mock_random.uuid4()))
    return {"id": own, **labelled, "metricStat": stat, "returnData": query["ReturnData"]}


def event(alarm: Alarm, previous: Mapping[str, Any]) -> dict[str, Any]:
    """CloudWatch Alarm State Change, for an alarm that has just changed from its `previous` state."""
    detail = {
        "alarmName": alarm.name,
        "configuration": configuration(alarm),
        "previousState": previous,
        "state": state_of(alarm),
    }
    return event_of("aws.cloudwatch", "CloudWatch Alarm State Change", [alarm.alarm_arn], detail)
