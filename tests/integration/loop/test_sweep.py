"""The sweep: each fleet is looked at in time, those that want it at once, and nobody is left out."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.integration.loop.mixes import policy
from tests.integration.loop.scenes import BEGAN, SPOT_SHORT, failing, invocations, woken
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Fault


def stop_reconciling(event: Any, context: Any) -> None:
    """Acknowledge every wake unseen."""


def minute(number: int) -> dict[str, str]:
    """Return what the scheduler sends in a minute of the Region."""
    return {"time": datetime.fromtimestamp(BEGAN + 60 * number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def sweep(region: Region, number: int) -> int:
    answer = region.invoke("sweep", minute(number))
    assert answer.error is None, answer.payload
    return answer.payload["woken"]


def test_a_steady_fleet_is_woken_every_ten_minutes_and_no_more_often() -> None:
    names = [f"fleet-{number}" for number in range(6)]
    with Region(loop=True, handlers={"reconcile": stop_reconciling}) as region:
        for name in names:
            region.fleet(name, on_demand=0, spot=1, balanced=False)
        region.run(3600)
        for name in names:
            minutes = [int(wake["event"].removeprefix("sweep-")) for wake in woken(region, name)]
            # The very first sweep of a stage looks at everybody.
            assert len(minutes) == 7
            assert {later - earlier for earlier, later in pairwise(minutes[1:])} == {10}
            assert {wake["why"] for wake in woken(region, name)} == {"it is looked at every 10 minutes"}


def test_a_fleet_that_deviates_is_woken_every_minute_until_it_is_as_it_is_meant_to_be() -> None:
    with Region(loop=True, policy=policy(mode="leave")) as region:
        region.fleet()
        region.launches_fail("chat", SPOT_SHORT)
        region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=8)
        region.run(305)
        swept = [wake for wake in woken(region) if wake["event"].startswith("sweep-")]
        assert [wake["why"] for wake in swept] == ["6 of 8 machines are in service"] * 5
        region.launches_succeed("chat")
        region.run(600)
        before = len(woken(region))
        region.run(540)
        assert len(woken(region)) <= before + 1


def test_a_fleet_whose_machines_are_in_standby_deviates_although_it_has_its_size() -> None:
    with Region(loop=True) as region:
        machine = region.fleet().spot_machines()[0].id
        region.client("autoscaling").enter_standby(
            AutoScalingGroupName="chat", InstanceIds=[machine], ShouldDecrementDesiredCapacity=True
        )
        region.run(125)
        assert [wake["why"] for wake in woken(region)] == ["machines are 1 Standby"] * 2


def test_a_fleet_with_an_open_incident_is_woken_every_minute_until_it_is_closed() -> None:
    with Region(loop=True, mode="observe") as region:
        region.interrupt(region.fleet().spot_machines()[0])
        region.run(485)
        whys = [wake["why"] for wake in woken(region) if wake["event"].startswith("sweep-")]
        closed = [one for one in region.incidents() if one.outcome]
        assert (len(closed), whys[:4]) == (1, ["an incident is open"] * 4)
        assert "an incident is open" not in whys[4:]


def test_a_group_without_the_tag_is_never_woken() -> None:
    with Region(loop=True) as region:
        plain = region.fleet("plain", profile=None)
        region.interrupt(plain.spot_machines()[0])
        region.run(1300)
        assert woken(region, "plain") == []


def test_machines_that_were_detached_are_looked_for_every_ten_minutes() -> None:
    with Region(loop=True) as region:
        region.run(3600)
        minutes = [int(wake["event"].removeprefix("sweep-")) for wake in region.wakes() if wake["target"] == "strays"]
        assert {later - earlier for earlier, later in pairwise(minutes[1:])} == {10}


def test_a_minute_that_is_swept_twice_wakes_nobody_twice() -> None:
    with Region() as region:
        for number in range(12):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        region.interrupt(region.fleets["fleet-0"].spot_machines()[0])
        region.run(60)
        for number in range(1, 13):
            sweep(region, number)
            before = region.wakes()
            sweep(region, number)
            assert region.wakes() == before
            region.run(58)


def test_a_sweep_that_comes_after_the_next_one_wakes_nobody_anew() -> None:
    with Region() as region:
        for number in range(20):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        sweep(region, 0)
        first = len(region.wakes())
        for number in range(1, 6):
            sweep(region, number)
        before = region.wakes()
        sweep(region, 1)
        assert region.wakes() == before
        sweep(region, 6)
        targets = [wake["target"] for wake in region.wakes()[first:]]
        assert len(targets) == len(set(targets))


def test_a_sweep_of_a_time_to_come_takes_no_look_from_anybody() -> None:
    with Region() as region:
        for number in range(12):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        sweep(region, 100_000)
        before = len(region.wakes())
        for number in range(1, 11):
            sweep(region, number)
        targets = [wake["target"] for wake in region.wakes()[before:]]
        assert set(targets) == {*(f"fleet/fleet-{number}" for number in range(12)), "strays"}


@pytest.mark.parametrize("call", range(1, 7))
def test_a_sweep_that_dies_loses_nobody(call: int) -> None:
    """Its calls: the minute of the last one, groups, raised alarms, the index, wakes, the minute of this one."""
    names = [f"fleet-{number}" for number in range(25)]
    with Region() as region:
        for name in names:
            region.fleet(name, on_demand=0, spot=1, balanced=False)
        sweep(region, 0)
        before = len(region.wakes())
        for number in (1, 2):
            region.crash_after(call, "sweep")
            assert region.invoke("sweep", minute(number)).error == "Unhandled"
        for number in range(3, 11):
            sweep(region, number)
        targets = {wake["target"] for wake in region.wakes()[before:]}
        assert targets == {f"fleet/{name}" for name in names} | {"strays"}


def test_after_an_outage_each_fleet_is_woken_once_and_the_outage_is_no_burden() -> None:
    names = [f"fleet-{number}" for number in range(12)]
    with Region(loop=True, handlers={"reconcile": stop_reconciling}) as region:
        for name in names:
            region.fleet(name, on_demand=0, spot=1, balanced=False)
        region.run(65)
        region.chaos(failing(region, "DescribeAutoScalingGroups", fault=Fault(400, "Throttling"), until=1900))
        region.run(1830)
        before = len(region.wakes())
        region.chaos(None)
        region.run(30)
        targets = [wake["target"] for wake in region.wakes()[before:]]
        assert len(targets) == len(set(targets))
        assert set(targets) == {f"fleet/{name}" for name in names} | {"strays"}
        assert len(invocations(region, "sweep")) < 3 * 32


def test_five_hundred_groups_are_seen_in_five_calls() -> None:
    with Region() as region:
        build_tiny(region, 500)
        region.fleet("plain", profile=None)
        woken_then = sweep(region, 1)
        calls = region.calls_of("sweep")
        assert calls.count("autoscaling:DescribeAutoScalingGroups") == 5
        assert calls.count("cloudwatch:DescribeAlarms") == 2
        assert calls.count("cloudwatch:PutMetricAlarm") == 45
        assert calls.count("sqs:SendMessageBatch") == -(-woken_then // 10)
        assert woken_then > 500 / 10 * 0.5


def build_tiny(region: Region, number: int, profile: str = "default") -> None:
    """Build groups without machines."""
    client = region.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="tiny", ImageId="ami-12c6146b", InstanceType="g6.xlarge")
    for one in range(number):
        tag = {"Key": "tidegate:profile", "Value": profile, "PropagateAtLaunch": False}
        client.create_auto_scaling_group(
            AutoScalingGroupName=f"tiny-{one}",
            LaunchConfigurationName="tiny",
            AvailabilityZones=["us-east-1a"],
            MinSize=0,
            MaxSize=1,
            DesiredCapacity=0,
            Tags=[tag],
        )
