"""A fleet's size follows its signals, on the virtual clock: from the load to machines that serve, and back."""

from typing import Any

import pytest

from tests.integration.loop.scenes import codes
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

MINUTE = 60


def six(region: Region, load: float | None = 5.4, **shape: Any) -> Fleet:
    """Build a fleet of six with `load` machines' worth of work to do."""
    fleet = region.fleet("chat", **{"on_demand": 2, "spot": 4, "min_size": 2, "max_size": 20, **shape})
    if load is not None:
        region.load(fleet, lambda _: load)
    return fleet


def reasons(region: Region) -> str:
    return "\n".join(one.reason for one in region.decisions())


def test_a_busy_fleet_grows_to_what_its_load_needs_and_no_further() -> None:
    with Region(loop=True) as region:
        fleet = six(region)
        region.run(40 * MINUTE)
        assert (fleet.desired, fleet.size) == (8, 8)
        assert codes(region).count("scale_out") == 1
        assert "cpu is 90, target 70: 8 needed: from 6 to 8" in reasons(region)


def test_an_idle_fleet_shrinks_once_ten_minutes_have_shown_it() -> None:
    with Region(loop=True) as region:
        fleet = six(region, load=2.0)
        region.run(10 * MINUTE)
        assert fleet.desired == 6
        region.run(6 * MINUTE)
        assert (fleet.desired, fleet.size) == (3, 3)


def test_a_fleet_without_a_word_of_its_signal_keeps_its_machines() -> None:
    with Region(loop=True) as region:
        fleet = six(region, load=None)
        gauge = region.load(fleet, lambda _: 2.0)
        region.run(5 * MINUTE)
        gauge.die()
        region.run(60 * MINUTE)
        assert fleet.desired == 6
        assert "no fresh data of cpu: the size stays" in reasons(region)


def test_of_two_signals_the_one_that_asks_for_more_decides() -> None:
    profiles: dict[str, Any] = {"profile": {"default": {"signal": {"cpu": {}, "memory": {}}}}}
    with Region(loop=True, policy=profiles) as region:
        fleet = six(region, load=2.0)
        region.signal(fleet, "CWAgent", "mem_used_percent", lambda _, serving: 600 / serving)
        region.run(40 * MINUTE)
        assert fleet.desired == 8
        assert "memory is 100, target 80: 8 needed: from 6 to 8" in reasons(region)


def own_policy(region: Region) -> str:
    tracked: Any = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 50.0,
    }
    region.client("autoscaling").put_scaling_policy(
        AutoScalingGroupName="chat",
        PolicyName="cpu50",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration=tracked,
    )
    return "the group's own policies set its size (cpu50)"


def suspended(region: Region) -> str:
    call: dict[str, Any] = {"AutoScalingGroupName": "chat", "ScalingProcesses": ["Launch"]}
    region.client("autoscaling").suspend_processes(**call)
    return "Launch suspended"


def observing(region: Region) -> str:
    region.set_mode(mode="observe")
    return "from 6 to 8: not done, the mode is observe"


def stopped(region: Region) -> str:
    region.set_mode(kill_switch="on")
    return "from 6 to 8: not done, the kill switch is on"


@pytest.mark.parametrize("obstacle", [own_policy, suspended, observing, stopped])
def test_what_keeps_the_size_as_it_is_says_so(obstacle: Any) -> None:
    with Region(loop=True) as region:
        fleet = six(region)
        said = obstacle(region)
        region.run(20 * MINUTE)
        assert fleet.desired == 6
        assert said in reasons(region)
        assert "autoscaling:SetDesiredCapacity" not in region.calls


def test_what_somebody_else_has_just_set_is_not_undone() -> None:
    with Region(loop=True) as region:
        fleet = six(region, load=2.0)
        region.run(9 * MINUTE)
        region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=12)
        region.run(50 * MINUTE)
        assert fleet.desired == 12
        assert "somebody else set the size from 6 to 12" in reasons(region)
        region.run(30 * MINUTE)
        assert fleet.desired == 3


def test_weights_are_units_of_the_size() -> None:
    with Region(loop=True) as region:
        fleet = six(region, load=10.0, weights={"g5.xlarge": 2}, on_demand=0, spot=6)
        region.run(40 * MINUTE)
        assert (fleet.desired, fleet.capacity) == (15, 16)
        assert "units in service" in reasons(region)
