"""The simulated group: machines come late and leave at once, work is shared, and metrics lag behind it."""

from collections.abc import Sequence

import pytest

from tidegate.desk.backtest.world import MINUTE, TICK, Setting, World
from tidegate.fleet.history import Step
from tidegate.fleet.reading import Point


def world(work: Sequence[float | None] = (1.0,) * 60, **setting: int) -> World:
    return World(Setting(**{"start": 2, "max_size": 10, **setting}), {"cpu": work})


def run(one: World, seconds: int) -> World:
    for _ in range(seconds // TICK):
        one.tick()
    return one


def test_machines_in_service_share_the_work() -> None:
    one = world([1.0, 1.5, None])
    assert one.load("cpu") == 0.5
    assert run(one, 60).load("cpu") == 0.75
    assert run(one, 60).load("cpu") is None


def test_work_without_a_machine_doesnt_fit_at_all() -> None:
    assert world(start=0, min_size=0).load("cpu") == float("inf")


def test_a_new_machine_serves_once_it_has_booted() -> None:
    one = world(boot_seconds=120)
    one.resize(3)
    assert (run(one, 90).serving, one.desired, len(one.booting)) == (2, 3, 1)
    assert (run(one, 30).serving, len(one.booting)) == (3, 0)
    assert one.steps == [Step(0, 2), Step(120, 3)]


def test_a_machine_that_is_taken_serves_no_more_and_is_paid_for_until_it_has_drained() -> None:
    one = world(drain_seconds=60)
    one.resize(1)
    assert (one.serving, len(one.draining)) == (1, 1)
    assert run(one, 60).paid_seconds == 2 * 60
    assert run(one, 60).paid_seconds == 3 * 60
    assert not one.draining


def test_a_machine_is_paid_for_from_the_call_on() -> None:
    one = world(boot_seconds=120)
    one.resize(3)
    assert run(one, 120).paid_seconds == 3 * 120


def test_machines_that_still_boot_go_first() -> None:
    one = world()
    one.resize(5)
    run(one, 30)
    one.resize(4)
    assert (one.serving, len(one.booting)) == (2, 2)
    one.resize(1)
    assert (one.serving, len(one.booting)) == (1, 0)


@pytest.mark.parametrize("size", [0, 11])
def test_a_size_outside_of_what_the_group_may_have_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="is outside of 1 to 10"):
        world().resize(size)


def test_a_datapoint_is_its_minutes_mean_and_can_be_read_a_while_after_it() -> None:
    one = run(world([1.0, 0.5, 0.5, 0.5], delay_seconds=60), 60)
    assert (one.readable, one.reading("cpu", 0).points) == (0, ())
    assert run(one, 60).reading("cpu", 0).points == (Point(0, 50),)
    assert run(one, 60).reading("cpu", 0).points == (Point(0, 50), Point(60, 25))


def test_there_is_news_only_at_the_moment_when_a_datapoint_becomes_readable() -> None:
    one = world(delay_seconds=60)
    seen = [(one.now, one.readable) for _ in range(8) if run(one, TICK).news]
    assert seen == [(120, 1), (180, 2), (240, 3)]


def test_a_utilisation_never_shows_more_than_all() -> None:
    assert run(world([9.0] * 9), 120).values("cpu", 1) == [100]


def test_where_nobody_measured_there_is_no_datapoint() -> None:
    one = run(world([1.0, None, 1.0, 1.0]), 240)
    assert one.values("cpu", 15) == [50, None, 50]
    assert [point.start for point in one.reading("cpu", 0).points] == [0, 120]


def test_a_reading_begins_where_it_is_asked_to() -> None:
    one = run(world(), 10 * MINUTE)
    assert [point.start for point in one.reading("cpu", 6.5 * MINUTE).points] == [7 * MINUTE, 8 * MINUTE]


def test_it_is_over_with_its_work() -> None:
    one = world([1.0] * 2)
    assert not run(one, 90).over
    assert run(one, 30).over
