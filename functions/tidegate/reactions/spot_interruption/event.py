"""Reads the two events that EC2 sends about a spot machine.

An EC2 Spot Instance Interruption Warning, about two minutes before the end; best effort. The resource may hold an
Availability Zone where an ARN has its Region, and no account:

    {"version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602",
     "detail-type": "EC2 Spot Instance Interruption Warning", "source": "aws.ec2", "account": "123456789012",
     "time": "2026-11-24T08:00:00Z", "region": "us-east-1",
     "resources": ["arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0"],
     "detail": {"instance-id": "i-0b662ef9931388ba0", "instance-action": "terminate"}}

An EC2 Instance Rebalance Recommendation, when the machine is at elevated risk; often long before a warning, sometimes
with it, and no promise of one. The same, but `detail` holds the instance alone:

    {"detail-type": "EC2 Instance Rebalance Recommendation", ..., "detail": {"instance-id": "i-0b662ef9931388ba0"}}

A drill sends either with the source `tidegate.drill` and its nonce as `tidegate-drill` beside the instance.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from tidegate.fleet.notice import Action, Notice
from tidegate.reactions import event as envelope
from tidegate.reactions.event import Unreadable
from tidegate.reactions.spot_interruption.pattern import RECOMMENDATION, SOURCES, WARNING

_INSTANCE: Final = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_ACTIONS: Final = ("terminate", "stop", "hibernate")


def read(body: str) -> Notice:
    """Read the body of one message of the reaction's queue.

    Raises:
        Unreadable: it is no JSON object, or a field is missing or outside of what EC2 sends.
    """
    return envelope.read(body, _notice)


def _notice(event: Mapping[str, Any]) -> Notice:
    detail = envelope.part(event, "detail", "an instance-id")
    return Notice(
        event_id=envelope.text(event, "id"),
        instance=_instance(detail),
        action=_action(event, detail),
        time=envelope.time(event),
        drill=envelope.drill(event, detail, SOURCES),
    )


def _instance(detail: Mapping[str, Any]) -> str:
    value = detail.get("instance-id")
    if not isinstance(value, str) or not _INSTANCE.fullmatch(value):
        raise Unreadable(f"detail.instance-id is {value!r}: an instance id such as i-0b662ef9931388ba0 is needed")
    return value


def _action(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Action:
    kind = event.get("detail-type")
    if kind == RECOMMENDATION:
        return "none"
    if kind != WARNING:
        raise Unreadable(f"detail-type is {kind!r}: {WARNING!r} or {RECOMMENDATION!r} is needed")
    action = detail.get("instance-action")
    if action not in _ACTIONS:
        raise Unreadable(f"detail.instance-action is {action!r}: one of {', '.join(_ACTIONS)} is needed")
    return cast(Action, action)
