"""How spot machines are taken back, how their group finds out, and what that costs."""

import pytest

from tests.unit.world.worlds import NO_SPOT, bought, happened, interrupt, members, states, world
from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.market import Market, Supply, Wave, drought
from tidegate.desk.world.operations import release, resize


def test_a_machine_has_two_minutes_and_its_group_notices_a_minute_after_them() -> None:
    one = world(boot_seconds={"spot": 100.0, "on-demand": 100.0})
    (dying,) = interrupt(one)
    one.run(119)
    assert (bought(one), dying.alive) == ((1, 5), True)
    one.run(1)
    # It still counts, and Auto Scaling still describes it as in service.
    assert (bought(one), states(one)) == ((1, 4), {"InService": 6})
    one.run(60)
    assert states(one) == {"InService": 5, "Pending": 1}
    one.run(100)
    assert bought(one) == (1, 5)
    told = [kind for _, kind in happened(one, "recommendation", "warning", "taken", "noticed")]
    assert told == ["warning", "recommendation", "taken", "noticed"]


def test_a_machine_that_was_released_is_replaced_before_it_ends() -> None:
    one = world(boot_seconds={"spot": 100.0, "on-demand": 100.0})
    (dying,) = interrupt(one)
    release(one, "terminate", [dying.id])
    one.run(101)
    assert bought(one) == (1, 5)
    assert one.meter.dip == 100


def test_a_drain_longer_than_two_minutes_is_cut_off() -> None:
    one = world(drain_seconds=300)
    (dying,) = interrupt(one)
    release(one, "terminate", [dying.id])
    one.run(120)
    assert dying.id not in one.members
    assert happened(one, "taken", "gone", "noticed") == [(120, "taken")]


def test_a_detached_machine_runs_until_it_is_taken() -> None:
    one = world(balanced=False)
    (dying,) = interrupt(one)
    release(one, "detach", [dying.id])
    one.run(119)
    assert dying.id in one.running
    one.run(1)
    assert dying.id not in one.running


@pytest.mark.parametrize(("room", "left"), [(2, 4), (1, 2), (0, 0)])
def test_a_pool_that_dries_up_takes_back_what_it_cannot_hold(room: float, left: int) -> None:
    one = world(Market(spot=drought(100, 9000, room=room)), base=0, zones=("us-east-1a", "us-east-1b"))
    one.run(100 + 120 + 60 + 150)
    assert bought(one) == (0, left)
    assert one.counts.losses == 6 - left


def test_on_demand_is_never_taken_back() -> None:
    one = world(Market(on_demand=drought(100, 900), spot=drought(100, 900)), base=3)
    one.run(800)
    assert bought(one) == (3, 0)


def test_a_zone_that_dries_up_is_made_up_for_in_the_others() -> None:
    one = world(Market(spot=drought(100, 90_000, "us-east-1b")), base=0)
    one.run(600)
    assert bought(one) == (0, 6)
    assert {machine.pool.zone for machine in one.members.values()} == {"us-east-1a", "us-east-1c"}


def test_a_wave_takes_its_share_and_what_comes_after_it_stays() -> None:
    one = world(Market(waves=(Wave(100, 0.6),)), base=0, desired=10)
    one.run(100 + 120)
    assert bought(one) == (0, 4)
    one.run(HOUR)
    assert (bought(one), one.counts.losses) == ((0, 10), 6)


def test_a_wave_may_hit_one_zone_alone() -> None:
    one = world(Market(waves=(Wave(100, 1, "us-east-1a"),)), base=0)
    one.run(221)
    assert {machine.pool.zone for machine in one.members.values() if not machine.alive} == {"us-east-1a"}


def test_the_seed_decides_whom_a_wave_hits() -> None:
    def hit(seed: int) -> list[str]:
        one = world(Market(waves=(Wave(100, 0.5),)), base=0, desired=12, seed=seed)
        one.run(100)
        return [event.instance for event in one.events if event.kind == "warning"]

    assert hit(1) == hit(1)
    assert len({tuple(hit(seed)) for seed in range(8)}) > 1


def test_a_recommendation_may_be_ahead_of_the_notice() -> None:
    one = world(Market(spot=drought(1000, 9000), ahead_seconds=600), base=0, desired=1)
    one.run(2000)
    assert happened(one, "recommendation", "warning")[:2] == [(400, "recommendation"), (1000, "warning")]


def test_those_that_were_recommended_to_be_replaced_are_those_that_go() -> None:
    market = Market(spot=drought(1000, 9000, room=5), ahead_seconds=600)
    one = world(market, base=0, desired=12, zones=("us-east-1a",))
    one.run(2000)
    told = {
        kind: {event.instance for event in one.events if event.kind == kind} for kind in ("recommendation", "taken")
    }
    assert told["recommendation"] == told["taken"]
    assert len(told["taken"]) == 7


def test_some_interruptions_are_announced_and_others_not() -> None:
    one = world(Market(waves=(Wave(100, 1),), warned=0.2), base=0, desired=50)
    one.run(500)
    warned = happened(one, "warning")
    assert one.counts.losses == 50
    assert 3 <= len(warned) <= 20


def test_a_dead_machine_may_be_scaled_in_before_anybody_notices() -> None:
    one = world(base=0, desired=1)
    interrupt(one)
    one.run(130)
    resize(one, 0)
    one.run(500)
    assert (one.members, one.counts.launches) == ({}, 0)


@pytest.mark.parametrize(("age", "free"), [(600, True), (HOUR + 600, False)])
def test_a_machine_taken_back_within_its_first_hour_costs_nothing(age: float, free: bool) -> None:
    one = world(base=0, desired=0)
    resize(one, 1)
    one.run(age)
    interrupt(one)
    resize(one, 1)
    one.run(120)
    expected = 0 if free else (age + 120) * one.shape.offers[0].spot / HOUR
    assert one.meter.cost["spot"] == pytest.approx(expected)


def test_what_stood_there_before_the_world_began_is_past_its_first_hour() -> None:
    one = world(base=0, desired=1)
    interrupt(one)
    one.run(120)
    assert one.meter.cost["spot"] == pytest.approx(120 * one.shape.offers[0].spot / HOUR)


def test_whoever_ends_a_machine_himself_pays_for_it() -> None:
    one = world(base=0, desired=0, drain_seconds=60)
    resize(one, 1)
    one.run(600)
    interrupt(one)
    release(one, "terminate", [members(one, "spot")[0].id])
    one.run(70)
    assert one.meter.cost["spot"] == pytest.approx(670 * one.shape.offers[0].spot / HOUR)


def test_what_is_missing_adds_up() -> None:
    one = world(NO_SPOT, base=2)
    one.run(HOUR)
    meter = one.meter
    assert (meter.dip, meter.deepest, meter.longest) == (4 * HOUR, 4, HOUR)
    assert meter.all_on_demand == pytest.approx(6 * 1.006)
    assert (meter.seconds, meter.served) == (HOUR, 2 * HOUR)


def test_what_flaps_is_bought_and_lost_again() -> None:
    one = world(Market(spot=Supply({"*": ((100, 0), (400, 99), (2000, 0))})), base=0, desired=3)
    one.run(3000)
    assert (one.counts.losses, one.counts.launches) == (6, 3)
