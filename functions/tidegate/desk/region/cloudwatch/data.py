"""PutMetricData and GetMetricData: periods as CloudWatch cuts them, and expressions, which moto leaves out.

Source: AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.cloudwatch.exceptions import InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.cloudwatch import mathematics, series
from tidegate.desk.region.cloudwatch.alarm import computed
from tidegate.desk.region.cloudwatch.terms import Series, Unknown

MAX_QUERIES: Final = 500
SUB_MINUTE: Final = (1, 5, 10, 20, 30)
"""Periods below a minute, seconds: API_MetricStat.html"""

KEPT_SECONDS: Final = 3 * 3600
"""How long CloudWatch keeps points of periods below a minute: API_GetMetricData.html"""

ID: Final = re.compile(r"[a-z][a-zA-Z0-9_]*")


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    plain_put = CloudWatchBackend.put_metric_data

    def put_metric_data(backend: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """PutMetricData: namespaces that begin with AWS/ are AWS's own (API_PutMetricData.html)."""
        if namespace.startswith("AWS/"):
            raise InvalidParameterValue("The value AWS/ for parameter Namespace is invalid.")
        plain_put(backend, namespace, metric_data)
        for said in metric_data:
            for point in series.datum(said, unix_time()):
                series.add(backend, series.metric(namespace, said["MetricName"], said.get("Dimensions") or ()), point)

    return [
        Amendment(CloudWatchBackend, "put_metric_data", put_metric_data),
        Amendment(CloudWatchResponse, "get_metric_data", get_metric_data),
    ]


def get_metric_data(response: CloudWatchResponse) -> ActionResult:
    """GetMetricData: only exact dimensions, only periods in which something was measured, and what ReturnData asks for.

    moto shifts the periods to the request's start, takes any metric for one without dimensions, answers expressions
    with nothing, and counts the period after EndTime.
    """
    queries: list[dict[str, Any]] = param(response, "MetricDataQueries", [])
    start, end = (series.seconds(param(response, each)) for each in ("StartTime", "EndTime"))
    refuse(queries, start, end)
    finest = min((int(each["MetricStat"]["Period"]) for each in queries if "MetricStat" in each), default=60)
    began = start // min(finest, 60) * min(finest, 60)
    try:
        known = computed(response.cloudwatch_backend, queries, began, end)
    except Unknown as error:
        raise ValidationError(str(error)) from None
    newest_first = (param(response, "ScanBy") or "TimestampDescending") == "TimestampDescending"
    returned = [each for each in queries if each.get("ReturnData", True)]
    return ActionResult({"MetricDataResults": [result(each, known[each["Id"]], newest_first) for each in returned]})


def refuse(queries: Sequence[Mapping[str, Any]], start: float, end: float) -> None:
    """Say what is wrong with a request."""
    if start >= end:
        raise ValidationError("The parameter EndTime must be greater than StartTime.")
    if len(queries) > MAX_QUERIES:
        raise ValidationError(f"The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}.")
    refuse_queries(queries, "MetricDataQueries")


def refuse_queries(queries: Sequence[Mapping[str, Any]], name: str) -> None:
    """Say what is wrong with queries, those of a request or of an alarm: API_MetricDataQuery.html."""
    ids = [each["Id"] for each in queries]
    for number, each in enumerate(queries, 1):
        where = f"{name}.member.{number}"
        if not ID.fullmatch(each["Id"]) or ids.count(each["Id"]) > 1:
            raise ValidationError(f"The value {each['Id']} for parameter {where}.Id is not matching or used twice.")
        if ("MetricStat" in each) == ("Expression" in each):
            raise ValidationError(f"The parameter {where} must have either MetricStat or Expression.")
        if "MetricStat" in each:
            refuse_period(int(each["MetricStat"]["Period"]), f"{where}.MetricStat.Period")
        else:
            refuse_expression(each["Expression"])


def refuse_period(period: int, where: str) -> None:
    """Refuse a period that isn't one."""
    if period not in SUB_MINUTE and (period < 1 or period % 60):
        raise ValidationError(f"The parameter {where} must be 1, 5, 10, 20, 30 or a multiple of 60.")


def refuse_expression(expression: str) -> None:
    """Refuse what isn't an expression; queries of Metrics Insights and searches are none that is known here."""
    try:
        mathematics.parse(expression)
    except Unknown as error:
        raise ValidationError(str(error)) from None


def result(query: Mapping[str, Any], values: Series, newest_first: bool) -> dict[str, Any]:
    """Return a MetricDataResult. Points of periods below a minute are kept for three hours."""
    asked = query.get("MetricStat")
    label = query.get("Label") or (asked["Metric"]["MetricName"] if asked else query["Id"])
    oldest = unix_time() - KEPT_SECONDS if asked and int(asked["Period"]) < series.STANDARD_SECONDS else 0.0
    told = sorted((each for each in values.items() if each[0] >= oldest), reverse=newest_first)
    return {
        "id": query["Id"],
        "label": label,
        "timestamps": [series.moment(at) for at, _ in told],
        "values": [value for _, value in told],
        "status_code": "Complete",
    }
