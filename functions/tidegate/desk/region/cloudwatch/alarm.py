"""What an alarm watches, read from moto's record of it: its rule, its period, and its datapoints up to a moment."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.cloudwatch.models import Alarm, CloudWatchBackend

from tidegate.desk.region.cloudwatch import mathematics, series
from tidegate.desk.region.cloudwatch.terms import Series
from tidegate.desk.region.cloudwatch.verdict import EXTRA_POINTS, Rule, Value

HIGH_RESOLUTION_SECONDS: Final = 10
"""How often an alarm with a period below a minute is evaluated; the others every minute (alarm-evaluation.html)."""


def rule_of(alarm: Alarm) -> Rule:
    """Return when the alarm goes off."""
    periods = int(alarm.evaluation_periods)
    needed = int(alarm.datapoints_to_alarm or periods)
    return Rule(
        alarm.comparison_operator, float(alarm.threshold), periods, needed, alarm.treat_missing_data or "missing"
    )


def queries_of(alarm: Alarm) -> list[dict[str, Any]]:
    """Return what an alarm asks for, as GetMetricData would be asked; of a single metric, one query."""
    if not alarm.metric_data_queries:
        dimensions = [{"Name": each.name, "Value": each.value} for each in alarm.dimensions]
        metric = {"Namespace": alarm.namespace, "MetricName": alarm.metric_name, "Dimensions": dimensions}
        stat = alarm.statistic or alarm.extended_statistic
        asked = {"Metric": metric, "Period": int(alarm.period), "Stat": stat, "Unit": alarm.unit}
        return [{"Id": "m1", "MetricStat": asked, "ReturnData": True}]
    return [query_of(each) for each in alarm.metric_data_queries]


def query_of(query: Any) -> dict[str, Any]:
    """Return one of moto's queries as a request's."""
    said: dict[str, Any] = {"Id": query.id, "ReturnData": query.return_data is not False}
    if query.label:
        said["Label"] = query.label
    if query.expression:
        return said | {"Expression": query.expression}
    stat = query.metric_stat
    dimensions = [{"Name": each.name, "Value": each.value} for each in stat.metric.dimensions]
    metric = {"Namespace": stat.metric.namespace, "MetricName": stat.metric.metric_name, "Dimensions": dimensions}
    return said | {"MetricStat": {"Metric": metric, "Period": int(stat.period), "Stat": stat.stat, "Unit": stat.unit}}


def period_of(alarm: Alarm) -> int:
    """Return an alarm's period, seconds; in metric math all metrics have the same."""
    return max(each["MetricStat"]["Period"] for each in queries_of(alarm) if "MetricStat" in each)


def rhythm_of(alarm: Alarm) -> int:
    """Return how many seconds lie between two evaluations."""
    high = HIGH_RESOLUTION_SECONDS
    return high if period_of(alarm) < series.STANDARD_SECONDS else series.STANDARD_SECONDS


def values_until(backend: CloudWatchBackend, alarm: Alarm, end: float) -> list[tuple[float, Value]]:
    """Return beginning and value of each period of the evaluation range, oldest first; the last one ends at `end`."""
    period = period_of(alarm)
    starts = [end - period * back for back in range(rule_of(alarm).periods + EXTRA_POINTS, 0, -1)]
    known = computed(backend, queries_of(alarm), starts[0], end)
    (watched,) = (each["Id"] for each in queries_of(alarm) if each["ReturnData"])
    return [(start, known[watched].get(start)) for start in starts]


def computed(
    backend: CloudWatchBackend, queries: Sequence[Mapping[str, Any]], start: float, end: float
) -> dict[str, Series]:
    """Return the series of each query by its id; a period is named for its beginning, the first one is `start`."""
    known: dict[str, Series] = {}
    for each in queries:
        if asked := each.get("MetricStat"):
            named = asked["Metric"]
            of = series.metric(named["Namespace"], named["MetricName"], named.get("Dimensions") or ())
            measured = series.points(backend, of, start, end)
            known[each["Id"]] = series.periods(measured, asked["Stat"], int(asked["Period"]), start, asked.get("Unit"))
    metrics = list(known)
    waiting = [each for each in queries if "Expression" in each]
    while waiting:
        # An expression may use another one, whatever their order in the request.
        ready = next((each for each in waiting if not uses(each, waiting)), waiting[0])
        known[ready["Id"]] = mathematics.compute(ready["Expression"], known, metrics)
        waiting.remove(ready)
    return known


def uses(query: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an expression names the id of another one that isn't computed yet."""
    names = mathematics.names(query["Expression"])
    return any(other["Id"] in names for other in others if other is not query)
