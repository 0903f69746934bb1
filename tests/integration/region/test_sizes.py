"""Another size: what is refused, what happens then second by second, and who else writes it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.region.conftest import Asked
from tidegate.desk.region.region import Region

GROUP = {"AutoScalingGroupName": "chat"}
WEIGHTS = {"g6.xlarge": 1, "g6.2xlarge": 2, "g6.4xlarge": 4}

REFUSED: list[Any] = [
    ("set_desired_capacity", {"DesiredCapacity": 11}, "11 is above max value 10 for the AutoScalingGroup"),
    ("set_desired_capacity", {"DesiredCapacity": 1}, "1 is below min value 2 for the AutoScalingGroup"),
    ("set_desired_capacity", {"DesiredCapacity": 10}, "ok"),
    ("update_auto_scaling_group", {"DesiredCapacity": 11}, "Desired capacity:11 must be between the specified min"),
    ("update_auto_scaling_group", {"DesiredCapacity": 11, "MaxSize": 11}, "ok"),
    ("update_auto_scaling_group", {"MinSize": 11}, "Max bound, 10, must be greater than or equal to min bound, 11"),
    ("update_auto_scaling_group", {"MaxSize": 1}, "Max bound, 1, must be greater than or equal to min bound, 2"),
    (
        "update_auto_scaling_group",
        {"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandBaseCapacity": 11}}},
        "OnDemandBaseCapacity must not be greater than the max size, 10",
    ),
    (
        "update_auto_scaling_group",
        {"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandBaseCapacity": 11}}, "MaxSize": 11},
        "ok",
    ),
    *(
        ("update_auto_scaling_group", {"MixedInstancesPolicy": {"InstancesDistribution": said}}, answer)
        for said, answer in (
            ({"OnDemandBaseCapacity": -1}, "OnDemandBaseCapacity must not be negative"),
            ({"OnDemandPercentageAboveBaseCapacity": 101}, "must be between 0 and 100"),
            ({"OnDemandPercentageAboveBaseCapacity": -1}, "must be between 0 and 100"),
            ({"SpotAllocationStrategy": "cheapest"}, "cheapest is not a valid SpotAllocationStrategy"),
            ({"OnDemandAllocationStrategy": "capacity-optimized"}, "is not a valid OnDemandAllocationStrategy"),
            ({"SpotInstancePools": 21}, "SpotInstancePools must be between 1 and 20"),
            ({"SpotInstancePools": 4}, "ok"),
            (
                {"SpotInstancePools": 2, "SpotAllocationStrategy": "price-capacity-optimized"},
                "SpotInstancePools option is only available with the lowest-price allocation strategy",
            ),
            ({"SpotInstancePools": 0, "SpotAllocationStrategy": "price-capacity-optimized"}, "ok"),
        )
    ),
]


@pytest.mark.parametrize(("operation", "parameters", "answer"), REFUSED)
def test_a_size_is_within_its_bounds(
    region: Region, autoscaling: Asked, operation: str, parameters: dict[str, Any], answer: str
) -> None:
    fleet = region.fleet(spot=5, min_size=2, max_size=10)

    said = autoscaling.code(operation, **GROUP, **parameters)

    assert answer in said
    if said != "ok":
        assert said.startswith("ValidationError")
        assert (fleet.desired, len(fleet.machines()), fleet.group.min_size, fleet.group.max_size) == (6, 6, 2, 10)


@pytest.mark.parametrize(
    ("bounds", "size"), [({"MaxSize": 4}, 4), ({"MinSize": 8}, 8), ({"MinSize": 3, "MaxSize": 7}, 6)]
)
def test_new_bounds_move_the_desired_capacity_into_them(region: Region, bounds: dict[str, int], size: int) -> None:
    fleet = region.fleet(spot=5, max_size=10)
    region.client("autoscaling").update_auto_scaling_group(**GROUP, **bounds)

    region.run(100)

    assert (fleet.desired, fleet.size) == (size, size)


def test_scale_out_boots_and_scale_in_drains(region: Region) -> None:
    fleet = region.fleet(spot=5, boot=45, drain=60)
    client = region.client("autoscaling")

    client.set_desired_capacity(**GROUP, DesiredCapacity=8)
    assert (fleet.size, len(fleet.machines("Pending"))) == (6, 2)
    region.run(46)
    assert fleet.size == 8
    client.set_desired_capacity(**GROUP, DesiredCapacity=5)
    assert (fleet.size, len(fleet.machines("Terminating"))) == (5, 3)
    region.run(59)
    assert len(fleet.machines("Terminating")) == 3
    region.run(12)

    assert len(fleet.machines()) == 5


def test_scale_in_keeps_the_purchase_options_the_policy_asks_for(region: Region) -> None:
    fleet = region.fleet(on_demand=2, spot=4)
    region.run(10)

    region.client("autoscaling").set_desired_capacity(**GROUP, DesiredCapacity=3)

    assert (len(fleet.on_demand_machines()), len(fleet.spot_machines())) == (2, 1)


def test_activities_tell_what_caused_them(region: Region) -> None:
    region.fleet(spot=5, max_size=20)
    client = region.client("autoscaling")

    def cause() -> str:
        return client.describe_scaling_activities(**GROUP)["Activities"][0]["Cause"]

    client.set_desired_capacity(**GROUP, DesiredCapacity=7)
    assert cause() == (
        "At 2026-03-02T09:00:00Z a user request explicitly set group desired capacity changing the desired capacity "
        "from 6 to 7.  At 2026-03-02T09:00:00Z an instance was started in response to a difference between desired "
        "and actual capacity, increasing the capacity from 6 to 7."
    )
    region.run(50)
    client.update_auto_scaling_group(**GROUP, DesiredCapacity=6)
    assert cause().startswith(
        "At 2026-03-02T09:00:50Z a user request update of AutoScalingGroup constraints to min: 0, max: 20, desired: 6 "
        "changing the desired capacity from 7 to 6.  At 2026-03-02T09:00:50Z an instance was taken out of service in "
        "response to a difference between desired and actual capacity, shrinking the capacity from 7 to 6.  At "
    )
    assert cause().endswith(" was selected for termination.")


def test_the_cooldown_is_honored_only_when_asked_for(region: Region, autoscaling: Asked) -> None:
    region.fleet(spot=5, max_size=20, boot=45)

    def grow(size: int, **more: Any) -> str:
        return autoscaling.code("set_desired_capacity", **GROUP, DesiredCapacity=size, **more).split(":")[0]

    assert grow(7, HonorCooldown=True) == "ok"
    region.run(10)
    assert grow(8, HonorCooldown=True) == "ScalingActivityInProgress"
    region.run(45 + 280)
    assert grow(8, HonorCooldown=True) == "ScalingActivityInProgress"
    assert grow(8) == "ok"
    region.run(45 + 301)
    assert grow(9, HonorCooldown=True) == "ok"


def test_a_suspended_group_takes_a_size_and_does_nothing_about_it(region: Region) -> None:
    fleet = region.fleet(spot=5, suspended=["Launch", "Terminate"])
    client = region.client("autoscaling")

    client.set_desired_capacity(**GROUP, DesiredCapacity=8)
    region.run(100)
    assert (fleet.desired, fleet.size) == (8, 6)
    client.set_desired_capacity(**GROUP, DesiredCapacity=4)
    region.run(100)
    assert (fleet.desired, fleet.size) == (4, 6)
    client.resume_processes(**GROUP)
    region.run(100)
    assert (fleet.desired, fleet.size) == (4, 4)


def test_with_weights_all_sizes_are_units(region: Region) -> None:
    fleet = region.fleet(on_demand=4, spot=8, weights=WEIGHTS, max_size=40)
    described = region.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]

    weights = {each["InstanceType"]: each["WeightedCapacity"] for each in described["Instances"]}
    assert weights.items() <= {key: str(value) for key, value in WEIGHTS.items()}.items()
    assert sum(int(each["WeightedCapacity"]) for each in described["Instances"]) == fleet.capacity
    assert 12 <= fleet.capacity < 12 + 4
    assert sum(each.weight for each in fleet.on_demand_machines()) == 4


@pytest.mark.parametrize("size", [30, 13, 7, 1])
def test_with_weights_a_group_has_at_least_its_desired_units_and_little_more(region: Region, size: int) -> None:
    fleet = region.fleet(on_demand=0, spot=12, weights=WEIGHTS, max_size=40)

    region.client("autoscaling").set_desired_capacity(**GROUP, DesiredCapacity=size)
    region.run(100)

    assert size <= fleet.capacity < size + 4


def test_a_load_is_shared_by_units(region: Region) -> None:
    fleet = region.fleet(on_demand=0, spot=8, weights={"g6.4xlarge": 4}, max_size=40)
    region.load(fleet, lambda _: 4)
    region.run(61)

    (read,) = region.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "AutoScalingGroupName", "Value": "chat"}],
        StartTime=datetime(2026, 3, 2, 9, tzinfo=UTC),
        EndTime=datetime(2026, 3, 2, 10, tzinfo=UTC),
        Period=60,
        Statistics=["Average", "SampleCount"],
    )["Datapoints"]

    assert (read["Average"], read["SampleCount"], fleet.size) == (50, 2, 2)


def test_scaling_policies_are_described_in_pages(region: Region) -> None:
    region.fleet()
    client = region.client("autoscaling")
    target = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}, "TargetValue": 50}
    for name in ("a", "b", "c"):
        client.put_scaling_policy(
            **GROUP, PolicyName=name, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=target
        )

    first = client.describe_policies(**GROUP, MaxRecords=2)
    second = client.describe_policies(**GROUP, MaxRecords=2, NextToken=first["NextToken"])

    told = [*first["ScalingPolicies"], *second["ScalingPolicies"]]
    assert [(each["PolicyName"], each["Enabled"]) for each in told] == [("a", True), ("b", True), ("c", True)]
    assert "NextToken" not in second
    assert client.describe_policies(AutoScalingGroupName="other")["ScalingPolicies"] == []


def test_a_scheduled_action_sets_the_size_at_its_time_and_is_over(region: Region) -> None:
    fleet = region.fleet(spot=5, max_size=20)
    client = region.client("autoscaling")
    at = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
    client.put_scheduled_update_group_action(
        **GROUP, ScheduledActionName="morning", StartTime=at, MinSize=8, DesiredCapacity=10
    )
    assert [
        each["StartTime"] for each in client.describe_scheduled_actions(**GROUP)["ScheduledUpdateGroupActions"]
    ] == [at]

    region.run(599)
    assert fleet.desired == 6
    region.run(60)

    assert (fleet.desired, fleet.size, fleet.group.min_size) == (10, 10, 8)
    assert client.describe_scheduled_actions(**GROUP)["ScheduledUpdateGroupActions"] == []
    assert "a scheduled action update" in client.describe_scaling_activities(**GROUP)["Activities"][0]["Cause"]


def test_a_suspended_or_deleted_scheduled_action_does_nothing(region: Region) -> None:
    fleet = region.fleet(spot=5, max_size=20, suspended=["ScheduledActions"])
    client = region.client("autoscaling")
    at = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    client.put_scheduled_update_group_action(**GROUP, ScheduledActionName="a", StartTime=at, DesiredCapacity=10)
    region.run(100)
    assert fleet.desired == 6

    client.resume_processes(**GROUP)
    later = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    client.put_scheduled_update_group_action(**GROUP, ScheduledActionName="b", StartTime=later, DesiredCapacity=10)
    client.delete_scheduled_action(**GROUP, ScheduledActionName="b")
    region.run(600)

    assert fleet.desired == 6


def test_a_scheduled_action_below_the_base_leaves_the_group_as_it_is(region: Region) -> None:
    fleet = region.fleet(on_demand=4, spot=2, max_size=20)
    at = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    region.client("autoscaling").put_scheduled_update_group_action(
        **GROUP, ScheduledActionName="night", StartTime=at, MaxSize=3, DesiredCapacity=2
    )

    region.run(100)

    assert (fleet.desired, fleet.group.max_size) == (6, 20)
    (failed,) = [each for each in region.timeline if each.kind == "scheduled-action-failed"]
    assert "OnDemandBaseCapacity" in failed.text


def test_an_instance_refresh_is_seen_while_it_runs_and_afterwards(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet()
    client = region.client("autoscaling")

    def seen() -> list[tuple[str, bool]]:
        told = client.describe_instance_refreshes(**GROUP)["InstanceRefreshes"]
        return [(each["Status"], "EndTime" in each) for each in told]

    assert seen() == []
    fleet.refresh("Pending")
    fleet.refresh("InProgress")
    assert seen() == [("InProgress", False)]
    fleet.refresh("Successful")
    fleet.refresh("InProgress")

    assert seen() == [("InProgress", False), ("Successful", True)]
    assert "not found" in autoscaling.code("describe_instance_refreshes", AutoScalingGroupName="other")
