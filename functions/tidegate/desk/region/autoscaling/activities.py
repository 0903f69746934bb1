"""Scaling activities: what DescribeScalingActivities tells about launches, terminations and detachments.

Their status codes stand in API_Activity.html: InProgress until a machine is in service or gone, then Successful; Failed
or Cancelled, with a StatusMessage, when that never came. AWS knows finer steps on the way, such as PreInService.
"""

import json
from datetime import UTC, datetime
from typing import Final

from moto.autoscaling.models import Activity, AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.autoscaling.placement import Place

PAGE: Final = 100
"""MaxRecords' default and maximum: API_DescribeScalingActivities.html"""


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    return [Amendment(AutoScalingResponse, "describe_scaling_activities", describe_scaling_activities)]


def describe_scaling_activities(response: AutoScalingResponse) -> ActionResult:
    """DescribeScalingActivities: newest first, of one group if it is named; moto answers with an empty list."""
    name: str | None = param(response, "AutoScalingGroupName")
    ids: list[str] = param(response, "ActivityIds", [])
    known = [
        each
        for each in reversed(kept(response.autoscaling_backend))
        if (not name or each.auto_scaling_group_name == name) and (not ids or each.activity_id in ids)
    ]
    start = int(param(response, "NextToken") or 0)
    end = start + min(int(param(response, "MaxRecords") or PAGE), PAGE)
    return ActionResult({"Activities": known[start:end], "NextToken": str(end) if end < len(known) else None})


def kept(backend: AutoScalingBackend) -> list[Activity]:
    """The backend's activities, oldest first. moto keeps none, so they hang on its backend and end with it."""
    activities: list[Activity] | None = vars(backend).get("tidegate_activities")
    if activities is None:
        activities = []
        vars(backend)["tidegate_activities"] = activities
    return activities


def begin(group: FakeAutoScalingGroup, description: str, cause: str, place: Place) -> Activity:
    """Start an activity at a place; the texts follow those AWS writes (kubernetes/autoscaler issue 1263).

    What changed the desired capacity, if something has just done so, stands before the rest.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    first = vars(group).get("tidegate_because")
    activity = Activity(description, f"At {now} {first}  At {now} {cause}" if first else f"At {now} {cause}", group)
    details = {"Subnet ID": place.subnet, "Availability Zone": place.zone}
    vars(activity).update(end_time=None, details=json.dumps(details, separators=(",", ":")))
    kept(group.autoscaling_backend).append(activity)
    return activity


def finish(activity: Activity) -> None:
    """End an activity well."""
    end(activity, "Successful")


def fail(activity: Activity, message: str) -> None:
    """End an activity that was refused."""
    end(activity, "Failed", message)


def cancel(activity: Activity, message: str) -> None:
    """End an activity that something else made void."""
    end(activity, "Cancelled", message)


def end(activity: Activity, status_code: str, message: str | None = None) -> None:
    """End an activity; only one that went wrong says why."""
    activity.status_code = status_code
    activity.progress = 100
    activity.end_time = utcnow()
    if message:
        vars(activity)["status_message"] = message
