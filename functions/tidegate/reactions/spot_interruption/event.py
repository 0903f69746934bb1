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

import json
import re
from datetime import datetime
from typing import Any, Final, cast

from tidegate.fleet.drill import NONCE
from tidegate.fleet.notice import Action, Notice
from tidegate.reactions.spot_interruption.pattern import RECOMMENDATION, SOURCES, WARNING

DRILL_SOURCE: Final = "tidegate.drill"
DRILL_KEY: Final = "tidegate-drill"

_INSTANCE: Final = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_ACTIONS: Final = ("terminate", "stop", "hibernate")


class Unreadable(ValueError):
    """An event that is none of ours, or not whole. The text is one line: what, where, what is allowed."""


def read(body: str) -> Notice:
    """Read the body of one message of the reaction's queue.

    Raises:
        Unreadable: it is no JSON object, or a field is missing or outside of what EC2 sends.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the message is no JSON: {error}") from None
    if not isinstance(event, dict):
        raise Unreadable(f"the message is a JSON {type(event).__name__}, not an event")
    event = cast(dict[str, Any], event)
    try:
        return _notice(event)
    except Unreadable as error:
        raise Unreadable(f"event {event.get('id')!r}: {error}") from None


def _notice(event: dict[str, Any]) -> Notice:
    detail = event.get("detail")
    if not isinstance(detail, dict):
        raise Unreadable("detail is missing: an object with an instance-id is needed")
    detail = cast(dict[str, Any], detail)
    return Notice(
        event_id=_text(event, "id"),
        instance=_instance(detail),
        action=_action(event, detail),
        time=_time(event),
        drill=_nonce(detail) if _source(event) == DRILL_SOURCE else None,
    )


def _source(event: dict[str, Any]) -> str:
    source = event.get("source")
    if source not in SOURCES:
        raise Unreadable(f"source is {source!r}: one of {', '.join(SOURCES)} is needed")
    return cast(str, source)


def _nonce(detail: dict[str, Any]) -> str:
    """The drill's nonce; empty, which no record has, for what can be none."""
    value = detail.get(DRILL_KEY)
    return value if isinstance(value, str) and NONCE.fullmatch(value) else ""


def _text(event: dict[str, Any], key: str) -> str:
    value = event.get(key)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{key} is {value!r}: text is needed")
    return value


def _instance(detail: dict[str, Any]) -> str:
    value = detail.get("instance-id")
    if not isinstance(value, str) or not _INSTANCE.fullmatch(value):
        raise Unreadable(f"detail.instance-id is {value!r}: an instance id such as i-0b662ef9931388ba0 is needed")
    return value


def _action(event: dict[str, Any], detail: dict[str, Any]) -> Action:
    kind = event.get("detail-type")
    if kind == RECOMMENDATION:
        return "none"
    if kind != WARNING:
        raise Unreadable(f"detail-type is {kind!r}: {WARNING!r} or {RECOMMENDATION!r} is needed")
    action = detail.get("instance-action")
    if action not in _ACTIONS:
        raise Unreadable(f"detail.instance-action is {action!r}: one of {', '.join(_ACTIONS)} is needed")
    return cast(Action, action)


def _time(event: dict[str, Any]) -> float:
    text = _text(event, "time")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"time is {text!r}: a time such as 2026-11-24T08:00:00Z is needed") from None
    if time.tzinfo is None:
        raise Unreadable(f"time is {text!r}: it lacks its offset, such as the Z of 2026-11-24T08:00:00Z")
    return time.timestamp()
