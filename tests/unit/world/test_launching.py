"""How a group launches: what it buys where, how long that takes, and what it does when nothing is to be had."""

from collections import Counter

import pytest

from tests.unit.world.worlds import NO_SPOT, bought, happened, states, world
from tidegate.desk.world.market import Market, Supply, drought
from tidegate.desk.world.operations import release, remix, resize
from tidegate.desk.world.shape import Offer, Option
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.launches import classify


@pytest.mark.parametrize(
    ("base", "percent", "desired", "expected"),
    [(1, 0, 6, (1, 5)), (0, 0, 6, (0, 6)), (0, 100, 6, (6, 0)), (2, 50, 7, (5, 2)), (9, 0, 6, (6, 0))],
)
def test_a_fleet_stands_as_its_policy_divides_it(
    base: int, percent: int, desired: int, expected: tuple[int, int]
) -> None:
    assert bought(world(base=base, percent=percent, desired=desired)) == expected


def test_zones_are_kept_even() -> None:
    one = world(desired=7)
    assert Counter(machine.pool.zone[-1] for machine in one.members.values()) == {"a": 3, "b": 2, "c": 2}


def test_a_zone_without_capacity_is_passed_over() -> None:
    one = world(Market(spot=drought(0, 900, "us-east-1a")), base=0)
    assert Counter(machine.pool.zone[-1] for machine in one.members.values()) == {"b": 3, "c": 3}
    assert one.counts.failures == 0


def test_spot_takes_the_cheapest_unit_with_room_and_on_demand_the_first_type() -> None:
    offers = (
        Offer(type="first", on_demand=1, spot=0.6),
        Offer(type="large", on_demand=4, spot=0.8, weight=4),
        Offer(type="cheap", on_demand=2, spot=0.3),
    )
    gone = Supply({f"cheap/us-east-1{zone}": ((0, 0),) for zone in "ab"} | {"large/us-east-1a": ((0, 0),)})
    one = world(Market(spot=gone), offers=offers, desired=8, base=1)
    pools = sorted((machine.option, machine.pool.name) for machine in one.members.values())
    assert pools[0] == ("on-demand", "first/us-east-1a")
    assert {name for option, name in pools if option == "spot"} <= {
        "first/us-east-1a",
        "large/us-east-1b",
        "large/us-east-1c",
    }


@pytest.mark.parametrize(("option", "seconds"), [("on-demand", 30.0), ("spot", 200.0)])
def test_a_machine_serves_once_it_has_booted(option: Option, seconds: float) -> None:
    one = world(base=99 if option == "on-demand" else 0, boot_seconds={"on-demand": 30.0, "spot": 200.0})
    resize(one, 7)
    one.run(seconds - 1)
    assert states(one) == {"InService": 6, "Pending": 1}
    one.run(1)
    assert states(one) == {"InService": 7}
    assert one.attempts[-1].in_service == seconds


@pytest.mark.parametrize(
    ("market", "base", "told"),
    [
        (Market(spot=Supply({"*": ((0, 0),)})), 0, ("spot", "capacity")),
        (Market(quotas={"spot": 4}), 0, ("spot", "quota")),
        (Market(on_demand=Supply({"*": ((0, 0),)})), 99, ("on-demand", "capacity")),
        (Market(quotas={"on-demand": 4}), 99, ("on-demand", "quota")),
    ],
)
def test_a_failed_launch_tells_market_and_cause_as_auto_scaling_does(
    market: Market, base: int, told: tuple[str, str]
) -> None:
    one = world(market, base=base)
    failure = classify(one.attempts[0].failure)
    assert (failure.market, failure.cause) == told
    assert one.attempts[0].instance == ""


def test_what_cannot_be_launched_is_tried_again_ever_later() -> None:
    one = world(NO_SPOT)
    one.run(4000)
    assert [t for t, _ in happened(one, "launch-failed")] == [0, 60, 180, 420, 900, 1800, 2700, 3600]


def test_the_other_option_doesnt_stand_in_for_one_that_is_short() -> None:
    one = world(NO_SPOT)
    one.run(4000)
    assert bought(one) == (1, 0)


def test_after_a_success_the_next_failure_is_a_first_one() -> None:
    one = world(Market(spot=Supply({"*": ((0, 0), (100, 99), (1000, 0))})))
    one.run(2000)
    # Back at 180 s; from 1120 s on the machines are gone, which the group notices a minute later.
    assert [t for t, _ in happened(one, "launch-failed")] == [0, 60, 1180, 1240, 1360, 1600]


def test_a_call_tries_at_once_whatever_is_planned() -> None:
    one = world(NO_SPOT)
    one.run(200)
    remix(one, Distribution(4, 0), 6)
    one.run(120)
    assert bought(one) == (4, 0)


def test_a_machine_that_is_ended_while_it_boots_never_serves() -> None:
    one = world()
    resize(one, 7)
    new = one.attempts[-1]
    release(one, "terminate", [new.instance])
    one.run(300)
    assert new.in_service is None
    assert "unhealthy" in new.failure
    assert bought(one) == (1, 6)
