"""What pools would hold over time, and what was measured of them."""

from math import inf

import pytest

from tests.traces import traces
from tidegate.desk.world.availability import read_availability
from tidegate.desk.world.market import Market, Supply, drought, flapping, together
from tidegate.desk.world.shape import Pool

A, B = Pool("g5.xlarge", "us-east-1a"), Pool("g6.xlarge", "us-east-1b")

MEASURED = """window,tick,t_seconds,us-east-1a,us-east-1b
0,0,0,0,1
0,1,195,1,1
0,2,390,1,0
1,0,0,1,1
""".splitlines()


def test_a_pool_about_which_nothing_is_said_holds_any_number() -> None:
    assert Supply().room(A, 0) == inf
    assert Supply().changes == ()


@pytest.mark.parametrize(
    ("key", "a", "b"), [("us-east-1a", 3, inf), ("g6.xlarge/us-east-1b", inf, 3), ("*", 3, 3), ("g5.xlarge", inf, inf)]
)
def test_a_supply_is_of_a_pool_a_zone_or_all(key: str, a: float, b: float) -> None:
    supply = Supply({key: ((10, 3),)})
    assert (supply.room(A, 9.9), supply.room(A, 10), supply.room(B, 10)) == (inf, a, b)


def test_the_scarcest_of_what_is_said_of_a_pool_counts() -> None:
    supply = together([drought(0, 100, "us-east-1a", room=5), drought(50, 80, "g5.xlarge/us-east-1a")])
    assert [supply.room(A, t) for t in (0, 50, 80, 100)] == [5, 0, 5, inf]
    assert supply.changes == (0, 50, 80, 100)


def test_two_supplies_of_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="two supplies say something of us-east-1a"):
        together([drought(0, 100, "us-east-1a"), drought(200, 300, "us-east-1a")])


def test_steps_that_run_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match=r"steps of \* are not in the order of time"):
        Supply({"*": ((5, 0), (1, 3))})


def test_what_flaps_goes_first_and_comes_back() -> None:
    supply = flapping(600, 1900)
    assert [supply.room(A, t) for t in (0, 599, 600, 1200, 1800, 9999)] == [inf, inf, 0, inf, 0, 0]


def test_options_are_supplied_apart() -> None:
    market = Market(spot=drought(0, 10), on_demand=drought(0, 10, room=2))
    assert (market.room("spot", A, 5), market.room("on-demand", A, 5)) == (0, 2)


def test_a_one_in_a_measured_column_says_that_spot_is_available() -> None:
    supply = read_availability(MEASURED, window="0")
    assert [supply.room(A, t) for t in (0, 195, 390)] == [0, inf, inf]
    assert [supply.room(B, t) for t in (0, 195, 390)] == [inf, inf, 0]


def test_only_changes_are_kept_and_only_of_the_zones_asked_for() -> None:
    assert read_availability(MEASURED, window="0", zones=["us-east-1a"]).steps == {"us-east-1a": ((0, 0), (195, inf))}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["t_seconds,a", "0,2"], "line 2: a is '2': 1"),
        (["t_seconds,a", "5,1", "5,1"], "line 3: t_seconds is 5 after 5"),
        (["tick,a", "0,1"], "t_seconds and a zone are needed; there are tick, a"),
        (["t_seconds,a"], "there are no rows"),
        (MEASURED, "line 5: t_seconds is 0 after 390"),
    ],
)
def test_a_file_that_nobody_can_read_is_refused_with_its_line(lines: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_availability(lines)


def test_a_zone_or_window_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="t_seconds and eu-west-1a are needed"):
        read_availability(MEASURED, zones=["eu-west-1a"])
    with pytest.raises(ValueError, match="no rows of window 7"):
        read_availability(MEASURED, window="7")


@pytest.mark.parametrize(("zone", "share"), [("us-west-2b", 0.881), ("us-east-1a", 0.078)])
def test_the_real_trace_comes_out_with_the_polarity_that_is_told_of_it(zone: str, share: float) -> None:
    lines = (traces() / "spot_availability_p3_9az.csv").read_text().splitlines()
    pool, ticks = Pool("p3.2xlarge", zone), range(0, 1107 * 195, 195)
    supplies = [read_availability(lines, window=str(window), zones=[zone]) for window in range(6)]
    there = sum(supply.room(pool, t) > 0 for supply in supplies for t in ticks)
    assert there / (6 * len(ticks)) == pytest.approx(share, abs=0.001)
