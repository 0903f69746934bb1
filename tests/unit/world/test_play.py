"""Tidegate around the simulated world: it is woken as in an account, and the same code decides."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.world.worlds import MIX_ONLY, interrupt, world
from tidegate.desk.world.clock import DAY, HOUR, MINUTE
from tidegate.desk.world.market import Market, Wave, drought
from tidegate.desk.world.metrics import Metrics, utilisation
from tidegate.desk.world.play import Run, Scenario, play
from tidegate.desk.world.ports import Ports
from tidegate.desk.world.schedule import Rewrite
from tidegate.desk.world.shape import Shape
from tidegate.desk.world.tending import Tidegate
from tidegate.fleet.distribution import Distribution
from tidegate.policy.mix import Mix
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

NEITHER = replace(MIX_ONLY, mix=Mix(mode="leave"))
"""Size and mix are somebody else's."""

WAVE = Scenario(seconds=HOUR, market=Market(waves=(Wave(600, 0.6),)))


def codes(run: Run) -> list[str]:
    return [code for _, code, _ in run.decided()]


def test_a_quiet_fleet_is_looked_at_every_ten_minutes_and_nothing_is_done() -> None:
    run = play(Scenario(seconds=HOUR), MIX_ONLY)
    assert run.totals.looks == 6
    assert (run.calls.changes, run.events, codes(run)) == ([], [], ["steady"])


def test_machines_with_a_notice_are_released_and_replaced_sooner_than_without_tidegate() -> None:
    tended, left = play(WAVE, MIX_ONLY), play(WAVE, None)
    assert [call.operation for call in tended.calls.changes] == ["TerminateInstanceInAutoScalingGroup"]
    assert tended.totals.losses == left.totals.losses == 3
    # Boots within two minutes from the notice on; without, from a minute after the end on.
    assert (tended.totals.dip, left.totals.dip) == (3 * 120, 3 * 180)
    assert codes(tended)[-1] == "steady"
    assert "replaced" in codes(tended)


def test_a_notice_is_acted_on_a_second_after_it() -> None:
    (call,) = play(WAVE, MIX_ONLY).calls.changes
    assert call.t == 601


def test_a_wave_of_a_hundred_is_released_ten_at_a_time() -> None:
    run = play(Scenario(seconds=1200, shape=Shape(desired=41), market=Market(waves=(Wave(600, 1),))), MIX_ONLY)
    assert [len(call.parameters["InstanceIds"]) for call in run.calls.changes] == [10] * 4


def test_notices_that_get_lost_are_made_up_for_by_auto_scaling_alone() -> None:
    run = play(Scenario(seconds=HOUR, market=Market(waves=(Wave(600, 0.6),), warned=0)), MIX_ONLY)
    assert run.calls.changes == []
    assert run.totals.dip == 3 * 180


@pytest.mark.parametrize("mode", [Mode(act=False, stopped=False), Mode(act=True, stopped=True)])
def test_whoever_may_not_act_looks_and_leaves_it_at_that(mode: Mode) -> None:
    run = play(WAVE, MIX_ONLY, mode=mode)
    assert run.calls.changes == []
    assert run.totals.looks > 6
    assert run.totals.dip == 3 * 180


def test_an_open_incident_is_looked_at_every_minute() -> None:
    run = play(Scenario(seconds=2400, market=Market(spot=drought(600, 4000))), NEITHER)
    looks = [call.t for call in run.calls.made if call.operation == "DescribeScalingActivities"]
    assert run.totals.failures > 2
    assert {int(t // MINUTE) for t in looks} >= set(range(11, 39))
    assert codes(run)[-1] == "failed_capacity"


def test_the_size_follows_its_signals() -> None:
    load = utilisation(lambda t: 2.5 if t <= HOUR else 7)
    scenario = Scenario(seconds=2 * HOUR, shape=Shape(desired=4), gauges={"cpu": load})
    run = play(scenario, Profile())
    sizes = [call.parameters["DesiredCapacity"] for call in run.calls.changes]
    assert sizes[-1] == 10
    assert run.rows[-1].desired == 10
    # The minute from 3600 on can be read at 3720; a second later the alarm's event is there, and then its wake.
    assert run.calls.changes[0].t == HOUR + 2 * MINUTE + 1.5
    rang = [call.t for call in run.calls.made if call.operation == "GetMetricData" and call.t % MINUTE == 1.5]
    assert rang == [HOUR + 2 * MINUTE + 1.5]


class Hindered(Ports):
    """Auto Scaling whose first two calls that change something get no answer."""

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        if len(self.calls.changes) < 2:
            self.calls.note(self.world.now, "TerminateInstanceInAutoScalingGroup")
            raise TimeoutError("no answer")
        super().terminate(group, instances, shrink=shrink)


def tending(ports: Ports) -> Tidegate:
    return Tidegate(ports.world, MIX_ONLY, Metrics(ports.world), ports)


def test_what_could_not_be_released_is_delivered_again() -> None:
    ports = Hindered(world())
    tending(ports)
    (dying,) = interrupt(ports.world)
    ports.world.run(120)
    # The notice, the look that it wakes, and the notice once more after its visibility timeout.
    assert [call.t for call in ports.calls.changes] == [1, 1.5, 16]
    assert dying.id not in ports.world.members


def test_a_wake_of_the_same_event_is_swallowed_for_five_minutes() -> None:
    ports = Ports(world())
    one = tending(ports)
    looks: list[int] = []
    for wait in (0, 10, 290):
        ports.world.run(wait)
        before = one.looks
        one.fleets({"chat": ("an-event", "a test")})
        ports.world.run(1)
        looks.append(one.looks - before)
    assert looks == [1, 0, 1]


def test_rows_show_how_the_fleet_stood() -> None:
    run = play(Scenario(seconds=HOUR, others=[Rewrite(1800, 3)]), None, tick=20)
    assert [row.t for row in run.rows] == [20 * number for number in range(181)]
    assert {(row.base, row.on_demand_target) for row in run.rows} == {(1, 1), (3, 3)}
    assert (run.rows[0].on_demand, run.rows[0].spot) == (1, 5)
    assert (run.rows[-1].on_demand, run.rows[-1].spot) == (3, 3)


def test_costs_are_told_by_purchase_option_beside_all_on_demand() -> None:
    totals = play(Scenario(seconds=10 * HOUR), None).totals
    assert totals.cost == pytest.approx({"on-demand": 10 * 1.006, "spot": 50 * 0.412})
    assert totals.all_on_demand == pytest.approx(60 * 1.006)
    assert totals.saved == pytest.approx(1 - (10.06 + 20.6) / 60.36)


def test_the_same_seed_gives_the_same_run() -> None:
    def story(seed: int) -> object:
        run = play(Scenario(seconds=HOUR, market=WAVE.market, shape=Shape(desired=20), seed=seed), MIX_ONLY)
        return run.events, run.rows, run.calls.made, run.totals

    assert story(3) == story(3)
    assert story(3) != story(4)


def test_a_day_of_a_hundred_machines_is_told_in_rows_with_every_loss() -> None:
    shape = Shape(desired=100, distribution=Distribution(10, 0))
    waves = tuple(Wave(t, 0.1) for t in range(HOUR, DAY, HOUR))
    run = play(Scenario(seconds=DAY, shape=shape, market=Market(waves=waves)), MIX_ONLY, tick=20)
    assert run.totals.losses == 23 * 9
    assert run.totals.dip == 23 * 9 * 120
    assert (len(run.rows), run.rows[-1].t) == (DAY // 20 + 1, DAY)
