"""What the tests of a fleet's mix share: fleets that lose spot, and what they are made of."""

from collections.abc import Mapping
from typing import Any, Final

from tests.integration.loop.scenes import codes
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

MINUTE: Final = 60
HOLD_DOWN: Final = 300


def policy(*, drain_seconds: int | None = None, **mix: Any) -> Mapping[str, Any]:
    """Return a policy whose fleets fall back without jitter, and trust spot again after five quiet minutes."""
    rules = {"jitter_seconds": 0, "hold_down_seconds": HOLD_DOWN} | mix
    drain = {} if drain_seconds is None else {"drain_seconds": drain_seconds}
    return {"profile": {"default": {"mix": rules, **drain}}}


def base_of(region: Region, group: str = "chat") -> int:
    """Return the on-demand base of a group, as AWS tells it."""
    (told,) = region.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    return told["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"]


def made_of(fleet: Fleet) -> tuple[int, int]:
    """Return (on-demand, spot) machines in service."""
    return len(fleet.on_demand_machines()), len(fleet.spot_machines())


def lose(region: Region, fleet: Fleet, number: int = 1) -> list[str]:
    """Let spot machines end without a word; Auto Scaling wants others for them at once."""
    machines = [one.id for one in fleet.spot_machines()[:number]]
    region.client("autoscaling").terminate_instance_in_auto_scaling_group(
        AutoScalingGroupName=fleet.name, InstanceIds=machines, ShouldDecrementDesiredCapacity=False
    )
    return machines


def write_base(region: Region, group: str, base: int) -> None:
    """Let somebody else write a base, as Terraform does."""
    distribution: Any = {"OnDemandBaseCapacity": base, "OnDemandPercentageAboveBaseCapacity": 0}
    region.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=group, MixedInstancesPolicy={"InstancesDistribution": distribution}
    )


def bases(region: Region) -> list[int]:
    """Return the bases that Tidegate has set, in order."""
    return [
        int(one.data["parameters"]["MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity"])
        for one in region.timeline
        if one.kind == "call" and one.actor == "tidegate" and one.data["operation"] == "UpdateAutoScalingGroup"
    ]


def told(region: Region, code: str, group: str = "chat") -> str:
    """Return the reason of the first decision about a fleet that bears a code."""
    found = [one.reason for one in region.decisions() if (one.name, one.code) == (group, code)]
    assert found, f"{code} is none of {codes(region, group)}"
    return found[0]


def deliver(region: Region) -> None:
    """Hand the next wake to reconcile, as its poller does."""
    sqs, url = region.client("sqs"), region.deployment.wakes_url
    (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": message["Attributes"]}
    assert region.invoke("reconcile", {"Records": [record]}).payload == {"batchItemFailures": []}
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
