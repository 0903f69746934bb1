"""Pools that run dry: what is launched elsewhere, what fails with which text, what is taken back, and recovery."""

from collections import Counter
from typing import Any

import pytest

from tidegate.desk.refusals import TEXTS, Cause
from tidegate.desk.region.autoscaling.placement import Market
from tidegate.desk.region.region import Region
from tidegate.fleet.launches import classify

TYPES = ("g6.xlarge", "g5.xlarge", "g4dn.xlarge")
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


def resize(region: Region, size: int, group: str = "chat") -> None:
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=size)


def failed(region: Region, group: str = "chat") -> list[dict[str, Any]]:
    """Return the launches that failed, oldest first."""
    told = region.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=group)["Activities"]
    return [each for each in reversed(told) if each["StatusCode"] == "Failed"]


def began(region: Region, activity: dict[str, Any]) -> float:
    """Return when an activity began, seconds since the fleet was built."""
    built = region.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["CreatedTime"]
    return (activity["StartTime"] - built).total_seconds()


@pytest.mark.parametrize(
    ("market", "size", "where", "left"),
    [
        ("spot", 12, {"zones": ZONES[:2]}, {ZONES[2]}),
        ("spot", 12, {"types": TYPES[:2]}, {TYPES[2]}),
        ("spot", 12, {"zones": ZONES[:1], "types": TYPES}, {*ZONES[1:]}),
        ("on-demand", 12, {"types": TYPES[:1]}, {TYPES[1]}),
        ("on-demand", 12, {"zones": ZONES[:2], "types": TYPES[:1]}, {ZONES[2], TYPES[0], TYPES[1]}),
    ],
)
def test_another_pool_is_tried_before_a_launch_fails(
    region: Region, market: Market, size: int, where: dict[str, Any], left: set[str]
) -> None:
    fleet = region.fleet(on_demand=6 if market == "on-demand" else 0, spot=0 if market == "on-demand" else 6)
    before = {each.id for each in fleet.machines()}
    region.dry_up(market=market, **where)
    if market == "on-demand":
        region.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName="chat",
            MixedInstancesPolicy={"InstancesDistribution": {"OnDemandBaseCapacity": size}},
            DesiredCapacity=size,
        )
    else:
        resize(region, size)
    region.run(60)

    new = [each for each in fleet.machines("InService") if each.id not in before]
    assert (len(new), failed(region)) == (6, [])
    dry = [each for each in new if in_pools(each, **where)]
    assert not dry
    assert left <= {each.zone for each in new} | {each.type for each in new}


def in_pools(machine: Any, zones: Any = ZONES, types: Any = TYPES) -> bool:
    return machine.zone in zones and machine.type in types


@pytest.mark.parametrize("cause", ["capacity", "quota"])
@pytest.mark.parametrize("market", ["spot", "on-demand"])
def test_without_a_pool_left_one_activity_says_why_and_only_that_market_fails(
    region: Region, market: Market, cause: Cause
) -> None:
    fleet = region.fleet(on_demand=3, spot=3)
    region.dry_up(market=market, cause=cause)

    for one in (fleet.spot_machines()[0], fleet.on_demand_machines()[0]):
        region.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=one.id, ShouldDecrementDesiredCapacity=False
        )
    region.run(59)

    assert {each["StatusMessage"] for each in failed(region)} == {
        TEXTS[market, cause].replace("{type}", TYPES[0]).replace("{zone}", failed_zone(region))
    }
    told = classify(failed(region)[0]["StatusMessage"])
    assert (told.market, told.cause) == (market, cause)
    sizes = {"spot": len(fleet.spot_machines()), "on-demand": len(fleet.on_demand_machines())}
    assert sizes == {"spot": 3, "on-demand": 3} | {market: 2}


def failed_zone(region: Region) -> str:
    return str(failed(region)[0]["Details"]).split('"Availability Zone":"')[1].split('"')[0]


def test_a_whole_zone_group_waits_with_backoff_until_any_pool_recovers(region: Region) -> None:
    fleet = region.fleet(on_demand=0, spot=6)
    first = region.dry_up(zones=ZONES[:1])
    others = region.dry_up(zones=ZONES[1:])
    resize(region, 7)
    region.run(1000)
    assert [began(region, each) for each in failed(region)] == [0, 60, 180, 420, 900]

    region.recover(first)
    region.run(900)
    assert fleet.size == 7
    assert Counter(each.zone for each in fleet.machines())[ZONES[0]] == 3

    region.recover(others)
    resize(region, 9)
    region.run(60)
    assert (fleet.size, len(failed(region))) == (9, 5)
    assert [each.kind for each in region.timeline if each.kind in ("drought", "recovery")] == ["drought"] * 2 + [
        "recovery"
    ] * 2


def test_a_drought_ends_by_itself_at_its_time(region: Region) -> None:
    fleet = region.fleet(on_demand=0, spot=6)
    region.dry_up(until=100)
    resize(region, 7)

    region.run(179)
    assert fleet.size == 6
    region.run(2 + 45)

    assert fleet.size == 7


def test_a_drought_of_one_fleet_is_none_of_another(region: Region) -> None:
    dry, fine = region.fleet("dry", on_demand=0, spot=3), region.fleet("fine", on_demand=0, spot=3)
    region.dry_up(dry)
    for name in ("dry", "fine"):
        resize(region, 4, name)
    region.run(50)

    assert (dry.size, fine.size) == (3, 4)
    region.launches_succeed("dry")
    region.run(60)
    assert dry.size == 4


def test_what_fails_in_several_groups_is_tried_again_by_each(region: Region) -> None:
    for name in ("a", "b"):
        region.fleet(name, on_demand=0, spot=3)
    region.dry_up()

    resize(region, 4, "a")
    region.run(30)
    resize(region, 4, "b")
    region.run(100)

    assert [len(failed(region, each)) for each in ("a", "b")] == [2, 2]
    assert [(each.t, each.data["group"]) for each in region.timeline if each.kind == "launch-failed"] == [
        (0, "a"),
        (30, "b"),
        (60, "a"),
        (90, "b"),
    ]


def test_machines_of_a_pool_that_runs_dry_are_taken_back_if_asked_for(region: Region) -> None:
    fleet = region.fleet(on_demand=3, spot=6, profile=None)
    lost = {each.id for each in fleet.spot_machines() if each.zone == ZONES[0]}
    kept = {each.id for each in fleet.machines()} - lost

    region.dry_up(zones=ZONES[:1], interrupt=True)
    region.run(119)
    assert len(fleet.machines("InService")) == 9
    region.run(60 + 2 + 45)

    reclaimed = {each.data["instance"] for each in region.timeline if each.kind == "reclaimed"}
    assert (reclaimed, len(lost)) == (lost, 2)
    assert kept <= {each.id for each in fleet.machines()}
    assert fleet.size == 9
    assert all(each.zone != ZONES[0] for each in fleet.spot_machines())
