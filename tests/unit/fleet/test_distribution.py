"""How a policy's base and percentage divide a size, forwards and backwards, and how a distribution is sent back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.fleet.distribution import Distribution, complete, read_distribution


@pytest.mark.parametrize(
    ("base", "percent", "desired", "on_demand"),
    [
        (0, 0, 10, 0),
        (2, 0, 10, 2),
        (2, 50, 10, 6),
        (2, 50, 9, 6),  # 3.5 of the 7 above the base: rounded towards on-demand
        (0, 30, 10, 3),
        (0, 1, 10, 1),
        (0, 100, 10, 10),
        (12, 0, 10, 10),
        (3, 20, 0, 0),
    ],
)
def test_a_base_and_a_percentage_above_it_make_on_demand(base: int, percent: int, desired: int, on_demand: int) -> None:
    assert Distribution(base, percent).on_demand(desired) == on_demand


@given(percent=st.integers(0, 100), desired=st.integers(0, 300), data=st.data())
def test_every_number_that_the_percentage_leaves_open_can_be_had_exactly_with_one_smallest_base(
    percent: int, desired: int, data: st.DataObject
) -> None:
    distribution = Distribution(0, percent)
    wanted = data.draw(st.integers(distribution.on_demand(desired, 0), desired))
    base = distribution.base_for(wanted, desired)
    assert distribution.on_demand(desired, base) == wanted
    assert base == 0 or distribution.on_demand(desired, base - 1) < wanted


DESCRIBED = {
    "OnDemandAllocationStrategy": "prioritized",
    "OnDemandBaseCapacity": 2,
    "OnDemandPercentageAboveBaseCapacity": 25,
    "SpotAllocationStrategy": "price-capacity-optimized",
    "SpotMaxPrice": "0.50",
}


def test_a_distribution_is_sent_back_as_it_was_read() -> None:
    assert complete(read_distribution(DESCRIBED)) == DESCRIBED


def test_what_a_policy_leaves_out_has_the_default_of_aws() -> None:
    assert read_distribution({}) == Distribution(base=0, percent=100)


@pytest.mark.parametrize(
    ("described", "may"),
    [
        (DESCRIBED, True),
        ({}, False),
        ({**DESCRIBED, "DistributionSegments": [{"Percentage": 100}]}, False),
    ],
)
def test_spot_is_possible_below_a_hundred_per_cent_and_without_segments(
    described: dict[str, object], may: bool
) -> None:
    assert read_distribution(described).may_be_spot is may
