"""A machine with a notice serves on while its replacement starts: no dip, and the size as before in the end."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.loop.scenes import codes, failing, settled
from tidegate.desk.region.fleet import Fleet, Machine
from tidegate.desk.region.region import Region

SIZE = 6
RELEASED_AFTER = 40
"""Seconds: two minutes without sixty for the drain, and twenty to be late."""

SERVING_ON: dict[str, Any] = {"profile": {"default": {"drain_seconds": 60, "size": {"mode": "leave"}}}}


def six(region: Region, **shape: Any) -> Fleet:
    """Build a fleet of six whose machines start in half a minute, and let it be looked at."""
    fleet = region.fleet("chat", **{"on_demand": 2, "spot": 4, "boot": 30, "drain": 60, **shape})
    region.run(90)
    return fleet


def moments(region: Region, seconds: int) -> Iterator[float]:
    began = region.world.now()
    for _ in range(seconds):
        region.run(1)
        yield region.world.now() - began


def surplus(region: Region) -> str:
    """Return what the journal remembers that the group was enlarged by."""
    (state,) = [one for one in region.items() if (one["pk"], one["sk"]) == ("fleet/chat", "STATE")]
    return str(state.get("surplus", ""))


def released(region: Region, machine: Machine) -> float:
    """Return when a machine was released."""
    (one,) = [one for one in region.releases if one.instance == machine.id]
    return one.t


def test_the_replacement_serves_before_the_machine_is_released_and_nobody_misses_anything() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        machine, warned = fleet.spot_machines()[0], region.world.now()
        region.interrupt(machine)
        seen = [(t, fleet.size, fleet.desired) for t in moments(region, 300)]
        assert min(size for _, size, _ in seen) == SIZE
        assert next(t for t, _, desired in seen if desired == SIZE + 1) < 5
        assert next(t for t, size, _ in seen if size == SIZE + 1) < RELEASED_AFTER
        assert RELEASED_AFTER - 1 <= released(region, machine) - warned < RELEASED_AFTER + 5
        assert (fleet.desired, fleet.size, surplus(region), settled(region)) == (SIZE, SIZE, "", True)
        assert [one.outcome for one in region.incidents()] == ["replaced"]
        assert region.release_counts() == {machine.id: 1}


def test_a_wave_of_all_spot_machines_is_served_on_by_each_of_them() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        lost = fleet.spot_machines()
        for each in lost:
            region.interrupt(each)
        assert all(fleet.size >= SIZE for _ in moments(region, 300))
        assert (fleet.desired, fleet.size, surplus(region)) == (SIZE, SIZE, "")
        assert region.release_counts() == {each.id: 1 for each in lost}


def test_a_machine_that_died_before_its_release_leaves_no_surplus_behind() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        region.interrupt(fleet.spot_machines()[0], after=20)
        region.run(10)
        assert fleet.desired == SIZE + 1
        region.run(3 * 60)
        assert (fleet.desired, fleet.size, surplus(region), settled(region)) == (SIZE, SIZE, "", True)


def test_so_it_is_where_nobody_could_release_it_at_all() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        machine = fleet.spot_machines()[0]
        region.chaos(failing(region, "TerminateInstanceInAutoScalingGroup"))
        region.interrupt(machine)
        region.run(8 * 60)
        assert [one.instance for one in region.releases if one.caller] == []
        assert (fleet.desired, fleet.size, surplus(region)) == (SIZE, SIZE, "")
        assert machine.id not in region.members("chat")


def test_where_the_maximum_leaves_no_room_the_machine_is_released_at_once() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region, max_size=SIZE)
        machine, warned = fleet.spot_machines()[0], region.world.now()
        region.interrupt(machine)
        assert all(fleet.desired == SIZE for _ in moments(region, 180))
        assert released(region, machine) - warned < 3
        assert (fleet.size, surplus(region)) == (SIZE, "")


def test_of_two_at_once_one_serves_on_where_there_is_room_for_one() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region, max_size=SIZE + 1)
        warned = region.world.now()
        lost = fleet.spot_machines()[:2]
        for each in lost:
            region.interrupt(each)
        assert all(SIZE <= fleet.desired <= SIZE + 1 for _ in moments(region, 300))
        first, last = sorted(released(region, each) - warned for each in lost)
        assert first < 3
        assert RELEASED_AFTER - 1 <= last < RELEASED_AFTER + 5
        assert (fleet.desired, fleet.size, surplus(region)) == (SIZE, SIZE, "")


OTHERS: dict[str, int] = {"larger": 9, "smaller": 5}


@pytest.mark.parametrize("size", OTHERS.values(), ids=OTHERS)
def test_a_size_that_a_person_sets_meanwhile_stays(size: int) -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        region.interrupt(fleet.spot_machines()[0])
        region.run(20)
        client = region.client("autoscaling")
        client.set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=size, HonorCooldown=False)
        region.run(10 * 60)
        assert (fleet.desired, fleet.size, surplus(region)) == (size, size, "")


def test_a_minimum_that_is_raised_meanwhile_holds_no_release_up() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        machine, warned = fleet.spot_machines()[0], region.world.now()
        region.interrupt(machine)
        region.run(20)
        region.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="chat", MinSize=SIZE + 1)
        region.run(10 * 60)
        assert released(region, machine) - warned < RELEASED_AFTER + 5
        assert (fleet.desired, fleet.size, surplus(region)) == (SIZE + 1, SIZE + 1, "")


def test_without_an_answer_of_the_journal_the_machine_is_released_in_time_and_the_size_ends_as_before() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = six(region)
        machine, warned = fleet.spot_machines()[0], region.world.now()
        region.interrupt(machine)
        region.run(30)
        region.chaos(failing(region, "BatchGetItem"))
        region.run(10 * 60)
        assert released(region, machine) - warned < RELEASED_AFTER + 5
        assert (fleet.desired, fleet.size, surplus(region)) == (SIZE, SIZE, "")
        assert "keeping" in codes(region)
