"""Which events reach the reaction: those of its own stage, from CloudWatch, from clients and from drills."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.unit.bedrock_throttling.test_event import recorded
from tidegate.policy.alarm import alarm_name
from tidegate.reactions.bedrock_throttling import pattern
from tidegate.reactions.capacity_alarm import pattern as fleets


def hits(event: Any) -> list[str]:
    rules = pattern.rules("dev").items()
    return [name for name, one in rules if EventPattern.load(json.dumps(one)).matches_event(event)]


def altered(name: str, **more: Any) -> dict[str, Any]:
    event = recorded(name)
    event["detail"] |= more
    return event


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a report": (recorded("model_report"), ["ClientReports"]),
    "a drill's": (recorded("model_report_by_drill"), ["ClientReports"]),
    "one of another stage": (altered("model_report", stage="live"), []),
    "one of somebody else": (recorded("model_report") | {"source": "billing"}, []),
    "an alarm on throttles": (recorded("model_throttles"), ["ThrottleAlarms"]),
    "an alarm on their ratio": (recorded("model_throttle_ratio"), ["ThrottleAlarms"]),
    "an alarm that is over": (altered("model_throttles", state={"value": "OK"}), []),
    "an alarm of another stage": (altered("model_throttles", alarmName="tidegate-model/dev-2/chat/home/throttles"), []),
    "an alarm of a fleet": (altered("model_throttles", alarmName=alarm_name("dev", "cpu", "chat")), []),
}


@pytest.mark.parametrize(("event", "rules"), CASES.values(), ids=CASES)
def test_which_rule_lets_an_event_through(event: dict[str, Any], rules: list[str]) -> None:
    assert hits(event) == rules


def test_an_alarm_of_a_model_wakes_no_fleet() -> None:
    (own,) = fleets.rules("dev", {}).values()
    event: Any = recorded("model_throttles")
    assert not EventPattern.load(json.dumps(own)).matches_event(event)


def test_every_rule_says_how_old_its_events_may_get() -> None:
    assert pattern.MAX_EVENT_AGE_SECONDS.keys() == pattern.rules("dev").keys()
