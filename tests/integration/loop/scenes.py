"""What the tests of the loop share: when things happened in a Region, what was decided, and faults to be injected."""

import json
from collections.abc import Collection
from typing import Any, Final

from tidegate.desk.region.clock import START
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Chaos, Fault
from tidegate.loop.wake import group_id

BEGAN: Final = START.timestamp()
"""Epoch seconds of a Region's second 0."""

MIX_LEFT: Final = {"profile": {"default": {"mix": {"mode": "leave"}}}}
"""A policy by which nothing stands in for spot: what can't be had stays missing."""

SPOT_SHORT: Final = (
    "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request "
    "configuration. Please adjust your request and try again. Launching EC2 instance failed."
)
QUOTA: Final = (
    "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 "
    "instance failed."
)
MISCONFIGURED: Final = (
    "Could not launch Spot Instances. InvalidFleetConfiguration - Your requested instance type (g6.xlarge) is not "
    "supported in your requested Availability Zone (us-east-1e). Launching EC2 instance failed."
)
NOBODY_KNOWS: Final = "The AMI ID 'ami-12c6146b' does not exist. Launching EC2 instance failed."


def at(region: Region, kind: str, instance: str) -> float:
    """Return the epoch seconds of the one time something happened to a machine."""
    (t,) = [each.t for each in region.timeline if each.kind == kind and each.data.get("instance") == instance]
    return BEGAN + t


def launched(region: Region, group: str = "chat") -> list[str]:
    """Return the machines that a group has launched, in order."""
    return [one.data["instance"] for one in region.timeline if one.kind == "launched" and one.data["group"] == group]


def invocations(region: Region, function: str) -> list[float]:
    """Return when a function was invoked, in seconds of the Region."""
    return [each.t for each in region.timeline if each.kind == "invoke" and each.data["function"] == function]


def codes(region: Region, group: str = "chat") -> list[str]:
    """Return the codes of the decisions about a fleet, in order."""
    return [one.code for one in region.decisions() if one.name == group]


def woken(region: Region, group: str = "chat") -> list[Any]:
    """Return the wakes of a fleet that its queue has taken, in order."""
    return [wake for wake in region.wakes() if wake["target"] == f"fleet/{group}"]


def failing(
    region: Region,
    *operations: str,
    fault: Fault | None = None,
    until: float = float("inf"),
    functions: Collection[str] = (),
) -> Chaos:
    """Let operations fail until a moment of the Region; without names every one, without functions in each."""
    said = fault or Fault(500, "InternalFailure")

    def chaos(call: Call) -> Fault | None:
        hit = (not operations or call.operation in operations) and (not functions or call.function in functions)
        return said if hit and region.world.now() < until else None

    return chaos


def wake(region: Region, target: str, event: str = "a-test") -> None:
    """Wake a target, as the sweep does."""
    group = group_id(target)
    region.client("sqs").send_message(
        QueueUrl=region.deployment.wakes_url,
        MessageBody=json.dumps({"target": target, "event": event, "why": "a test"}),
        MessageGroupId=group,
        MessageDeduplicationId=group_id(f"{target}#{event}"),
    )


def settled(region: Region) -> bool:
    """Return whether no message is left anywhere, dead or alive."""
    return not any(region.queue_depths().values())
