"""Which events tell that an alarm rings, for the patterns of the reactions to alarms: plain data."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tidegate.policy.alarm import RINGING

SOURCES: Final = ["aws.cloudwatch", "tidegate.drill"]
"""AWS's own source, and ours for drills: `PutEvents` refuses every source that begins with `aws.`."""

STATE_CHANGE: Final = "CloudWatch Alarm State Change"

type Pattern = Mapping[str, Any]
type Filter = str | Mapping[str, Any]
"""What one value of a pattern matches."""


def rings(names: Sequence[Filter]) -> Pattern:
    """Return the pattern of the events of alarms that ring and whose names match one of `names`."""
    detail = {"alarmName": list(names), "state": {"value": [RINGING]}}
    return {"source": SOURCES, "detail-type": [STATE_CHANGE], "detail": detail}
