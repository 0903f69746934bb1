"""What a fleet is made of, on the virtual clock: on-demand stands in for spot that is short, and goes again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.loop.mixes import HOLD_DOWN, MINUTE, base_of, bases, lose, made_of, policy, told, write_base
from tests.integration.loop.scenes import MISCONFIGURED, NOBODY_KNOWS, codes, invocations
from tidegate.desk.refusals import Cause
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

UPDATE = "autoscaling:UpdateAutoScalingGroup"
BETWEEN_SWEEPS = 65


def six(region: Region, **shape: Any) -> Fleet:
    """Build a fleet of one on-demand and five spot machines, and wait until the next sweep is far."""
    fleet = region.fleet("chat", **{"on_demand": 1, "spot": 5, "max_size": 12, **shape})
    region.run(BETWEEN_SWEEPS)
    return fleet


def left(region: Region) -> set[str]:
    """Return the machines that have begun to leave."""
    return {one.data["instance"] for one in region.timeline if one.kind == "draining"}


@pytest.mark.parametrize("cause", ["capacity", "quota"])
def test_a_launch_that_fails_for_lack_of_spot_has_on_demand_stand_in_before_the_next_sweep(cause: Cause) -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up(cause=cause)
        lost = lose(region, fleet, 3)
        region.run(10)
        assert len(invocations(region, "sweep")) == 1
        assert (base_of(region), codes(region)[-1]) == (4, "fallback")
        region.run(50)

        assert made_of(fleet) == (4, 2)
        assert left(region) == set(lost)
        assert f"launching spot failed ({cause}): from 1 to 4 on-demand" in told(region, "fallback")


def test_without_jitter_of_its_own_a_group_waits_for_its_part_of_a_minute() -> None:
    with Region(loop=True) as region:
        fleet = six(region)
        region.dry_up()
        lose(region, fleet)
        region.run(3 * MINUTE)
        assert made_of(fleet) == (2, 4)
        assert codes(region).index("spot_missing") < codes(region).index("fallback")


def test_spot_that_is_back_takes_over_step_by_step_and_the_owner_has_his_base_again() -> None:
    with Region(loop=True, policy=policy(return_step_percent=50)) as region:
        fleet = six(region)
        region.dry_up(until=BETWEEN_SWEEPS + 90)
        lost = lose(region, fleet, 3)
        region.run(HOLD_DOWN)
        assert (bases(region), made_of(fleet)) == ([4], (4, 2))
        region.run(25 * MINUTE)

        assert (bases(region), base_of(region), made_of(fleet)) == ([4, 2, 1], 1, (1, 5))
        went = left(region) - set(lost)
        assert len(went) == 3
        assert not went & {one.id for one in fleet.machines()}
        assert codes(region)[-1] in ("steady", "no_data")


def test_a_return_that_finds_no_spot_is_taken_back_and_the_next_one_waits_twice_as_long() -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up()
        lose(region, fleet, 2)
        region.run(14 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (3, (3, 3))
        assert bases(region) == [3, 2, 3]
        assert "no spot came for on-demand (capacity): 3 stay on-demand" in told(region, "return_failed")
        assert "after 1 failed returns" in region.decisions()[-1].reason
        returned = [one.at for one in region.decisions() if one.code == "return"]
        region.run(10 * MINUTE)
        again = [one.at for one in region.decisions() if one.code == "return"]
        assert again[-1] - returned[0] >= 2 * HOLD_DOWN


def test_the_base_that_terraform_writes_back_every_hour_costs_no_machine_while_spot_is_missing() -> None:
    """With the owner's base Auto Scaling ends on-demand once spot has come for it, and none comes."""
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up()
        lost = lose(region, fleet, 2)
        region.run(2 * MINUTE)
        for _ in range(2):
            write_base(region, "chat", 1)
            region.run(60 * MINUTE)
            assert (made_of(fleet), left(region)) == ((3, 3), set(lost))
        lose(region, fleet)
        region.run(2 * MINUTE)
        assert (bases(region), made_of(fleet)) == ([3, 4], (4, 2))
        write_base(region, "chat", 1)
        region.recover()
        region.run(30 * MINUTE)
        assert (bases(region), base_of(region), made_of(fleet)) == ([3, 4], 1, (1, 5))


def test_a_base_that_its_owner_changes_meanwhile_is_the_one_to_which_it_returns() -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up(until=BETWEEN_SWEEPS + 90)
        lose(region, fleet, 2)
        region.run(2 * MINUTE)
        write_base(region, "chat", 2)
        region.run(30 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (2, (2, 4))


def test_on_demand_that_is_short_too_is_not_asked_for_again_and_again() -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up()
        region.dry_up(market="on-demand", until=BETWEEN_SWEEPS + 8 * MINUTE)
        lose(region, fleet, 2)
        region.run(7 * MINUTE)
        assert (made_of(fleet), bases(region)) == ((1, 3), [3, 1])
        assert "on-demand is short (capacity): 2 are asked of spot again" in told(region, "on_demand_short")
        region.run(25 * MINUTE)
        assert made_of(fleet) == (3, 3)


def test_no_more_on_demand_than_the_profile_allows() -> None:
    with Region(loop=True, policy=policy(max_on_demand=2)) as region:
        fleet = six(region)
        region.dry_up()
        lose(region, fleet, 3)
        region.run(3 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (2, (2, 2))
        assert "to 2 on-demand, which is all there may be: max_on_demand is 2" in told(region, "fallback")
        assert "2 on-demand already: max_on_demand is 2" in told(region, "capped")


@pytest.mark.parametrize("message", [MISCONFIGURED, NOBODY_KNOWS])
def test_a_launch_that_fails_for_another_reason_has_no_on_demand_stand_in_and_its_words_are_kept(message: str) -> None:
    with Region(loop=True, policy=policy(fallback_after_seconds=0)) as region:
        fleet = six(region)
        region.dry_up(message=message)
        lose(region, fleet, 2)
        region.run(10 * MINUTE)
        assert (base_of(region), made_of(fleet), UPDATE in region.calls) == (1, (1, 3), False)
        assert any(message in one.reason for one in region.decisions() if one.code.startswith("launch_failed_"))


def stopped(region: Region) -> str:
    region.set_mode(kill_switch="on")
    return "from 1 to 3 on-demand: not done, the kill switch is on"


def observing(region: Region) -> str:
    region.set_mode(mode="observe")
    return "from 1 to 3 on-demand: not done, the mode is observe"


def suspended(region: Region) -> str:
    region.client("autoscaling").suspend_processes(AutoScalingGroupName="chat", ScalingProcesses=["Terminate"])
    return "Terminate suspended: the mix stays"


def refreshed(region: Region) -> str:
    region.fleets["chat"].refresh()
    return "an instance refresh is InProgress"


@pytest.mark.parametrize("obstacle", [stopped, observing, suspended, refreshed])
def test_what_keeps_the_mix_as_it_is_says_so(obstacle: Callable[[Region], str]) -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        said = obstacle(region)
        region.run(11)
        region.dry_up()
        lose(region, fleet, 2)
        region.run(5 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (1, (1, 3))
        assert said in "\n".join(one.reason for one in region.decisions())
        assert UPDATE not in region.calls


def test_a_kill_switch_that_is_turned_on_in_a_drought_keeps_what_stands_in() -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.dry_up(until=BETWEEN_SWEEPS + 90)
        lose(region, fleet, 2)
        region.run(2 * MINUTE)
        region.set_mode(kill_switch="on")
        region.run(20 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (3, (3, 3))
        region.set_mode(kill_switch="off")
        region.run(20 * MINUTE)
        assert (base_of(region), made_of(fleet)) == (1, (1, 5))


def test_a_group_with_policies_of_its_own_keeps_its_size_and_its_mix_is_tended() -> None:
    tracked: Any = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 50.0,
    }
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.client("autoscaling").put_scaling_policy(
            AutoScalingGroupName="chat",
            PolicyName="cpu50",
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration=tracked,
        )
        region.load(fleet, lambda _: 5.9)
        region.dry_up()
        lose(region, fleet, 2)
        region.run(5 * MINUTE)
        assert (fleet.desired, made_of(fleet)) == (6, (3, 3))
        assert "the group's own policies set its size (cpu50)" in "\n".join(one.reason for one in region.decisions())


def test_what_a_fleet_grows_by_in_a_drought_is_on_demand() -> None:
    with Region(loop=True, policy=policy()) as region:
        fleet = six(region)
        region.load(fleet, lambda _: 5.4)
        region.dry_up()
        lose(region, fleet, 2)
        region.run(15 * MINUTE)
        assert (fleet.desired, made_of(fleet)) == (8, (5, 3))


def test_what_a_fleet_shrinks_by_in_a_drought_is_on_demand_since_size_and_base_fall_in_one_call() -> None:
    with Region(loop=True, policy=policy(hold_down_seconds=2700)) as region:
        fleet = six(region)
        region.load(fleet, lambda _: 2.0)
        region.dry_up()
        lost = lose(region, fleet, 2)
        spot = {one.id for one in fleet.spot_machines()}
        region.run(20 * MINUTE)
        assert (fleet.desired, bases(region), made_of(fleet)) == (3, [3, 1], (1, 2))
        assert len(spot & (left(region) - set(lost))) == 1
        assert "autoscaling:SetDesiredCapacity" not in region.calls
