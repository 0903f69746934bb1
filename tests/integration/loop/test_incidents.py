"""Incidents: followed from the warning to the replacement, and told as they were."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.loop.scenes import (
    MISCONFIGURED,
    NOBODY_KNOWS,
    QUOTA,
    SPOT_SHORT,
    at,
    codes,
    launched,
    settled,
    wake,
    woken,
)
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.fleet.incident import Incident


def only(region: Region) -> Incident:
    (incident,) = region.incidents()
    return incident


def test_an_incident_tells_when_its_machine_left_and_when_its_replacement_served() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet(boot=45)
        machine = fleet.spot_machines()[0]
        region.run(7.5)
        region.interrupt(machine)
        region.run(200)

        incident, (new,) = only(region), launched(region)
        served, left = at(region, "in-service", new), at(region, "released", machine.id)
        assert (incident.outcome, incident.replacement, incident.stage) == ("replaced", new, 3)
        assert incident.replaced == pytest.approx(served, abs=1)
        assert incident.released == pytest.approx(left, abs=1)
        assert incident.dip == pytest.approx(served - left, abs=1)
        assert (incident.deadline - incident.noticed, incident.replacing) == (120, "")
        # And then of the size, for which this fleet has no metrics.
        assert codes(region)[:3] == ["release_terminate", "launching", "replaced"]


@pytest.mark.parametrize("apart", [0.0, 0.7, 20.0, 100.0], ids=lambda apart: f"{apart} s apart")
def test_of_several_losses_each_has_a_replacement_of_its_own_in_the_order_of_their_releases(apart: float) -> None:
    with Region(loop=True) as region:
        machines = region.fleet(spot=6).spot_machines()[:4]
        for machine in machines:
            region.interrupt(machine)
            region.run(apart)
        region.run(300)

        incidents = {one.instance: one for one in region.incidents()}
        order = [each.instance for each in region.releases]
        assert {one.outcome for one in incidents.values()} == {"replaced"}
        assert sorted(one.replacement for one in incidents.values()) == sorted(launched(region))
        if apart:
            assert [incidents[each].replacement for each in order] == launched(region)
        for one in incidents.values():
            assert one.replaced == pytest.approx(at(region, "in-service", one.replacement), abs=1)


def test_a_warning_that_arrives_late_does_not_take_the_replacement_of_another_loss() -> None:
    with Region(loop=True) as region:
        first, second, *_ = region.fleet().spot_machines()
        region.emit(warning(second), delay=100)
        region.interrupt(second, notice=False)
        region.interrupt(first)
        region.run(80)
        # A look without an open incident in between: nothing is left to remember then.
        wake(region, "fleet/chat")
        region.run(320)

        incidents = {one.instance: one for one in region.incidents()}
        assert [incidents[one].replacement for one in (first.id, second.id)] == launched(region)
        for one in incidents.values():
            assert one.replaced == pytest.approx(at(region, "in-service", one.replacement), abs=1)


LEFT_TO_SPOT: dict[str, Any] = {"profile": {"default": {"mix": {"mode": "leave"}}}}
"""Where on-demand stands in, a shortage of spot ends within minutes."""

SHORTAGES = {
    "no spot capacity": (SPOT_SHORT, "failed_capacity", "spot capacity"),
    "a spot quota": (QUOTA, "failed_quota", "spot quota"),
    "a wrong configuration": (MISCONFIGURED, "failed_configuration", "spot configuration"),
    "something else": (NOBODY_KNOWS, "failed_unknown", "unknown unknown"),
}


@pytest.mark.parametrize(("message", "code", "told"), SHORTAGES.values(), ids=SHORTAGES)
def test_while_launches_fail_the_incident_says_why_and_it_closes_when_one_succeeds(
    message: str, code: str, told: str
) -> None:
    with Region(loop=True, policy=LEFT_TO_SPOT) as region:
        fleet = region.fleet()
        machine = fleet.spot_machines()[0]
        region.launches_fail("chat", message)
        region.interrupt(machine)
        region.run(250)

        incident = only(region)
        assert (incident.outcome, code in codes(region)) == (None, True)
        assert told in incident.replacing
        assert message in incident.replacing
        assert codes(region).count(code) == 1

        region.launches_succeed("chat")
        region.run(600)
        incident, (new,) = only(region), launched(region)
        assert (incident.outcome, incident.replacement) == ("replaced", new)
        assert incident.replaced == pytest.approx(at(region, "in-service", new), abs=1)
        assert (fleet.size, settled(region)) == (fleet.desired, True)


def test_a_replacement_that_dies_while_it_boots_is_no_replacement() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet(boot=45)
        region.interrupt(fleet.spot_machines()[0])
        region.run(10)
        (pending,) = fleet.machines("Pending")
        region.interrupt(pending, after=10, notice=False)
        region.run(400)

        incident = only(region)
        assert launched(region)[0] == pending.id
        assert (incident.outcome, incident.replacement) == ("replaced", launched(region)[1])


def test_an_owner_who_scales_in_needs_no_replacement() -> None:
    with Region(loop=True, policy=LEFT_TO_SPOT) as region:
        fleet = region.fleet()
        region.launches_fail("chat", SPOT_SHORT)
        region.interrupt(fleet.spot_machines()[0])
        region.run(70)
        region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=5)
        region.run(120)

        assert (only(region).outcome, only(region).replacement, fleet.desired) == ("not_needed", "", 5)


def test_a_machine_that_spot_does_not_take_after_all_has_survived() -> None:
    with Region(loop=True, mode="observe") as region:
        machine = region.fleet().spot_machines()[0]
        region.emit(warning(machine))
        region.run(700)
        assert only(region).outcome is None
        assert "past its deadline and still in its group" in only(region).replacing
        region.run(200)

        assert (only(region).outcome, region.releases) == ("survived", ())


def test_a_machine_that_nobody_released_is_gone_at_its_deadline_and_its_dip_begins_there() -> None:
    with Region(loop=True, mode="observe") as region:
        machine = region.fleet().spot_machines()[0]
        region.interrupt(machine)
        region.run(600)

        incident = only(region)
        served = at(region, "in-service", launched(region)[0])
        assert (incident.outcome, incident.released) == ("replaced", None)
        assert incident.dip == pytest.approx(served - at(region, "reclaimed", machine.id), abs=1)


def deleted(region: Region) -> None:
    region.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="chat", ForceDelete=True)


def untagged(region: Region) -> None:
    tag = {"ResourceId": "chat", "ResourceType": "auto-scaling-group", "Key": "tidegate:profile"}
    region.client("autoscaling").delete_tags(Tags=[tag])


@pytest.mark.parametrize("end", [deleted, untagged])
def test_incidents_of_what_is_no_fleet_any_more_are_closed(end: Callable[[Region], None]) -> None:
    with Region(loop=True) as region:
        fleet = region.fleet()
        region.launches_fail("chat", SPOT_SHORT)
        for machine in fleet.spot_machines()[:2]:
            region.interrupt(machine)
        region.run(70)
        end(region)
        region.run(180)

        assert [one.outcome for one in region.incidents()] == ["no_fleet", "no_fleet"]
        before = len(woken(region))
        region.run(900)
        assert (len(woken(region)), settled(region)) == (before, True)
