"""The loop finishes what the notice path could not, one look at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.loop.mixes import deliver
from tests.integration.loop.scenes import (
    at,
    codes,
    failing,
    settled,
    wake,
)
from tidegate.desk.region.region import Region
from tidegate.fleet.incident import Incident


def only(region: Region) -> Incident:
    (incident,) = region.incidents()
    return incident


def observing(region: Region) -> Callable[[], None]:
    region.set_mode(mode="observe")
    return lambda: region.set_mode(mode="act")


def stopped(region: Region) -> Callable[[], None]:
    region.set_mode(kill_switch="on")
    return lambda: region.set_mode(kill_switch="off")


def suspended(region: Region) -> Callable[[], None]:
    call: dict[str, Any] = {"AutoScalingGroupName": "chat", "ScalingProcesses": ["Launch"]}
    region.client("autoscaling").suspend_processes(**call)
    return lambda: region.client("autoscaling").resume_processes(**call)


OBSTACLES = {"the mode is observe": observing, "the kill switch is on": stopped, "Launch is suspended": suspended}


@pytest.mark.parametrize("balanced", [True, False], ids=["terminate", "detach"])
@pytest.mark.parametrize("obstacle", OBSTACLES.values(), ids=OBSTACLES)
def test_what_held_a_release_back_is_over_and_the_machine_is_released_before_its_deadline(
    obstacle: Callable[[Region], Callable[[], None]], balanced: bool
) -> None:
    with Region(loop=True) as region:
        machine = region.fleet(balanced=balanced).spot_machines()[0]
        clear = obstacle(region)
        region.interrupt(machine)
        region.run(30)
        assert region.releases == ()
        clear()
        region.run(300)

        (release,) = region.releases
        assert (release.instance, release.how) == (machine.id, "terminate" if balanced else "detach")
        assert 30 < release.t < 120
        incident = only(region)
        assert (incident.outcome, incident.how, incident.released) == (
            "replaced",
            release.how,
            pytest.approx(at(region, "released", machine.id), abs=1),
        )
        assert f"release_{release.how}" in codes(region)
        assert settled(region)


def test_a_handler_that_fails_for_a_minute_costs_a_minute() -> None:
    with Region(loop=True) as region:
        machine = region.fleet().spot_machines()[0]
        region.chaos(failing(region, functions=["spot-interruption"], until=60))
        region.interrupt(machine)
        region.run(400)

        assert [(one.instance, 60 < one.t < 120) for one in region.releases] == [(machine.id, True)]
        assert only(region).outcome == "replaced"
        assert settled(region)


def test_wakes_that_were_sent_before_the_last_look_are_acknowledged_with_one_question() -> None:
    with Region() as region:
        region.fleet()
        for number in range(3):
            wake(region, "fleet/chat", f"event-{number}")
        region.run(1)
        for _ in range(3):
            deliver(region)
        assert region.calls_of("reconcile").count("autoscaling:DescribeAutoScalingGroups") == 1
        assert region.calls_of("reconcile").count("dynamodb:Query") == 3
        assert codes(region) == ["no_data"]


def test_a_fleet_that_cannot_be_looked_at_is_journaled_once_and_tried_again() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet()
        region.fleet(name="other")
        region.chaos(failing(region, "DescribeAutoScalingGroups", functions=["reconcile"], until=200))
        region.interrupt(fleet.spot_machines()[0])
        region.run(190)
        assert codes(region) == ["release_terminate", "failed"]
        assert "InternalFailure" in region.decisions()[-1].reason
        assert (settled(region), only(region).outcome) == (True, None)

        region.run(200)
        assert codes(region)[:3] == ["release_terminate", "failed", "replaced"]
        assert settled(region)


def test_a_steady_fleet_costs_five_calls_a_look_and_one_entry_in_the_journal() -> None:
    with Region(loop=True) as region:
        region.load(region.fleet(), lambda _: 3.9)
        region.run(3630)

        calls = region.calls_of("reconcile")
        looks = len([one for one in region.wakes() if one["target"] == "fleet/chat"])
        assert looks >= 6
        of_strays = calls.count("ec2:DescribeInstances")
        assert len(calls) - of_strays == 5 * looks
        assert codes(region) == ["steady"]
