"""How a group comes to stand: zones, purchase options, tags, targets."""

from collections import Counter

import pytest

from tidegate.desk.region.region import Region


@pytest.mark.parametrize(
    ("on_demand", "spot", "zones"), [(0, 6, [2, 2, 2]), (1, 6, [2, 2, 3]), (3, 3, [2, 2, 2]), (1, 0, [1])]
)
def test_machines_spread_over_zones_and_purchase_options(
    region: Region, on_demand: int, spot: int, zones: list[int]
) -> None:
    fleet = region.fleet(on_demand=on_demand, spot=spot)

    assert (len(fleet.on_demand_machines()), len(fleet.spot_machines())) == (on_demand, spot)
    assert sorted(Counter(each.zone for each in fleet.machines()).values()) == zones


def test_ec2_tells_the_purchase_option_and_the_propagated_tags(region: Region) -> None:
    fleet = region.fleet(tags={"team": "search"})
    machine = fleet.spot_machines()[0].id

    described = region.client("ec2").describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"][0]

    assert described["InstanceLifecycle"] == "spot"
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert tags == {"team": "search", "tidegate:profile": "default", "aws:autoscaling:groupName": "chat"}


def test_the_description_has_what_a_release_depends_on(region: Region) -> None:
    region.fleet(capacity_rebalance=True, suspended=["Launch"], operator="eks.amazonaws.com")

    group = region.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]

    assert group["CapacityRebalance"] is True
    assert [each["ProcessName"] for each in group["SuspendedProcesses"]] == ["Launch"]
    assert group["Operator"]["Principal"] == "eks.amazonaws.com"
    assert len(group["TargetGroupARNs"]) == 1
    assert {each["LifecycleState"] for each in group["Instances"]} == {"InService"}


def test_a_smaller_desired_capacity_takes_no_protected_machine(region: Region) -> None:
    fleet = region.fleet(spot=5)
    kept = fleet.spot_machines()[0].id
    client = region.client("autoscaling")
    client.set_instance_protection(InstanceIds=[kept], AutoScalingGroupName="chat", ProtectedFromScaleIn=True)

    client.set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=1)
    region.run(100)

    assert list(region.members("chat")) == [kept]


def test_a_new_size_leaves_the_purchase_options_as_they_are(region: Region) -> None:
    fleet = region.fleet(on_demand=1, spot=2)

    region.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="chat", DesiredCapacity=5)
    region.run(100)

    assert (len(fleet.on_demand_machines()), len(fleet.spot_machines())) == (1, 4)


def test_the_same_seed_gives_the_same_machines() -> None:
    def ids(seed: int) -> list[str]:
        with Region(seed=seed) as region:
            return [each.id for each in region.fleet().machines()]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)
