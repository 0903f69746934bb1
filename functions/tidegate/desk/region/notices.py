"""The events that AWS sends about spot machines, in their real shape."""

from typing import Any, Literal

from moto.core.utils import unix_time

from tidegate.desk.region.events import event_of
from tidegate.desk.region.place import ACCOUNT, REGION


def warning(
    machine: Any, *, action: Literal["terminate", "stop", "hibernate"] = "terminate", age: float = 0.0
) -> dict[str, Any]:
    """EC2 Spot Instance Interruption Warning for a machine (or an id), sent `age` seconds ago.

    The resource's ARN holds the Availability Zone where the Region belongs, and no account, as AWS sends it:
    AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
    """
    instance, zone = identity(machine)
    detail = {"instance-id": instance, "instance-action": action}
    return _event("EC2 Spot Instance Interruption Warning", f"arn:aws:ec2:{zone}:instance/{instance}", detail, age)


def recommendation(machine: Any, *, age: float = 0.0) -> dict[str, Any]:
    """EC2 Instance Rebalance Recommendation (AWSEC2/latest/UserGuide/rebalance-recommendations.html)."""
    instance, _ = identity(machine)
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"
    return _event("EC2 Instance Rebalance Recommendation", arn, {"instance-id": instance}, age)


def identity(machine: Any) -> tuple[str, str]:
    """The id and zone of a machine of the Region; for a bare id the zone is made up."""
    return (machine, f"{REGION}a") if isinstance(machine, str) else (machine.id, machine.zone)


def _event(detail_type: str, resource: str, detail: dict[str, Any], age: float) -> dict[str, Any]:
    return event_of("aws.ec2", detail_type, [resource], detail, at=unix_time() - age)
