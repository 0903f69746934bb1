"""`KeptAlarms` on boto3: the alarms in CloudWatch that bear a stage's prefix, and which alarms are raised."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from botocore.exceptions import ClientError

from tidegate.fleet.alarms import Alarm, read_alarm
from tidegate.fleet.refusals import code_of, refusals
from tidegate.policy.alarm import RINGING

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient

_ALARMS_A_PAGE: Final = 100  # DescribeAlarms, MaxRecords and AlarmNames

_REFUSALS: Final = ("ValidationError", "ValidationException", "InvalidParameterValue", "InvalidParameterCombination")
"""Codes for what is wrong with the alarm that is named, whatever the protocol spells them like."""

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

_GONE: Final = ("ResourceNotFound", "ResourceNotFoundException")


class CloudWatchAlarms:
    """The alarms of one stage in one account and Region; all that bear its prefix are its own.

    `writes` is the client for what changes alarms: it doesn't repeat a call by itself, since all writers of the account
    share a rate of three a second, and the next sweep goes on where this one had to stop.
    """

    def __init__(self, cloudwatch: "CloudWatchClient", writes: "CloudWatchClient", prefix: str) -> None:
        self._cloudwatch = cloudwatch
        self._writes = writes
        self._prefix = prefix

    def existing(self) -> Mapping[str, Alarm]:
        """Return all alarms that bear the prefix, by name: one call for every 100."""
        return {one["AlarmName"]: read_alarm(one) for one in self._pages(AlarmNamePrefix=self._prefix)}

    def raised(self, others: Collection[str]) -> frozenset[str]:
        """Return the names of the stage's own alarms that are in ALARM, and of those among `others` that are.

        One call, and one for every 100 of others. Own alarms are on metrics; others may be composite too.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        """
        own = self._pages(AlarmNamePrefix=self._prefix, StateValue=RINGING)
        found = {one["AlarmName"] for one in own}
        kinds = ["MetricAlarm", "CompositeAlarm"]
        for names in batched(sorted(others), _ALARMS_A_PAGE, strict=False):
            adopted = self._pages(AlarmNames=list(names), AlarmTypes=kinds, StateValue=RINGING)
            found |= {one["AlarmName"] for one in adopted}
        return frozenset(found)

    def put(self, name: str, alarm: Alarm) -> None:
        """Make an alarm, or make it so: one call. Raises `Refused`. Nothing of an earlier one stays but its state."""
        with refusals(_REFUSALS):
            self._writes.put_metric_alarm(
                AlarmName=name,
                AlarmDescription=alarm.description,
                Namespace=alarm.namespace,
                MetricName=alarm.metric,
                Dimensions=[{"Name": key, "Value": value} for key, value in alarm.dimensions],
                Statistic=alarm.statistic,  # pyright: ignore[reportArgumentType] - the policy has checked it
                Period=alarm.period,
                Threshold=alarm.threshold,
                ComparisonOperator=alarm.comparison,  # pyright: ignore[reportArgumentType] - a constant of ours
                EvaluationPeriods=alarm.periods,
                DatapointsToAlarm=alarm.datapoints,
                TreatMissingData=alarm.missing,
            )

    def delete(self, names: Sequence[str]) -> None:
        """Delete up to 100 alarms: one call. Raises `Refused`.

        Of some that are gone CloudWatch says so, once it has deleted the others (API_DeleteAlarms.html).
        """
        with refusals(_REFUSALS):
            try:
                self._writes.delete_alarms(AlarmNames=list(names))
            except ClientError as error:
                if code_of(error) not in _GONE:
                    raise

    def state(self, alarm: str) -> tuple[str, str] | None:
        """Return (state, reason) of an alarm on metrics; None if there is none of that name. One call."""
        found = next(self._pages(AlarmNames=[alarm], AlarmTypes=["MetricAlarm"]), None)
        return (found.get("StateValue", ""), found.get("StateReason", "")) if found else None

    def set_state(self, alarm: str, state: str, reason: str) -> bool:
        """Set an alarm's state, until CloudWatch evaluates it again; return False if it is gone. One call.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
        """
        try:
            self._cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=cast(State, state), StateReason=reason)
        except ClientError as error:
            if code_of(error) not in _GONE:
                raise
            return False
        return True

    def _pages(self, **wanted: Any) -> Iterator[Any]:
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            **wanted, PaginationConfig={"PageSize": _ALARMS_A_PAGE}
        )
        for page in pages:
            # CloudWatch has seen to it; local clouds may know one filter at a time, and would have everybody woken.
            yield from (
                one
                for one in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
                if one.get("StateValue") == wanted.get("StateValue", one.get("StateValue"))
            )
