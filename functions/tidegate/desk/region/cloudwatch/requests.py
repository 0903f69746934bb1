"""What CloudWatch refuses of alarms, and what it does when it doesn't."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ResourceNotFound,
    ValidationError,
)
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.cloudwatch import telling
from tidegate.desk.region.cloudwatch.refusals import refuse_alarm, refuse_composite, refuse_deletion
from tidegate.desk.region.cloudwatch.watch import Watch

PAGE: Final = 50
MAX_RECORDS: Final = 100
"""MaxRecords of API_DescribeAlarms.html, and how many names it takes; the default page is 50 in the SDKs' examples."""


def amendments(watch: Watch) -> Iterator[Amendment]:
    """Return what changes in moto."""

    def put_metric_alarm(response: CloudWatchResponse) -> EmptyResult:
        refuse_alarm(response)
        return put(watch, response, plain_put)

    def put_composite_alarm(response: CloudWatchResponse) -> EmptyResult:
        """PutCompositeAlarm, which moto doesn't have: evaluated at once, and again when a child changes."""
        refuse_composite(response)
        answer = put(watch, response, plain_put)
        backend = response.cloudwatch_backend
        watch.compose(backend, backend.alarms[param(response, "AlarmName")])
        return answer

    def set_alarm_state(backend: CloudWatchBackend, alarm_name: str, *said: Any) -> None:
        """SetAlarmState: a transition like any other; it lasts until an evaluation finds something else."""
        previous = telling.state_of(backend.alarms[alarm_name]) if alarm_name in backend.alarms else {}
        plain_set_state(backend, alarm_name, *said)
        watch.changed(backend, backend.alarms[alarm_name], previous)

    plain_put: Any = CloudWatchResponse.put_metric_alarm
    plain_set_state: Any = CloudWatchBackend.set_alarm_state
    yield Amendment(CloudWatchResponse, "put_metric_alarm", put_metric_alarm)
    yield Amendment(CloudWatchResponse, "put_composite_alarm", put_composite_alarm, missing=True)
    yield Amendment(CloudWatchResponse, "describe_alarms", describe_alarms)
    yield Amendment(CloudWatchResponse, "delete_alarms", delete_alarms)
    yield Amendment(CloudWatchBackend, "set_alarm_state", set_alarm_state)


def put(watch: Watch, response: CloudWatchResponse, plain: Callable[[CloudWatchResponse], Any]) -> EmptyResult:
    """PutMetricAlarm: a new alarm is INSUFFICIENT_DATA; an old one keeps its state, and its tags.

    Source: API_PutMetricAlarm.html; moto begins with OK, and forgets state and history of what is put again.
    """
    backend, name = response.cloudwatch_backend, param(response, "AlarmName")
    before = backend.alarms.get(name)
    tags = before and backend.tagger.get_tag_dict_for_resource(before.alarm_arn)
    plain(response)
    alarm = backend.alarms[name]
    if before:
        kept = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history")
        vars(alarm).update({key: vars(before)[key] for key in (*kept, "state_transitioned_timestamp")})
        backend.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
        backend.tagger.tag_resource(alarm.alarm_arn, backend.tagger.convert_dict_to_tags_input(tags or None))
    else:
        alarm.state_value = "INSUFFICIENT_DATA"
        vars(alarm).update(state_reason_data=None, state_transitioned_timestamp=alarm.state_updated_timestamp)
    watch.begin(backend, alarm)
    return EmptyResult()


def describe_alarms(response: CloudWatchResponse) -> ActionResult:
    """DescribeAlarms: all filters hold together, only metric alarms unless AlarmTypes says more, 100 a page at most.

    Source: API_DescribeAlarms.html; moto takes one filter, answers all types and has no pages.
    """
    names, prefix = param(response, "AlarmNames", []), param(response, "AlarmNamePrefix")
    records = int(param(response, "MaxRecords") or PAGE)
    if names and prefix:
        raise InvalidParameterCombination("AlarmNamePrefix and AlarmNames can't be used together.")
    if len(names) > MAX_RECORDS or not 1 <= records <= MAX_RECORDS:
        raise ValidationError(f"AlarmNames and MaxRecords are limited to {MAX_RECORDS}.")
    kinds = param(response, "AlarmTypes", []) or ["MetricAlarm"]
    state, action = param(response, "StateValue"), param(response, "ActionPrefix")
    found = [
        each
        for each in sorted(response.cloudwatch_backend.alarms.values(), key=lambda one: one.name)
        if kind(each) in kinds
        and (not names or each.name in names)
        and each.name.startswith(prefix or "")
        and state in (None, each.state_value)
        and (not action or any(one.startswith(action) for one in each.alarm_actions))
    ]
    start = int(token(response))
    page = found[start : start + records]
    answer: dict[str, Any] = {
        "MetricAlarms": [each for each in page if each.rule is None],
        "CompositeAlarms": [each for each in page if each.rule is not None],
        "NextToken": str(start + records) if start + records < len(found) else None,
    }
    return ActionResult(answer)


def token(response: CloudWatchResponse) -> str:
    """Return where a page begins."""
    said = str(param(response, "NextToken") or 0)
    if not said.isdigit():
        raise InvalidParameterValue("Request parameter NextToken is invalid")
    return said


def kind(alarm: Alarm) -> str:
    """Return an alarm's type as AlarmTypes names it."""
    return "MetricAlarm" if alarm.rule is None else "CompositeAlarm"


def delete_alarms(response: CloudWatchResponse) -> EmptyResult:
    """DeleteAlarms: 100 names, one of them composite at most, none that a composite alarm still looks at.

    Those that exist are deleted even when another doesn't; that one is then told (API_DeleteAlarms.html lists
    ResourceNotFound, without saying when: this is the harsher reading).
    """
    names: list[str] = param(response, "AlarmNames", [])
    backend = response.cloudwatch_backend
    refuse_deletion(backend, names)
    unknown = [each for each in names if each not in backend.alarms]
    for name in names:
        if alarm := backend.alarms.pop(name, None):
            backend.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
    if unknown:
        raise ResourceNotFound(f"Alarms not found: {', '.join(unknown)}")
    return EmptyResult()
