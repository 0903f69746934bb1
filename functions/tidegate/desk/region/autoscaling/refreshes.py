"""Instance refreshes, as far as they can be seen: moto knows none.

Source: autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html, API_InstanceRefresh.html
"""

from typing import Any, Final, Literal

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling.group import found
from tidegate.desk.region.autoscaling.paging import paged

type Status = Literal[
    "Pending",
    "InProgress",
    "Successful",
    "Failed",
    "Cancelling",
    "Cancelled",
    "RollbackInProgress",
    "RollbackFailed",
    "RollbackSuccessful",
    "Baking",
]

OVER: Final = frozenset({"Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"})


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    return [Amendment(AutoScalingResponse, "describe_instance_refreshes", describe, missing=True)]


def describe(response: AutoScalingResponse) -> ActionResult:
    """DescribeInstanceRefreshes: of one group, newest first, 100 a page at most; an unknown id is an error."""
    group = found(response.autoscaling_backend, param(response, "AutoScalingGroupName"))
    ids: list[str] = param(response, "InstanceRefreshIds", [])
    known = {each["InstanceRefreshId"]: each for each in reversed(refreshes(group))}
    if unknown := [each for each in ids if each not in known]:
        raise ValidationError(f"Instance refresh not found: {unknown[0]}")
    return paged(response, "InstanceRefreshes", [known[each] for each in ids] if ids else list(known.values()))


def refreshes(group: FakeAutoScalingGroup) -> list[dict[str, Any]]:
    """All refreshes of a group, oldest first; they hang on it and end with it."""
    return vars(group).setdefault("tidegate_refreshes", [])


def declare(group: FakeAutoScalingGroup, status: Status) -> None:
    """Begin a refresh, or give the one that goes on another status. It replaces no machines."""
    known = refreshes(group)
    if not known or known[-1]["Status"] in OVER:
        begun = {"InstanceRefreshId": str(mock_random.uuid4()), "AutoScalingGroupName": group.name}
        known.append(begun | {"StartTime": utcnow(), "Strategy": "Rolling", "PercentageComplete": 0})
    known[-1]["Status"] = status
    if status in OVER:
        known[-1] |= {"EndTime": utcnow(), "PercentageComplete": 100 if status == "Successful" else 0}
