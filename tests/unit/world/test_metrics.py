"""Metrics lag behind the fleet, and say nothing while nothing reports."""

import pytest

from tests.unit.world.worlds import NO_SPOT, world
from tidegate.desk.world.clock import BEGAN
from tidegate.desk.world.metrics import Metrics, steady, utilisation
from tidegate.desk.world.world import World
from tidegate.policy.signal import KNOWN, Signal

CPU = {"cpu": Signal(**KNOWN["cpu"])}


def values(metrics: Metrics, one: World, since: float = 0) -> list[tuple[float, float]]:
    reading = metrics.read("chat", CPU, since=BEGAN + since, now=BEGAN + one.now)["cpu"]
    return [(point.start - BEGAN, point.value) for point in reading.points]


def test_a_minute_can_be_read_a_minute_after_its_end() -> None:
    one = world()
    metrics = Metrics(one, {"cpu": utilisation(lambda t: 1.5 if t <= 60 else 3)})
    one.run(119)
    assert (values(metrics, one), metrics.newest("cpu")) == ([], None)
    one.run(1)
    assert (values(metrics, one), metrics.newest("cpu")) == ([(0, 25)], 25)
    one.run(60)
    assert values(metrics, one) == [(0, 25), (60, 50)]
    assert values(metrics, one, since=30) == [(60, 50)]


@pytest.mark.parametrize(("load", "shown"), [(6, 100), (60, 100), (0, 0), (None, None)])
def test_a_utilisation_shows_no_more_than_all_of_it(load: float | None, shown: float | None) -> None:
    assert utilisation(lambda _: load)(world()) == shown


def test_a_fleet_without_machines_reports_nothing() -> None:
    one = world(NO_SPOT, base=0)
    metrics = Metrics(one, {"cpu": steady(50)})
    one.run(300)
    assert values(metrics, one) == []
    assert utilisation(lambda _: 5)(one) is None


def test_an_old_value_is_not_the_newest_one() -> None:
    one = world()
    metrics = Metrics(one, {"cpu": utilisation(lambda t: 3 if t <= 60 else None)})
    one.run(120)
    assert metrics.newest("cpu") == 50
    one.run(60)
    assert metrics.newest("cpu") is None


def test_a_signal_without_a_gauge_shows_nothing() -> None:
    one = world()
    metrics = Metrics(one)
    one.run(300)
    assert (values(metrics, one), metrics.newest("cpu")) == ([], None)
    assert metrics.calls.counts == {"GetMetricData": 1}
