"""Detached machines: spot ends them, or else the loop does, and it ends nothing else."""

import json
from typing import Any

from tests.integration.loop.ends import ended, orphans
from tests.integration.loop.scenes import settled
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.fleet.strays import PATIENCE_SECONDS

LONG_AGO = "2026-03-02T08:30:00Z"


def tag(region: Region, *machines: str, value: str = LONG_AGO) -> None:
    region.client("ec2").create_tags(Resources=[*machines], Tags=[{"Key": "tidegate:detached", "Value": value}])


def detach(region: Region, group: str, *machines: str) -> None:
    region.client("autoscaling").detach_instances(
        AutoScalingGroupName=group, InstanceIds=[*machines], ShouldDecrementDesiredCapacity=True
    )


def decisions_about_strays(region: Region) -> list[dict[str, Any]]:
    return [one for one in region.items() if one["pk"] == "strays" and one["sk"].startswith("DECISION#")]


def test_what_was_detached_is_ended_by_spot_and_the_loop_has_nothing_to_do() -> None:
    with Region(loop=True) as region:
        for machine in region.fleet(balanced=False).spot_machines()[:2]:
            region.interrupt(machine)
        region.run(2400)
        assert [one.how for one in region.releases] == ["detach", "detach"]
        assert (ended(region), orphans(region), decisions_about_strays(region)) == ([], set(), [])


def test_a_detached_machine_that_spot_forgot_is_ended_long_past_its_time_whatever_the_mode() -> None:
    with Region(loop=True) as region:
        machine = region.fleet(balanced=False).spot_machines()[0].id
        region.emit(warning(machine))
        region.run(60)
        region.set_mode(mode="observe", kill_switch="on")
        region.run(120 + PATIENCE_SECONDS - 60)
        assert orphans(region) == {machine}
        region.run(660)

        assert (ended(region), orphans(region)) == ([machine], set())
        (decision,) = decisions_about_strays(region)
        assert (decision["code"], machine in decision["reason"]) == ("end_strays", True)
        assert settled(region)


def test_only_what_is_spot_and_tagged_and_overdue_and_in_no_group_is_ended() -> None:
    with Region(loop=True) as region:
        # Without launches nothing brings the rest of the group back to its mix.
        fleet = region.fleet(on_demand=2, spot=8, balanced=False, suspended=["Launch"])
        on_demand = fleet.on_demand_machines()[0].id
        overdue, member, unreadable, offset, early, plain, *_ = (one.id for one in fleet.spot_machines())
        tag(region, on_demand, overdue, member)
        tag(region, unreadable, value="tomorrow")
        tag(region, offset, value="2026-03-02T08:30:00")
        tag(region, early, value="2026-03-02T09:30:00Z")
        detach(region, "chat", on_demand, overdue, unreadable, offset, early, plain)
        region.run(660)

        assert ended(region) == [overdue]
        assert orphans(region) == {on_demand, unreadable, offset, early, plain}
        (decision,) = decisions_about_strays(region)
        assert set(json.loads(decision["rejected"])) == {
            f"not_spot: {on_demand}",
            f"in_a_group: {member}",
            f"unreadable_tag: {unreadable}",
            f"unreadable_tag: {offset}",
            f"not_overdue: {early}",
        }


def test_of_very_many_strays_a_hundred_are_ended_at_a_look() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet(on_demand=0, spot=120, balanced=False)
        machines = [one.id for one in fleet.spot_machines()]
        tag(region, *machines)
        for start in range(0, 120, 20):
            detach(region, "chat", *machines[start : start + 20])
        region.run(65)
        assert len(ended(region)) == 100
        region.run(660)
        assert sorted(ended(region)) == sorted(machines)
