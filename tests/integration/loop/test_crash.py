"""At least once, with the loop running: whichever function dies after whichever call, the end is the same."""

from functools import cache

import pytest

from tests.integration.loop.ends import End, end_of
from tests.integration.loop.scenes import wake
from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.region import Region

SECONDS = 215
LOOP = ("reconcile", "sweep")


def stray(region: Region) -> None:
    """Leave a machine behind that was detached long ago, and that spot has not taken."""
    machine = region.fleets["batch"].spot_machines()[-1].id
    tag = {"Key": "tidegate:detached", "Value": "2026-03-02T08:30:00Z"}
    region.client("ec2").create_tags(Resources=[machine], Tags=[tag])
    region.client("autoscaling").detach_instances(
        AutoScalingGroupName="batch", InstanceIds=[machine], ShouldDecrementDesiredCapacity=True
    )


def missed(region: Region) -> None:
    """Spot takes two machines of each fleet back: one that the notice path releases, and later one that it misses."""
    region.fleet(name="chat", on_demand=1, spot=4)
    region.fleet(name="batch", on_demand=1, spot=5, balanced=False)
    stray(region)
    fleets = region.fleets.values()
    firsts: list[Machine] = [fleet.spot_machines()[0] for fleet in fleets]
    seconds: list[Machine] = [fleet.spot_machines()[1] for fleet in fleets]
    for machine in firsts:
        region.interrupt(machine)
    region.run(20)
    region.set_mode(mode="observe")
    region.run(15)
    for machine in seconds:
        region.interrupt(machine)
    region.run(10)
    region.set_mode(mode="act")
    wake(region, "strays")


@cache
def play(function: str = "", call: int = 0) -> tuple[End, int]:
    """Return the end of the scenario, and how many calls the function made in it."""
    with Region(seed=7, loop=True) as region:
        if call:
            region.crash_after(call, function)
        missed(region)
        region.run(SECONDS)
        return end_of(region), len(region.calls_of(function)) if function else 0


def test_undisturbed_everything_is_done_once() -> None:
    end, _ = play()
    assert sorted(end.releases.values()) == [("detach", 1), ("detach", 1), ("terminate", 1), ("terminate", 1)]
    assert list(end.ended.values()) == [1]
    assert end.sizes == {"chat": (5, 5), "batch": (5, 5)}
    assert [(one["outcome"], one["stage"]) for one in end.incidents] == [("replaced", 3)] * 4
    assert sum(losses for losses, _ in end.pools.values()) == 4
    assert (end.orphans, end.unexplained, end.wrong) == (frozenset(), frozenset(), ())
    assert not any(end.queues.values())


@pytest.mark.parametrize("function", LOOP)
def test_killed_right_after_any_of_its_calls_the_end_is_the_same(function: str) -> None:
    undisturbed, calls = play(function)
    for call in range(1, calls + 1):
        assert play(function, call)[0] == undisturbed, f"killed after call {call} of {calls}"
