"""Which machines go when a group is too large."""

from collections import Counter

import pytest

from tests.unit.world.worlds import bought, weighted, world
from tidegate.desk.world.market import Market, Supply
from tidegate.desk.world.operations import rebound, remix, resize
from tidegate.fleet.distribution import Distribution


@pytest.mark.parametrize(
    ("base", "percent", "desired", "expected"),
    [
        (1, 0, 3, (1, 2)),
        (4, 0, 4, (4, 0)),
        (4, 0, 3, (3, 0)),
        (0, 50, 2, (1, 1)),
        (0, 100, 2, (2, 0)),
    ],
)
def test_the_purchase_option_goes_of_which_there_is_too_much(
    base: int, percent: int, desired: int, expected: tuple[int, int]
) -> None:
    one = world(base=base, percent=percent)
    resize(one, desired)
    assert bought(one) == expected
    one.run(600)
    assert bought(one) == expected


def test_the_fullest_zone_goes_first_and_there_the_oldest() -> None:
    one = world(Market(spot=Supply({"us-east-1a": ((0, 1),)})), base=0, desired=7)
    resize(one, 8)
    one.run(200)
    young = one.attempts[-1].instance
    assert Counter(machine.pool.zone[-1] for machine in one.counted()) == {"a": 1, "b": 4, "c": 3}
    resize(one, 4)
    assert Counter(machine.pool.zone[-1] for machine in one.counted()) == {"a": 1, "b": 2, "c": 1}
    assert young in {machine.id for machine in one.counted()}


def test_scale_in_never_goes_below_the_size_with_weights() -> None:
    one = world(base=0, desired=12, offers=weighted(4))
    resize(one, 9)
    assert bought(one) == (0, 12)
    resize(one, 8)
    assert bought(one) == (0, 8)


def test_an_excess_that_weights_make_is_left_alone() -> None:
    one = world(base=0, desired=10, offers=weighted(4))
    one.run(1000)
    resize(one, 11)
    one.run(1000)
    assert (bought(one), one.counts.replacements) == ((0, 12), 0)


def test_scale_in_takes_on_demand_only_as_far_as_its_target_stays() -> None:
    one = world(base=5, desired=16, offers=weighted(4))
    assert bought(one) == (8, 8)
    resize(one, 12)
    assert bought(one) == (8, 4)


def test_what_still_boots_may_go_as_well() -> None:
    one = world(base=0)
    resize(one, 9)
    resize(one, 2)
    assert one.missing == 0


def test_a_smaller_size_and_a_lower_base_in_one_call_take_on_demand() -> None:
    one = world(base=5)
    remix(one, Distribution(2, 0), 3)
    assert bought(one) == (2, 1)


def test_a_size_outside_of_its_bounds_is_refused() -> None:
    one = world(min_size=2, max_size=9)
    for desired in (1, 10):
        with pytest.raises(ValueError, match=f"desired capacity {desired} is outside of 2 to 9"):
            resize(one, desired)
        with pytest.raises(ValueError, match=f"desired capacity {desired} is outside of 2 to 9"):
            remix(one, Distribution(1, 0), desired)
    with pytest.raises(ValueError, match="OnDemandBaseCapacity must not be greater than the max size, 9"):
        remix(one, Distribution(10, 0), 6)
    assert (one.desired, one.distribution.base) == (6, 1)


@pytest.mark.parametrize(
    ("low", "high", "desired", "size"),
    [(8, None, None, 8), (None, 4, None, 4), (None, None, 5, 5), (3, 7, None, 6)],
)
def test_new_bounds_move_a_size_that_is_outside_of_them(
    low: int | None, high: int | None, desired: int | None, size: int
) -> None:
    one = world(min_size=1, max_size=9)
    rebound(one, low=low, high=high, desired=desired)
    one.run(200)
    assert one.serving() == size


def test_bounds_that_contradict_each_other_are_refused() -> None:
    one = world(base=3, max_size=9)
    for low, high, desired in ((5, 4, None), (None, 5, 6), (None, 2, None)):
        with pytest.raises(ValueError, match="don't fit"):
            rebound(one, low=low, high=high, desired=desired)
    assert (one.min_size, one.max_size, one.desired) == (0, 9, 6)
