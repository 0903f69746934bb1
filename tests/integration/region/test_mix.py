"""Another mix of purchase options: how Auto Scaling comes to it, and what holds it up."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region
from tidegate.fleet.distribution import Distribution

GROUP = {"AutoScalingGroupName": "chat"}
WEIGHTS = {"g6.xlarge": 1, "g6.2xlarge": 2, "g6.4xlarge": 4}


def mix(region: Region, base: int, desired: int | None = None, percent: int = 0) -> None:
    """Change the policy as Tidegate does: base and desired capacity in one call."""
    distribution: Any = {"OnDemandBaseCapacity": base, "OnDemandPercentageAboveBaseCapacity": percent}
    region.client("autoscaling").update_auto_scaling_group(
        **GROUP,
        MixedInstancesPolicy={"InstancesDistribution": distribution},
        **({} if desired is None else {"DesiredCapacity": desired}),
    )


def now(fleet: Fleet) -> tuple[int, int]:
    """Return on-demand and spot machines in service."""
    return len(fleet.on_demand_machines()), len(fleet.spot_machines())


def units(fleet: Fleet) -> tuple[int, int]:
    """Return on-demand and spot units in service."""
    return sum(each.weight for each in fleet.on_demand_machines()), sum(each.weight for each in fleet.spot_machines())


def steps(region: Region, seconds: int, step: int = 5) -> Iterator[int]:
    for t in range(step, seconds + 1, step):
        region.run(step)
        yield t


def kinds(region: Region, *wanted: str) -> list[str]:
    return [each.kind for each in region.timeline if each.kind in wanted]


FULL = {
    "OnDemandAllocationStrategy": "prioritized",
    "OnDemandBaseCapacity": 0,
    "OnDemandPercentageAboveBaseCapacity": 100,
    "SpotAllocationStrategy": "lowest-price",
    "SpotInstancePools": 2,
}
OPTIMIZED = {name: value for name, value in FULL.items() if name != "SpotInstancePools"} | {
    "SpotAllocationStrategy": "price-capacity-optimized"
}


@pytest.mark.parametrize(
    ("said", "described"),
    [
        (None, OPTIMIZED | {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0}),
        ({"OnDemandBaseCapacity": 3}, FULL | {"OnDemandBaseCapacity": 3}),
        ({"SpotInstancePools": 5, "SpotMaxPrice": "0.5"}, FULL | {"SpotInstancePools": 5, "SpotMaxPrice": "0.5"}),
        ({"SpotAllocationStrategy": "price-capacity-optimized", "SpotInstancePools": 0}, OPTIMIZED),
        ({**OPTIMIZED, "SpotMaxPrice": ""}, OPTIMIZED),
    ],
)
def test_the_distribution_is_described_in_full_and_can_be_sent_back(
    region: Region, said: dict[str, Any] | None, described: dict[str, Any]
) -> None:
    region.fleet(on_demand=1, spot=5)
    client = region.client("autoscaling")

    def policy() -> dict[str, Any]:
        return client.describe_auto_scaling_groups()["AutoScalingGroups"][0]["MixedInstancesPolicy"]

    before = policy()["LaunchTemplate"]
    if said is not None:
        client.update_auto_scaling_group(**GROUP, MixedInstancesPolicy={"InstancesDistribution": said})
    assert policy()["InstancesDistribution"] == described
    again = policy()["InstancesDistribution"]
    client.update_auto_scaling_group(**GROUP, MixedInstancesPolicy={"InstancesDistribution": again})

    assert policy() == {"LaunchTemplate": before, "InstancesDistribution": described}


def test_more_on_demand_replaces_spot_machines_launch_first_and_one_at_a_time(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=10, boot=45)

    mix(region, base=3)
    assert (now(fleet), len(fleet.machines("Pending"))) == ((1, 5), 1)
    region.run(46)
    assert (now(fleet), len(fleet.machines("Pending")), len(fleet.machines("Terminating"))) == ((2, 4), 1, 1)
    region.run(46)

    assert now(fleet) == (3, 3)
    region.run(600)
    assert (now(fleet), len(fleet.machines())) == ((3, 3), 6)
    assert kinds(region, "replacing", "at-mix") == ["replacing", "at-mix"]


def test_less_on_demand_brings_spot_back_before_an_on_demand_machine_ends(region: Region) -> None:
    fleet = region.fleet(on_demand=4, spot=2, max_size=10, boot=45)

    mix(region, base=1)

    assert all(fleet.size >= 6 and len(fleet.machines("Pending", "InService")) <= 7 for _ in steps(region, 300))
    assert now(fleet) == (1, 5)


def test_a_machine_is_told_to_go_in_the_words_of_a_scale_in(region: Region) -> None:
    region.fleet(on_demand=1, spot=5, max_size=10)
    mix(region, base=2)
    region.run(200)

    newest, before = region.client("autoscaling").describe_scaling_activities(**GROUP)["Activities"][:2]

    assert newest["Description"].startswith("Terminating EC2 instance")
    assert "shrinking the capacity from 7 to 6" in newest["Cause"]
    assert before["Cause"].endswith("between desired and actual capacity, increasing the capacity from 6 to 7.")


def test_the_pace_is_a_tenth_of_the_maximum(region: Region) -> None:
    fleet = region.fleet(on_demand=0, spot=30, max_size=40, boot=45)

    mix(region, base=20)

    assert len(fleet.machines("Pending")) == 4
    assert all(len(fleet.machines("Pending", "InService")) <= 34 and fleet.size >= 30 for _ in steps(region, 600))
    assert now(fleet) == (20, 10)


def test_a_group_at_its_maximum_may_exceed_it_by_one(region: Region) -> None:
    fleet = region.fleet(on_demand=0, spot=3, max_size=3)

    mix(region, base=1)
    assert len(fleet.machines()) == 4
    region.run(200)

    assert (now(fleet), len(fleet.machines())) == ((1, 2), 3)


def test_what_is_missing_is_launched_as_the_new_mix_asks_and_nothing_is_replaced(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=12)
    region.dry_up()
    lost = fleet.spot_machines()[:2]
    for each in lost:
        region.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=each.id, ShouldDecrementDesiredCapacity=False
        )
    region.run(30)
    kept = {each.id for each in fleet.machines("InService")}

    mix(region, base=3, desired=6)
    region.run(60)

    assert now(fleet) == (3, 3)
    assert kept <= {each.id for each in fleet.machines("InService")}
    assert not kinds(region, "replacing")


def test_base_and_size_change_in_one_call(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=12)

    mix(region, base=4, desired=9)
    region.run(60)
    assert now(fleet) == (4, 5)
    mix(region, base=1, desired=6)
    region.run(120)

    assert now(fleet) == (1, 5)
    assert not kinds(region, "replacing")


def test_without_capacity_nothing_ends_and_the_launch_is_tried_again_with_backoff(region: Region) -> None:
    fleet = region.fleet(on_demand=4, spot=2, max_size=10)
    drought = region.dry_up()

    mix(region, base=1)
    region.run(1000)
    assert now(fleet) == (4, 2)
    assert [each.t for each in region.timeline if each.kind == "launch-failed"] == [0, 60, 180, 420, 900]
    region.recover(drought)
    region.run(900 + 3 * 60)

    assert now(fleet) == (1, 5)


def test_a_failed_return_that_is_taken_back_leaves_everything_as_it_was(region: Region) -> None:
    fleet = region.fleet(on_demand=4, spot=2, max_size=10)
    before = {each.id for each in fleet.machines()}
    region.dry_up()
    mix(region, base=1)
    region.run(30)

    mix(region, base=4)
    region.run(2000)

    assert {each.id for each in fleet.machines()} == before
    assert len(kinds(region, "launch-failed")) == 1


@pytest.mark.parametrize("seconds", [10, 50])
def test_a_mix_that_changes_back_half_way_never_costs_a_machine_in_service(region: Region, seconds: int) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=10, boot=45)
    mix(region, base=4)
    region.run(seconds)

    mix(region, base=1)

    assert all(fleet.size >= 6 for _ in steps(region, 600))
    assert (now(fleet), len(fleet.machines())) == ((1, 5), 6)


@pytest.mark.parametrize(
    ("suspended", "total", "end"),
    [
        (["Launch"], 6, (1, 5)),
        (["Terminate"], 7, (2, 5)),
        (["AZRebalance"], 6, (3, 3)),
        (["Launch", "Terminate"], 6, (1, 5)),
    ],
)
def test_suspended_processes_hold_a_replacement_up_until_they_resume(
    region: Region, suspended: list[str], total: int, end: tuple[int, int]
) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=10)
    client = region.client("autoscaling")
    client.suspend_processes(**GROUP, ScalingProcesses=suspended)

    mix(region, base=3)
    region.run(1000)
    assert (len(fleet.machines()), now(fleet)) == (total, end)
    client.resume_processes(**GROUP, ScalingProcesses=suspended)
    region.run(300)

    assert (len(fleet.machines()), now(fleet)) == (6, (3, 3))


@pytest.mark.parametrize(("unprotected", "end"), [(0, (1, 5)), (1, (2, 4)), (4, (3, 3))])
def test_a_protected_machine_is_not_replaced(region: Region, unprotected: int, end: tuple[int, int]) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=10)
    protected = [each.id for each in fleet.spot_machines()[unprotected:]]
    region.client("autoscaling").set_instance_protection(**GROUP, InstanceIds=protected, ProtectedFromScaleIn=True)

    mix(region, base=3)
    region.run(600)

    assert now(fleet) == end
    assert set(protected) <= {each.id for each in fleet.machines("InService")}


def test_a_scale_in_amid_a_replacement_takes_what_is_too_much(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=5, max_size=10, boot=45)
    mix(region, base=3)
    region.run(10)

    mix(region, base=3, desired=4)

    assert all(fleet.size >= 4 for _ in steps(region, 300))
    assert (now(fleet), len(fleet.machines())) == ((3, 1), 4)


def test_a_replacement_that_dies_while_it_boots_is_launched_again(region: Region) -> None:
    fleet = region.fleet(on_demand=3, spot=3, max_size=10, boot=45)
    mix(region, base=2)
    (pending,) = fleet.machines("Pending")
    region.interrupt(pending, after=10, notice=False)

    assert all(fleet.size >= 6 for _ in steps(region, 300))
    assert (now(fleet), len(fleet.machines())) == ((2, 4), 6)


def test_the_percentage_above_the_base_rounds_towards_on_demand(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=6, max_size=10)

    mix(region, base=2, percent=50)
    region.run(300)

    assert now(fleet) == (2 + 3, 2)


@pytest.mark.parametrize("base", [0, 3, 6, 9, 12])
def test_with_weights_the_mix_is_in_units(region: Region, base: int) -> None:
    fleet = region.fleet(on_demand=4, spot=8, max_size=24, weights=WEIGHTS)

    mix(region, base=base)

    assert all(fleet.capacity >= 12 for _ in steps(region, 900))
    on_demand, spot = units(fleet)
    assert on_demand >= base
    assert spot >= 12 - base
    assert on_demand + spot < 12 + 4
    assert not fleet.machines("Pending", "Terminating")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    on_demand=st.integers(0, 6),
    spot=st.integers(1, 6),
    base=st.integers(0, 12),
    percent=st.integers(0, 100),
    weighted=st.booleans(),
)
def test_any_mix_is_reached_within_the_margin_and_stays(
    on_demand: int, spot: int, base: int, percent: int, weighted: bool
) -> None:
    desired = on_demand + spot
    with Region() as region:
        fleet = region.fleet(on_demand=on_demand, spot=spot, max_size=14, weights=WEIGHTS if weighted else None)
        heaviest = max(WEIGHTS.values()) if weighted else 1
        before = fleet.capacity
        mix(region, base, percent=percent)

        for _ in steps(region, 1200, step=15):
            assert fleet.capacity >= desired
            there = fleet.machines("Pending", "InService")
            assert sum(each.weight for each in there) <= max(before, desired + 2 * heaviest)

        target = Distribution(base, percent).on_demand(desired)
        got, rest = units(fleet)
        assert (got >= target, rest >= desired - target) == (True, True)
        if not weighted:
            assert (got, rest) == (target, desired - target)
        members = region.members("chat")
        region.run(2000)
        assert region.members("chat") == members


def test_the_purchase_options_of_a_hundred_machines_are_read_in_one_call(region: Region) -> None:
    fleet = region.fleet(on_demand=30, spot=70)
    ids = [each.id for each in fleet.machines()]
    ec2 = region.client("ec2")

    for wanted in ({"InstanceIds": ids}, {"Filters": [{"Name": "instance-id", "Values": ids}]}):
        told = [each for one in ec2.describe_instances(**wanted)["Reservations"] for each in one["Instances"]]
        assert sorted(each["InstanceId"] for each in told) == sorted(ids)
        spot = {each["InstanceId"] for each in told if each.get("InstanceLifecycle") == "spot"}
        assert spot == {each.id for each in fleet.spot_machines()}
