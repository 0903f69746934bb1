"""The fleet's ports on the simulated world: what they show is what there is, and every call is written down."""

import pytest

from tests.unit.world.worlds import NO_SPOT, interrupt, members, weighted, world
from tidegate.desk.world.calls import Call
from tidegate.desk.world.clock import BEGAN
from tidegate.desk.world.ports import Ports
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.others import Others
from tidegate.fleet.ports import Groups, Launches, Mixes, Refused, Sizes


def test_they_are_the_ports_of_the_fleet() -> None:
    ports = Ports(world())
    groups: Groups = ports
    launches: Launches = ports
    sizes: Sizes = ports
    mixes: Mixes = ports
    assert {id(one) for one in (groups, launches, sizes, mixes)} == {id(ports)}
    assert ports.others("chat") == Others()


def test_a_group_is_described_as_it_is() -> None:
    one = world(offers=weighted(2, 4), desired=12, base=4, percent=25, max_size=50, balanced=False)
    group = Ports(one).fleets(["chat", "another"])["chat"]
    assert (group.desired, group.in_service, group.min_size, group.max_size) == (12, 12, 0, 50)
    assert (group.profile, group.balanced, group.capacity_rebalance) == ("default", False, False)
    assert (group.distribution, group.types) == (Distribution(4, 25), {"g5.2xlarge": 2, "g5.4xlarge": 4})
    assert {machine.weight for machine in group.machines.values()} == {2}
    assert Ports(one).fleets(["another"]) == {}


def test_a_change_shows_in_the_next_description() -> None:
    one = world()
    ports = Ports(one)
    dying = interrupt(one)[0]
    before = ports.fleets(["chat"])["chat"]
    one.run(120)
    assert ports.fleets(["chat"])["chat"].machines[dying.id].in_service
    one.run(60)
    after = ports.fleets(["chat"])["chat"]
    assert dying.id in before.machines
    assert dying.id not in after.machines
    assert after.states == {"InService": 5, "Pending": 1}


def test_what_was_bought_how_shows_for_members_and_for_what_left() -> None:
    one = world(balanced=False)
    ports = Ports(one)
    spot = [machine.id for machine in members(one, "spot")]
    ports.detach("chat", spot[:1], shrink=False)
    one.run(60)
    assert ports.spot([*one.members, *spot, "i-unknown"]) >= set(spot)
    assert ports.spot([machine.id for machine in members(one, "on-demand")]) == frozenset()
    assert ports.membership([*spot, "i-unknown"]) == dict.fromkeys(spot[1:], "chat")


def test_launches_are_told_in_epoch_seconds_with_what_became_of_them() -> None:
    one = world(NO_SPOT)
    ports = Ports(one)
    one.run(100)
    ports.remix("chat", Distribution(2, 0), 6)
    one.run(300)
    told = ports.launches("chat", since=BEGAN + 60)
    assert [launch.started - BEGAN for launch in told] == [60, 100, 100, 180]
    assert [str(launch.failure) for launch in told] == ["spot capacity", "None", "spot capacity", "spot capacity"]
    assert told[1].in_service == BEGAN + 220
    assert told[1].instance in one.members


def test_what_auto_scaling_refuses_is_refused_and_changes_nothing() -> None:
    one = world(max_size=9)
    ports = Ports(one)
    before = ports.fleets(["chat"])
    with pytest.raises(Refused, match="outside of 0 to 9"):
        ports.resize("chat", 10)
    with pytest.raises(Refused, match="outside of 0 to 9"):
        ports.remix("chat", Distribution(2, 0), 10)
    with pytest.raises(Refused, match="is not part of chat"):
        ports.terminate("chat", [*one.members, "i-unknown"], shrink=False)
    with pytest.raises(Refused, match="i-unknown don't exist"):
        ports.mark_detached(["i-unknown"], BEGAN)
    assert ports.fleets(["chat"]) == before


def test_calls_are_counted_as_aws_takes_them() -> None:
    one = world(desired=120)
    ports = Ports(one)
    ports.membership(list(one.members))
    ports.spot(list(one.members))
    assert ports.calls.counts == {"DescribeAutoScalingInstances": 3, "DescribeInstances": 2}
    assert ports.calls.changes == []


def test_a_change_is_written_down_with_all_its_parameters() -> None:
    one = world()
    ports, gone = Ports(one), members(one, "spot")[0].id
    one.run(7)
    ports.terminate("chat", [gone], shrink=False)
    ports.remix("chat", Distribution(2, 0, {"SpotMaxPrice": ""}), 5)
    whole = {"SpotMaxPrice": "", "OnDemandBaseCapacity": 2, "OnDemandPercentageAboveBaseCapacity": 0}
    assert ports.calls.changes == [
        Call(
            7,
            "TerminateInstanceInAutoScalingGroup",
            {"AutoScalingGroupName": "chat", "InstanceIds": (gone,), "ShouldDecrementDesiredCapacity": False},
        ),
        Call(
            7,
            "UpdateAutoScalingGroup",
            {
                "AutoScalingGroupName": "chat",
                "DesiredCapacity": 5,
                "MixedInstancesPolicy": {"InstancesDistribution": whole},
            },
        ),
    ]


@pytest.mark.parametrize(("seconds", "expected"), [(0, False), (30, True)])
def test_a_terminate_hook_shows(seconds: float, expected: bool) -> None:
    assert Ports(world(hook_seconds=seconds)).has_terminate_hook("chat") is expected
