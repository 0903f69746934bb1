"""`Signals` on boto3: CloudWatch's metrics, all signals of a fleet in one call."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tidegate.fleet.reading import Point, Reading
from tidegate.fleet.watched import Metric, own_queries, queries_of
from tidegate.policy.alarm import adopted_name
from tidegate.policy.signal import Signal

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient

_NAMES_A_CALL: Final = 100  # DescribeAlarms, API reference


class CloudWatch:
    """The metrics and alarms of one account and Region."""

    def __init__(self, cloudwatch: "CloudWatchClient") -> None:
        self._cloudwatch = cloudwatch

    def read(self, group: str, signals: Mapping[str, Signal], *, since: float, now: float) -> Mapping[str, Reading]:
        """Return what these signals showed: one GetMetricData, and one DescribeAlarms if any follows an adopted alarm.

        A signal whose alarm is gone, or is a composite one, has no reading.
        """
        metrics = {name: metric for name, metric in self._metrics(group, signals) if metric}
        if not metrics:
            return {}
        ids = {f"s{number}": name for number, name in enumerate(metrics)}
        queries = [query for id_, name in ids.items() for query in metrics[name].queries(id_)]
        found: dict[str, list[Point]] = {name: [] for name in metrics}
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=_time(since), EndTime=_time(now), ScanBy="TimestampAscending"
        )
        for result in (one for page in pages for one in page["MetricDataResults"]):
            if (name := ids.get(result.get("Id", ""))) is not None:
                times = (one.timestamp() for one in result.get("Timestamps", []))
                found[name] += map(Point, times, result.get("Values", []))
        return {name: Reading(tuple(points), metrics[name].period) for name, points in found.items()}

    def _metrics(self, group: str, signals: Mapping[str, Signal]) -> Iterator[tuple[str, Metric | None]]:
        adopted = {name: adopted_name(one.alarm, group) for name, one in signals.items() if one.alarm and one.target}
        alarms: Mapping[str, Any] = self._alarms(sorted(set(adopted.values()))) if adopted else {}
        for name, signal in signals.items():
            if name in adopted:
                yield name, queries_of(alarms.get(adopted[name], {}))
            elif not signal.alarm:
                yield name, own_queries(signal, group)

    def _alarms(self, names: Sequence[str]) -> Mapping[str, Any]:
        answer = self._cloudwatch.describe_alarms(
            AlarmNames=list(names[:_NAMES_A_CALL]), AlarmTypes=["MetricAlarm"], MaxRecords=_NAMES_A_CALL
        )
        return {one.get("AlarmName", ""): one for one in answer["MetricAlarms"]}


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
