"""A changed mix replaces machines gradually: launched before terminated, a few at a time, and only if that works."""

from typing import Any

import pytest

from tests.unit.world.worlds import NO_SPOT, bought, happened, interrupt, members, weighted, world
from tidegate.desk.world.market import Market, Supply, drought
from tidegate.desk.world.operations import remix, resize
from tidegate.desk.world.world import World, units
from tidegate.fleet.distribution import Distribution


def based(one: World, base: int) -> World:
    """Set another base."""
    remix(one, Distribution(base, one.distribution.percent), one.desired)
    return one


@pytest.mark.parametrize(("base", "expected"), [(3, (3, 3)), (6, (6, 0)), (0, (0, 6)), (1, (1, 5))])
def test_a_changed_base_replaces_machines_until_the_mix_fits(base: int, expected: tuple[int, int]) -> None:
    one = based(world(), base)
    one.run(3600)
    assert bought(one) == expected
    assert one.counts.replacements == abs(base - 1)


def test_a_machine_goes_only_once_its_successor_serves() -> None:
    one = based(world(boot_seconds={"spot": 120.0, "on-demand": 120.0}), 2)
    one.run(119)
    assert bought(one) == (1, 5)
    one.run(1)
    assert bought(one) == (2, 4)
    assert one.meter.dip == 0


@pytest.mark.parametrize(("desired", "margin"), [(6, 1), (40, 4)])
def test_a_few_at_a_time_a_tenth_or_one(desired: int, margin: int) -> None:
    one = based(world(desired=desired), desired)
    seen: set[int] = set()
    for _ in range(200):
        seen.add(units(one.ahead()))
        one.run(30)
    assert max(seen) == margin
    assert bought(one) == (desired, 0)


def test_a_failed_launch_ends_nothing_and_is_tried_again() -> None:
    one = based(world(Market(on_demand=drought(0, 1000, room=1)), zones=("us-east-1a",)), 3)
    one.run(990)
    assert (bought(one), one.counts.replacements) == ((1, 5), 0)
    assert len(happened(one, "launch-failed")) > 3
    one.run(2000)
    assert bought(one) == (3, 3)


def test_a_return_to_spot_that_is_not_to_be_had_ends_no_on_demand_machine() -> None:
    one = based(world(NO_SPOT, base=6), 0)
    one.run(7200)
    assert bought(one) == (6, 0)


def test_a_percentage_replaces_as_a_base_does() -> None:
    one = world(desired=10)
    remix(one, Distribution(1, 50), 10)
    one.run(3600)
    assert bought(one) == (6, 4)


def test_a_base_that_covers_what_is_missing_only_adds() -> None:
    one = world(Market(spot=Supply({"*": ((1, 1),)})), desired=10, base=2)
    one.run(300)
    assert bought(one) == (2, 3)
    based(one, 7)
    one.run(7200)
    assert (bought(one), one.counts.replacements) == ((7, 3), 0)


def test_a_base_above_that_replaces_running_spot_machines() -> None:
    one = world(Market(spot=Supply({"*": ((1, 1),)})), desired=10, base=2)
    one.run(300)
    based(one, 8)
    one.run(7200)
    assert (bought(one), one.counts.replacements) == ((8, 2), 1)


@pytest.mark.parametrize("weights", [(4,), (1, 4), (2, 3)])
def test_with_weights_a_mix_that_cannot_be_met_exactly_comes_to_rest(weights: tuple[int, ...]) -> None:
    one = based(world(desired=16, base=0, offers=weighted(*weights)), 5)
    one.run(7200)
    rest = one.counts.launches
    one.run(7200)
    assert one.counts.launches == rest
    on_demand, spot = bought(one)
    assert 5 <= on_demand < 5 + max(weights)
    assert 16 <= on_demand + spot < 16 + max(weights)


def test_a_machine_launched_ahead_counts_for_its_own_sake_once_another_one_is_lost() -> None:
    one = world(boot_seconds={"spot": 600.0, "on-demand": 600.0})
    based(one, 2)
    interrupt(one)
    one.run(601)
    # What was launched for the mix is what makes up for the loss: nothing else comes, and nothing goes.
    assert (bought(one), one.counts.launches, one.counts.replacements) == ((2, 4), 1, 0)


def test_the_size_comes_before_the_mix() -> None:
    one = world(NO_SPOT, base=6)
    resize(one, 8)
    based(one, 3)
    one.run(7200)
    assert (bought(one), one.counts.replacements) == ((6, 0), 0)


def test_what_a_smaller_size_makes_too_much_is_not_replaced_any_more() -> None:
    one = based(world(desired=10), 3)
    resize(one, 3)
    one.run(3600)
    assert (bought(one), one.desired) == ((3, 0), 3)


def test_what_was_launched_ahead_goes_again_where_a_smaller_size_has_no_margin_for_it() -> None:
    one = based(world(desired=40), 9)
    assert units(one.ahead()) == 4
    resize(one, 4)
    assert units(one.ahead()) == 1
    one.run(3600)
    assert bought(one) == (4, 0)


DRY = Market(on_demand=drought(0, 9000, room=1))


def test_what_the_size_could_not_launch_is_not_tried_once_more_for_the_mix() -> None:
    one = world(DRY, zones=("us-east-1a",))
    remix(one, Distribution(4, 0), 7)
    one.run(181)
    assert [t for t, _ in happened(one, "launch-failed")] == [0, 60, 180]


def test_a_machine_that_comes_in_service_repeats_no_launch_that_has_failed() -> None:
    one = world(DRY, zones=("us-east-1a",))
    resize(one, 8)
    one.run(10)
    based(one, 2)
    one.run(170)
    assert bought(one) == (1, 7)
    assert [t for t, _ in happened(one, "launch-failed")] == [10, 70]


def rebalanced(**settings: Any) -> World:
    """Return a fleet with Capacity Rebalancing whose machines get their recommendation ten minutes ahead."""
    market = Market(ahead_seconds=600, **settings)
    return world(market, base=0, desired=4, zones=("us-east-1a", "us-east-1b"), capacity_rebalance=True)


def test_capacity_rebalancing_replaces_a_machine_at_risk_before_it_is_lost() -> None:
    one = rebalanced(spot=drought(1000, 9000, "us-east-1a"))
    one.run(9000)
    assert bought(one) == (0, 4)
    assert one.counts.losses == 0
    assert one.counts.replacements == 2
    assert one.meter.dip == 0


def test_without_it_the_machines_at_risk_are_lost() -> None:
    one = world(Market(spot=drought(1000, 9000, "us-east-1a"), ahead_seconds=600), base=0, desired=4)
    one.run(3000)
    assert (one.counts.losses, one.counts.replacements) == (2, 0)
    assert one.meter.dip > 0


def test_capacity_rebalancing_buys_no_on_demand() -> None:
    one = rebalanced(spot=drought(1000, 9000))
    one.run(3000)
    assert bought(one) == (0, 0)
    assert members(one, "on-demand") == []
