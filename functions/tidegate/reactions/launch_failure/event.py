"""Reads the event that Auto Scaling sends when it could not launch a machine.

One for each attempt. What the launch was refused for stands in `StatusMessage`, in the words of the scaling activity;
no field has the market or the instance type:

    {"version": "0", "id": "3e8d5b0c-6a41-4f0e-9b7d-2c5f8e1a9d60", "detail-type": "EC2 Instance Launch Unsuccessful",
     "source": "aws.autoscaling", "account": "123456789012", "time": "2026-11-25T08:00:00Z", "region": "us-east-1",
     "resources": ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0a1b2c3d-...:autoScalingGroupName/chat",
                   "arn:aws:ec2:us-east-1:123456789012:instance/"],
     "detail": {
       "StatusCode": "Failed", "AutoScalingGroupName": "chat",
       "ActivityId": "5d0663dd-7c1f-4b7a-8f59-0e6a2b1c3d4e", "RequestId": "5d0663dd-7c1f-4b7a-8f59-0e6a2b1c3d4e",
       "Details": {"Availability Zone": "us-east-1b", "Subnet ID": "subnet-0b662ef9931388ba0"},
       "StatusMessage": "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your
                         request configuration. Please adjust your request and try again. Launching EC2 instance
                         failed.",
       "Cause": "At 2026-11-25T07:59:58Z an instance was started in response to a difference between desired and actual
                 capacity, increasing the capacity from 5 to 6.",
       "StartTime": "2026-11-25T07:59:59.512Z", "EndTime": "2026-11-25T07:59:59Z", "EC2InstanceId": "",
       "Origin": "EC2", "Destination": "AutoScalingGroup"}}

A machine that was there and never came into service is named by `EC2InstanceId`. `Destination` is `WarmPool` where the
launch was to fill a warm pool, which serves nobody yet; `Origin` is, where the machine came out of one. Older events
have neither. Some have a `Description` too, as the activity has.

A drill sends one with the source `tidegate.drill` and its nonce as `tidegate-drill` in `detail`.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pools-eventbridge-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidegate.fleet.drill_alarm import wake_event
from tidegate.fleet.launches import Failure, classify
from tidegate.reactions import event as envelope
from tidegate.reactions.event import Unreadable
from tidegate.reactions.launch_failure.pattern import SOURCES, UNSUCCESSFUL

WARM_POOL: Final = "WarmPool"


@dataclass(frozen=True, slots=True)
class FailedLaunch:
    """A launch of a group that came to nothing. `time` is in epoch seconds."""

    event_id: str
    group: str
    failure: Failure
    into_warm_pool: bool
    time: float
    drill: str | None = None
    """Nonce of the drill that sent it, which needs a record; empty if it is none. None: Auto Scaling did."""

    @property
    def kind(self) -> str:
        """How the metric `Received` counts it."""
        return "launch"

    @property
    def about(self) -> str:
        """What the event is about, as a reason names it."""
        return f"a failed launch of {self.group}"

    @property
    def wake_id(self) -> str:
        """The id of the wake that it causes: a drill's is found by its nonce."""
        return wake_event(self.drill) if self.drill else self.event_id


def read(body: str) -> FailedLaunch:
    """Read the body of one message of the reaction's queue.

    Raises:
        Unreadable: it is no JSON object, or a field is missing or outside of what Auto Scaling sends.
    """
    return envelope.read(body, _failed_launch)


def _failed_launch(event: Mapping[str, Any]) -> FailedLaunch:
    kind = event.get("detail-type")
    if kind != UNSUCCESSFUL:
        raise Unreadable(f"detail-type is {kind!r}: {UNSUCCESSFUL!r} is needed")
    detail = envelope.part(event, "detail", "an AutoScalingGroupName")
    return FailedLaunch(
        event_id=envelope.text(event, "id"),
        group=envelope.text(detail, "AutoScalingGroupName", at="detail."),
        failure=classify(_said(detail, "StatusMessage") or _said(detail, "Description")),
        into_warm_pool=_said(detail, "Destination") == WARM_POOL,
        time=envelope.time(event),
        drill=envelope.drill(event, detail, SOURCES),
    )


def _said(detail: Mapping[str, Any], key: str) -> str:
    """Return a text that may be missing: nothing but a metric depends on it, so an event without it is read."""
    value = detail.get(key)
    if value is not None and not isinstance(value, str):
        raise Unreadable(f"detail.{key} is {value!r}: text is needed")
    return value or ""
