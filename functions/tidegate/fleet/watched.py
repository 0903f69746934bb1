"""Which metrics a signal stands for, as GetMetricData is asked for them. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidegate.policy.signal import GROUP, Signal

_WORDS: Final = re.compile(r"""'[^']*'|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*""")
"""Words of a metric-math expression, and quoted texts, in which a word is no id."""

_DEFAULT_PERIOD: Final = 60


@dataclass(frozen=True, slots=True)
class Metric:
    """One series of datapoints: the queries that it is made of, of which `returned` is the one to read."""

    parts: tuple[Mapping[str, Any], ...]
    returned: str
    period: int

    def queries(self, id_: str) -> list[Any]:
        """Return the queries under ids of their own: several series share one call, in which ids are unique."""
        names = {one["Id"]: id_ if one["Id"] == self.returned else f"{id_}_{one['Id']}" for one in self.parts}
        return [_renamed(one, names, returns=one["Id"] == self.returned) for one in self.parts]


def own_queries(signal: Signal, group: str) -> Metric:
    """Return the metric that a signal names."""
    dimensions = [{"Name": key, "Value": value.replace(GROUP, group)} for key, value in signal.dimensions.items()]
    metric = {"Namespace": signal.namespace, "MetricName": signal.metric, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": signal.period, "Stat": signal.statistic}
    return Metric(({"Id": "m", "MetricStat": stat},), "m", signal.period)


def queries_of(alarm: Mapping[str, Any]) -> Metric | None:
    """Return the metric that an alarm watches, as DescribeAlarms tells it; None: there is no such alarm.

    An alarm on metric math keeps its queries; the one that returns data is what it watches.
    """
    if "MetricName" in alarm:
        metric = {key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions") if key in alarm}
        stat = {
            "Metric": metric,
            "Period": alarm["Period"],
            "Stat": alarm.get("Statistic") or alarm["ExtendedStatistic"],
        }
        return Metric(({"Id": "m", "MetricStat": stat},), "m", alarm["Period"])
    parts = tuple(alarm.get("Metrics", ()))
    returned = next((one["Id"] for one in parts if one.get("ReturnData", True)), None)
    return Metric(parts, returned, _period(parts)) if returned else None


def _period(parts: tuple[Mapping[str, Any], ...]) -> int:
    periods = [one.get("Period") or one.get("MetricStat", {}).get("Period") or 0 for one in parts]
    return max(periods, default=0) or _DEFAULT_PERIOD


def _renamed(query: Mapping[str, Any], names: Mapping[str, str], *, returns: bool) -> dict[str, Any]:
    renamed = {**query, "Id": names[query["Id"]], "ReturnData": returns}
    if "Expression" in query:
        renamed["Expression"] = _WORDS.sub(lambda word: names.get(word[0], word[0]), query["Expression"])
    return renamed
