"""The event that Auto Scaling sends of a launch that failed, in its real shape.

Source: autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html. That the machine's id is empty where there was
none, as in the group's notifications, is assumed.
"""

import json
from datetime import UTC, datetime
from typing import Any

from moto.autoscaling.models import Activity

from tidegate.desk.region.events import event_of
from tidegate.desk.region.place import ACCOUNT, REGION


def unsuccessful(activity: Activity) -> dict[str, Any]:
    """EC2 Instance Launch Unsuccessful, for an activity that has just failed before there was a machine."""
    group, more = activity.auto_scaling_group, vars(activity)
    detail = {
        "StatusCode": activity.status_code,
        "AutoScalingGroupName": group.name,
        "ActivityId": activity.activity_id,
        "Details": json.loads(more["details"]),
        "RequestId": activity.activity_id,
        "StatusMessage": more["status_message"],
        "EndTime": _stamp(activity.end_time),
        "EC2InstanceId": "",
        "StartTime": _stamp(activity.start_time),
        "Cause": activity.cause,
        "Origin": "EC2",
        "Destination": "AutoScalingGroup",
    }
    resources = [group.arn, f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/"]
    return event_of("aws.autoscaling", "EC2 Instance Launch Unsuccessful", resources, detail)


def _stamp(at: datetime) -> str:
    """Write a moment of an activity, which moto keeps without its zone."""
    return at.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
