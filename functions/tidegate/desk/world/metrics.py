"""The metrics of a simulated fleet: a datapoint a minute, which can be read a while after its minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tidegate.desk.world.calls import Calls
from tidegate.desk.world.clock import BEGAN, MINUTE
from tidegate.desk.world.world import World
from tidegate.fleet.reading import Point, Reading
from tidegate.policy.signal import Signal

DELAY_SECONDS: Final = 60
"""A datapoint of one minute can be read about two minutes after that minute began.
https://docs.datadoghq.com/integrations/guide/cloud-metric-delay/"""

_PERCENT: Final = 100.0

type Gauge = Callable[[World], float | None]
"""What a signal shows now; None: nothing reports."""


def steady(value: float) -> Gauge:
    """Return a gauge that always shows the same, while anything is in service."""
    return lambda world: value if world.serving() else None


def utilisation(load: Callable[[float], float | None]) -> Gauge:
    """Return a gauge of work that what is in service shares, in per cent; more than all of it doesn't show.

    `load` takes seconds since the world began and returns units of capacity that would be busy; None: unknown.
    """

    def read(world: World) -> float | None:
        serving, work = world.serving(), load(world.now)
        return min(_PERCENT, _PERCENT * work / serving) if serving and work is not None else None

    return read


@dataclass(slots=True, eq=False)
class Metrics:
    """`Signals` on gauges, by the names of their signals. A gauge is read once, at the end of each minute."""

    world: World
    gauges: Mapping[str, Gauge] = field(default_factory=dict[str, Gauge])
    calls: Calls = field(default_factory=Calls)
    _points: dict[str, list[Point]] = field(default_factory=dict[str, list[Point]])

    def __post_init__(self) -> None:
        self._points = {name: [] for name in self.gauges}
        if self.gauges:
            self.world.clock.after(MINUTE, self._measure)

    def read(self, group: str, signals: Mapping[str, Signal], *, since: float, now: float) -> Mapping[str, Reading]:
        """Return what can be read of these signals from `since` to `now` (epoch seconds)."""
        self.calls.note(self.world.now, "GetMetricData", AutoScalingGroupName=group)
        last = now - MINUTE - DELAY_SECONDS
        return {
            name: Reading(tuple(one for one in self._points.get(name, ()) if since <= one.start <= last), MINUTE)
            for name in signals
        }

    def newest(self, name: str) -> float | None:
        """Return the newest value of a signal that can be read; None: there is none of the newest minute."""
        last = BEGAN + self.world.now - MINUTE - DELAY_SECONDS
        readable = [one for one in self._points.get(name, ())[-3:] if last - MINUTE < one.start <= last]
        return readable[-1].value if readable else None

    def _measure(self) -> None:
        start = BEGAN + self.world.now - MINUTE
        for name, gauge in self.gauges.items():
            if (value := gauge(self.world)) is not None:
                self._points[name].append(Point(start, value))
        self.world.clock.after(MINUTE, self._measure)
