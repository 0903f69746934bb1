"""A drought, deployed: spot is gone, a launch has failed, and on-demand stands in for it.

The Region that has the fleets is no part of ministack's bus, so the event comes as a drill's, with its record; the
failed launch that the look finds is the Region's own.
"""

from typing import Any

from tests.e2e.cloud import E2ECloud
from tests.e2e.test_launch_failure import fail
from tests.e2e.view import SOON

FLEET = "drained"
"""Groups that fall back together are spread over a minute by their names: this one comes first."""


def base(cloud: E2ECloud) -> int:
    """Return the fleet's on-demand base, as the Region tells it."""
    client = cloud.client("autoscaling")
    (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=[FLEET])["AutoScalingGroups"]
    return group["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"]


def test_on_demand_stands_in_for_spot_that_cannot_be_had(cloud: E2ECloud) -> None:
    lost, *_ = cloud.fleet(FLEET, on_demand=1, spot=3)
    cloud.region.dry_up(FLEET)
    gone: dict[str, Any] = {"InstanceId": lost.id, "ShouldDecrementDesiredCapacity": False}
    cloud.client("autoscaling").terminate_instance_in_auto_scaling_group(**gone)

    fail(cloud, FLEET, cloud.drill(FLEET))

    cloud.wait_for(lambda: base(cloud) == 2, SOON, "the raised base")
    cloud.wait_for(lambda: cloud.region.fleets()[FLEET]["size"] == 4, SOON, "on-demand in service")
    bought = [one.market for one in cloud.region.machines(FLEET) if one.state == "InService"]
    assert sorted(bought) == ["on-demand"] * 2 + ["spot"] * 2
    cloud.wait_for(lambda: "fallback" in [one["code"] for one in cloud.decisions(FLEET)], SOON, "the decision")
