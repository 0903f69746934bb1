"""What only EC2 can tell or do about a machine: its purchase option, its tags, its end. Never on the terminate path."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Final

from tidegate.fleet.strays import DETACHED_TAG, Stray

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client

_ALIVE: Final = ("pending", "running", "stopping", "stopped")
_IDS_A_LOOK: Final = 100  # DescribeInstances advises against more names in one request


class Instances:
    """The machines of one account and Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def tagged(self) -> Sequence[Stray]:
        """Return the machines alive that bear the tag of a detachment: a call for every 1,000."""
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[
                {"Name": "tag-key", "Values": [DETACHED_TAG]},
                {"Name": "instance-state-name", "Values": list(_ALIVE)},
            ],
            PaginationConfig={"PageSize": 1000},
        )
        machines = [one for page in pages for some in page["Reservations"] for one in some.get("Instances", [])]
        return tuple(
            Stray(
                one.get("InstanceId", ""),
                one.get("InstanceLifecycle") == "spot",
                _time({tag.get("Key"): tag.get("Value", "") for tag in one.get("Tags", [])}.get(DETACHED_TAG, "")),
            )
            for one in machines
        )

    def spot(self, instances: Collection[str]) -> frozenset[str]:
        """Return which of `instances` are spot machines: a call for every 100."""
        found: set[str] = set()
        for some in batched(sorted(instances), _IDS_A_LOOK, strict=False):
            # By filter, not by name: one machine that is gone would fail the whole call.
            answer = self._ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [*some]}])
            machines = (one for each in answer["Reservations"] for one in each.get("Instances", []))
            found |= {one.get("InstanceId", "") for one in machines if one.get("InstanceLifecycle") == "spot"}
        return frozenset(found)

    def end(self, instances: Sequence[str]) -> None:
        """Terminate machines: one call. EC2 knows the id of a terminated machine for a while, and says yes again.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
        """
        self._ec2.terminate_instances(InstanceIds=list(instances))


def _time(text: str) -> float | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.timestamp() if time.tzinfo else None
