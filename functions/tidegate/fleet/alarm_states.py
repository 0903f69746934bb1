"""States of alarms on boto3: read, and set for a drill."""

from typing import TYPE_CHECKING, Literal, cast

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]


class AlarmStates:
    """The metric alarms of one account and Region."""

    def __init__(self, cloudwatch: "CloudWatchClient") -> None:
        self._cloudwatch = cloudwatch

    def read(self, alarm: str) -> tuple[str, str] | None:
        """Return (state, reason) of an alarm; None if there is none of that name. One call."""
        answer = self._cloudwatch.describe_alarms(AlarmNames=[alarm], AlarmTypes=["MetricAlarm"])
        found = answer["MetricAlarms"]
        return (found[0].get("StateValue", ""), found[0].get("StateReason", "")) if found else None

    def set(self, alarm: str, state: str, reason: str) -> bool:
        """Set an alarm's state, until CloudWatch evaluates it again; return False if it is gone. One call.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
        """
        try:
            self._cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=cast(State, state), StateReason=reason)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("ResourceNotFound", "ResourceNotFoundException"):
                return False
            raise
        return True
