"""Datapoints by metric: what moto keeps in one list, kept here so that a period of one metric is found at once.

Times are seconds since 1970. A statistic of a period is computed from all that was measured in it:
AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from moto.cloudwatch.models import CloudWatchBackend

STANDARD_SECONDS: Final = 60
"""Storage resolution of a metric that asks for no finer one: API_MetricDatum.html (StorageResolution)"""


class Metric(NamedTuple):
    """What identifies a metric: namespace, name and all its dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


class Point(NamedTuple):
    """What was measured at a moment: a value, or a set of them of which only statistics are known."""

    at: float
    samples: float
    total: float
    low: float
    high: float
    unit: str | None = None


def metric(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]] = ()) -> Metric:
    """Return the metric that a request means; the order of dimensions is without meaning."""
    return Metric(namespace, name, tuple(sorted((each["Name"], each["Value"]) for each in dimensions)))


def add(backend: CloudWatchBackend, of: Metric, point: Point) -> None:
    """Keep a datapoint."""
    insort(kept(backend).setdefault(of, []), point)


def points(backend: CloudWatchBackend, of: Metric, start: float, end: float) -> Sequence[Point]:
    """Return what was measured from `start` on, before `end`, oldest first."""
    series = kept(backend).get(of, [])
    return series[bisect_left(series, (start,)) : bisect_left(series, (end,))]


def kept(backend: CloudWatchBackend) -> dict[Metric, list[Point]]:
    """All series of a backend; they hang on it and end with it."""
    return vars(backend).setdefault("tidegate_series", {})


def periods(
    measured: Sequence[Point], stat: str, period: int, start: float, unit: str | None = None
) -> dict[float, float]:
    """Return beginning of the period -> statistic, for each period since `start` in which something was measured."""
    held: dict[float, list[Point]] = {}
    for each in measured:
        if unit in (None, each.unit):
            held.setdefault(start + (each.at - start) // period * period, []).append(each)
    return {began: statistic(stat)(held[began]) for began in sorted(held)}


def statistic(name: str) -> Callable[[Sequence[Point]], float]:
    """Return what computes a statistic of a period's points."""
    if name in STATISTICS:
        return STATISTICS[name]
    if name.startswith("p"):
        return lambda measured: percentile(measured, float(name[1:]))
    raise NotImplementedError(f"the emulated Region computes no {name}: {', '.join(STATISTICS)} and percentiles")


def percentile(measured: Sequence[Point], percent: float) -> float:
    """Return the nearest rank; sets of which only statistics are known count with their mean."""
    ranked = sorted((each.total / each.samples, each.samples) for each in measured)
    rank = percent / 100 * sum(count for _, count in ranked)
    for value, count in ranked:
        rank -= count
        if rank <= 0:
            return value
    return ranked[-1][0]


STATISTICS: Final[Mapping[str, Callable[[Sequence[Point]], float]]] = {
    "Average": lambda measured: sum(each.total for each in measured) / sum(each.samples for each in measured),
    "Maximum": lambda measured: max(each.high for each in measured),
    "Minimum": lambda measured: min(each.low for each in measured),
    "SampleCount": lambda measured: sum(each.samples for each in measured),
    "Sum": lambda measured: sum(each.total for each in measured),
}


def seconds(moment: datetime) -> float:
    """Return seconds since 1970; moto's own times are UTC and say no time zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def moment(at: float) -> datetime:
    """Return a moment as moto writes it."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


def datum(said: Mapping[str, Any], now: float) -> list[Point]:
    """Return the points of one MetricDatum of a request; finer than a minute only if its StorageResolution is 1.

    Source: AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """
    at = seconds(said["Timestamp"]) if said.get("Timestamp") else now
    resolution = int(said.get("StorageResolution") or STANDARD_SECONDS)
    at, unit = at // resolution * resolution, said.get("Unit")
    if known := said.get("StatisticValues"):
        count, total = float(known["SampleCount"]), float(known["Sum"])
        return [Point(at, count, total, float(known["Minimum"]), float(known["Maximum"]), unit)]
    values = [float(each) for each in said.get("Values") or [said.get("Value", 0.0)]]
    counts = [float(each) for each in said.get("Counts") or [1.0] * len(values)]
    return [Point(at, n, n * value, value, value, unit) for value, n in zip(values, counts, strict=True)]
