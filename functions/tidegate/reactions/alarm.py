"""Reads the event that CloudWatch sends when an alarm changes its state, on behalf of the reactions to alarms.

Of an alarm on one metric; one of high resolution differs in its `period`, 10, 20 or 30 (seconds), alone:

    {"version": "0", "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92", "detail-type": "CloudWatch Alarm State Change",
     "source": "aws.cloudwatch", "account": "123456789012", "time": "2026-11-25T08:00:00Z", "region": "us-east-1",
     "resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:tidegate/dev/cpu/chat"],
     "detail": {
       "alarmName": "tidegate/dev/cpu/chat",
       "configuration": {"description": "...", "metrics": [
         {"id": "30b6c6b2-a864-43a2-4877-c09a1afc3b87", "returnData": true, "metricStat": {
            "metric": {"namespace": "AWS/EC2", "name": "CPUUtilization",
                       "dimensions": {"AutoScalingGroupName": "chat"}},
            "period": 60, "stat": "Average"}}]},
       "previousState": {"value": "OK", "reason": "...", "reasonData": "...", "timestamp": "..."},
       "state": {"value": "ALARM", "timestamp": "2026-11-25T07:59:59.989+0000",
         "reason": "Threshold Crossed: 1 out of the last 1 datapoints [91.5 (25/11/26 07:58:00)] was greater than the
                    threshold (70.0) (minimum 1 datapoint for OK -> ALARM transition).",
         "reasonData": "{... a JSON text: version, period, recentDatapoints, threshold ...}"}}}

Of one on metric math: `metrics` holds the expression too, and says what returns data:

       "metrics": [{"id": "e1", "expression": "SUM(METRICS())", "label": "...", "returnData": true},
                   {"id": "m1", "metricStat": {...}, "returnData": false}, ...]

Of a composite alarm, which has no metric but a rule; a suppressor holds back its actions, never its state or event:

       "configuration": {"alarmRule": "ALARM(chat-cpu) OR ALARM(chat-queue)", "actionsSuppressor": "maintenance",
         "actionsSuppressorWaitPeriod": 120, "actionsSuppressorExtensionPeriod": 180},
       "state": {"value": "ALARM", "reason": "arn:...:alarm:chat-cpu transitioned to ALARM at ...", "reasonData": "...",
         "actionsSuppressedBy": "WaitPeriod", "actionsSuppressedReason": "Actions suppressed by WaitPeriod", ...}

`previousState` lacks `reasonData` where the alarm is new, and SetAlarmState may leave it out of `state`. What an alarm
watches is read from CloudWatch when its fleet is looked at, so nothing of `configuration` is read here.

A drill sends one with the source `tidegate.drill` and its nonce as `tidegate-drill` in `detail`; or it sets an alarm,
and CloudWatch's own event has the nonce in the state's reason.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from tidegate.fleet.drill import NONCE
from tidegate.fleet.drill_alarm import nonce_of, wake_event
from tidegate.policy.alarm import RINGING
from tidegate.reactions import event as envelope
from tidegate.reactions.alarm_pattern import SOURCES, STATE_CHANGE
from tidegate.reactions.event import Unreadable
from tidegate.reactions.verdict import Event, Verdict, disbelief

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
_STATES: Final = get_args(State)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that changed its state. `time` is in epoch seconds."""

    event_id: str
    name: str
    state: State
    previous: State | None
    reason: str
    """Why, in the words of CloudWatch or of whoever set it; may be empty."""

    time: float
    drill: str | None = None
    """Nonce of the drill that sent this event itself, which needs a record; empty if it is none. None: CloudWatch did,
    even if a drill has set the alarm."""

    @property
    def kind(self) -> str:
        """How the metric `Received` counts it."""
        return "alarm"

    @property
    def about(self) -> str:
        """What the event is about, as a reason names it."""
        return self.name

    @property
    def wake_id(self) -> str:
        """The id of the wakes that it causes: a drill's are found by its nonce, however it made the alarm ring."""
        nonce = self.drill or nonce_of(self.reason) or ""
        return wake_event(nonce) if NONCE.fullmatch(nonce) else self.event_id

    @property
    def why(self) -> str:
        """Why somebody is woken by it."""
        return f"the alarm {self.name} rings: {self.reason or 'no reason was given'}"


def dismissed[E: Event](event: E, drills: Mapping[str, str], now: float) -> Verdict[E] | None:
    """Return why an event asks for nothing, an alarm or another one that comes with alarms; None: it may.

    `drills` are the targets that live records of drills name, by nonce. `now` is in epoch seconds.
    """
    if isinstance(event, Alarm) and event.state != RINGING:
        return Verdict(event, "not_alarm", f"{event.name} is in the state {event.state}: nothing is asked for")
    return disbelief(event, drills, now)


def read_alarm(event: Mapping[str, Any]) -> Alarm:
    """Read an alarm out of an event.

    Raises:
        Unreadable: a field is missing or outside of what CloudWatch sends.
    """
    kind = event.get("detail-type")
    if kind != STATE_CHANGE:
        raise Unreadable(f"detail-type is {kind!r}: {STATE_CHANGE!r} is needed")
    detail = envelope.part(event, "detail", "an alarmName and a state")
    state = envelope.part(detail, "state", "a value", at="detail.")
    return Alarm(
        event_id=envelope.text(event, "id"),
        name=envelope.text(detail, "alarmName", at="detail."),
        state=_value(state, "state"),
        previous=_previous(detail),
        reason=_reason(state),
        time=envelope.time(event),
        drill=envelope.drill(event, detail, SOURCES),
    )


def _value(state: Mapping[str, Any], key: str) -> State:
    value = state.get("value")
    if value not in _STATES:
        raise Unreadable(f"detail.{key}.value is {value!r}: one of {', '.join(_STATES)} is needed")
    return cast(State, value)


def _previous(detail: Mapping[str, Any]) -> State | None:
    """Return the state before; nothing depends on it, so an event without one is read all the same."""
    if "previousState" not in detail:
        return None
    return _value(envelope.part(detail, "previousState", "a value", at="detail."), "previousState")


def _reason(state: Mapping[str, Any]) -> str:
    """Return the reason in one line; an alarm may be set for an empty one."""
    reason = state.get("reason", "")
    if not isinstance(reason, str):
        raise Unreadable(f"detail.state.reason is {reason!r}: text is needed")
    return " ".join(reason.split())
