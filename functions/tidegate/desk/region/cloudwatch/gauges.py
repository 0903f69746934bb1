"""What reports metrics in the Region: a load that keeps a fleet's processors busy, and any other gauge.

A datapoint appears when its minute (or its ten seconds) has ended, dated to its beginning: what CloudWatch shows of
machines with detailed monitoring. It says what was so at the end.
"""

from collections.abc import Callable
from typing import Any, Final

from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum
from moto.core.utils import unix_time

from tidegate.desk.region.cloudwatch import series
from tidegate.desk.region.cloudwatch.series import Metric, Point
from tidegate.desk.region.world import World

type Reading = Callable[[], tuple[float, float] | None]
"""The value at this moment, and of how many machines it is the mean; None: nobody reports."""


class Gauge:
    """One metric that is reported once in each period."""

    def __init__(self, world: World, backend: CloudWatchBackend, of: Metric, period: int, read: Reading) -> None:
        self._world: Final = world
        self._backend: Final = backend
        self.metric: Final = of
        self.period: Final = period
        self._read: Final = read
        self._dead = False
        self._plan()

    def die(self) -> None:
        """Report nothing any more."""
        self._dead = True

    def revive(self) -> None:
        """Report again, from the running period on."""
        self._dead = False

    def _plan(self) -> None:
        # Periods begin with the clock's minutes; a moment's rounding must not repeat one.
        ends = ((unix_time() + 0.001) // self.period + 1) * self.period
        self._world.after(ends - unix_time(), lambda: self._report(ends))

    def _report(self, ended: float) -> None:
        read = None if self._dead else self._read()
        if read is not None:
            value, count = read
            point = Point(ended - self.period, count, value * count, value, value)
            keep(self._backend, self.metric, point)
        self._plan()


def keep(backend: CloudWatchBackend, of: Metric, point: Point) -> None:
    """Keep a datapoint here, and with moto, which answers ListMetrics and GetMetricStatistics."""
    series.add(backend, of, point)
    dimensions = [{"Name": name, "Value": value} for name, value in of.dimensions]
    values = (point.low, point.high, point.samples, point.total)
    datum: Any = MetricAggregatedDatum(of.namespace, of.name, *values, dimensions, series.moment(point.at))
    backend.metric_data.append(datum)
