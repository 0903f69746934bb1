"""What wakes Tidegate in the simulated world is what wakes it in an account."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.desk.backtest.loop import Tidegate
from tidegate.desk.backtest.world import MINUTE, TICK, Setting, World
from tidegate.policy.profile import Profile


def looks(work: Sequence[float | None], *, start: int = 2) -> list[int]:
    """Return when Tidegate looked, in seconds."""
    world, tidegate, seen = World(Setting(start=start), {"cpu": work}), Tidegate(Profile()), list[int]()
    while not world.over:
        before = tidegate.looks
        tidegate.tend(world)
        seen += [world.now] * (tidegate.looks - before)
        world.tick()
    return seen


def test_a_quiet_fleet_is_looked_at_every_ten_minutes() -> None:
    assert looks([1.3] * 40) == [30, 630, 1230, 1830]


def test_an_alarm_wakes_it_with_its_first_datapoint_and_then_the_sweep_every_minute() -> None:
    seen = looks([1.3] * 12 + [1.9] * 8)
    # The minute from 12 to 13 can be read at 14.
    assert seen[:4] == [30, 630, 14 * MINUTE, 14 * MINUTE + 30]
    assert [one for one in seen if one > 14 * MINUTE][:3] == [14 * MINUTE + 30 + one * MINUTE for one in range(3)]


def test_what_grew_is_looked_at_every_minute_until_it_has_settled() -> None:
    seen = looks([1.3] * 12 + [1.9] * 60)
    grown = next(one for one in seen if one > 10 * MINUTE + 30)
    # Two minutes to boot, five until it has settled.
    until = grown + (2 + 5) * MINUTE
    assert {one for one in seen if grown + TICK <= one < until} == set(range(grown + TICK, until, MINUTE))
    assert max(b - a for a, b in pairwise(seen)) <= 10 * MINUTE


def test_a_fleet_that_may_shrink_soon_is_looked_at_every_minute() -> None:
    seen = looks([1.3] * 12 + [0.3] * 40)
    changed = 20 * MINUTE + 30
    assert changed in seen
    assert changed + MINUTE in seen


@settings(max_examples=30)
@given(st.floats(0.5, 25), st.integers(1, 40))
def test_steady_work_brings_the_size_to_rest_from_one_side(work: float, start: int) -> None:
    world, tidegate, sizes = World(Setting(start=start), {"cpu": (work,) * 240}), Tidegate(Profile()), [start]
    while not world.over:
        if change := tidegate.tend(world):
            sizes.append(change.after)
            assert change.at < 180 * MINUTE
        world.tick()
    assert sizes in (sorted(sizes), sorted(sizes, reverse=True))
    needed = work / 0.7
    assert needed - 1e-6 <= sizes[-1] <= max(1, needed / 0.93 + 1)
