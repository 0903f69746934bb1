"""The parser of alarm events: real ones are read, everything else is refused in one line."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.changed_events import JSON, NO_NONCES, changed, wrong_envelopes
from tests.fakes import NOW
from tidegate.fleet.drill_alarm import state_reason
from tidegate.reactions.alarm import Alarm
from tidegate.reactions.capacity_alarm.event import read
from tidegate.reactions.event import Unreadable

EVENTS = Path(__file__).parents[2] / "events"
CPU = "tidegate/dev/cpu/chat"
CROSSED = "Threshold Crossed: 1 out of the last 1 datapoints"
NONCE = "c2a9e1f07b6d4c35"

REAL = {
    "alarm_single_metric": ("c4c1c1c9-6542-e61b-6ef0-8c4d36933a92", CPU, "OK", f"{CROSSED} [91.5", None),
    "alarm_high_resolution": (
        "5b0f4c1e-2f0a-4d57-9a3b-6f1d2c3e4a5b",
        "tidegate/dev/queue/chat",
        "OK",
        f"{CROSSED} [41.0",
        None,
    ),
    "alarm_metric_math": (
        "2dde0eb1-528b-d2d5-9ca6-6d590caf2329",
        "chat-traffic-high",
        "INSUFFICIENT_DATA",
        f"{CROSSED} [45628.0",
        None,
    ),
    "alarm_composite": (
        "d3dfc86d-384d-24c8-0345-9f7986db0b80",
        "chat-under-load",
        "OK",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:chat-cpu transitioned to ALARM",
        None,
    ),
    "alarm_set_by_drill": ("8c1f6d20-9b3e-4a75-b2d4-7e5f1a0c9d38", CPU, "OK", state_reason(NONCE), None),
    "drill_alarm": ("9d4e6f7a-8b9c-4d0e-a1f2-b3c4d5e6f7a9", CPU, "OK", state_reason(NONCE), NONCE),
}


def recorded(name: str = "alarm_single_metric") -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json") if "alarm" in path.stem))
def test_every_recorded_event_is_read(name: str) -> None:
    event_id, alarm, previous, reason, drill = REAL[name]
    found = read(json.dumps(recorded(name)))
    assert (found.event_id, found.name, found.state, found.time, found.drill) == (event_id, alarm, "ALARM", NOW, drill)
    assert (found.previous, found.reason.startswith(reason)) == (previous, True)


def change(path: str, value: object) -> str:
    return changed(recorded(), path, value)


WRONG = {
    **wrong_envelopes(recorded()),
    "another kind of event": (
        change("detail-type", "CloudWatch Alarm Configuration Change"),
        "detail-type is 'CloudWatch Alarm Configuration Change': 'CloudWatch Alarm State Change' is needed",
    ),
    "no detail": (change("detail", None), "detail is missing: an object with an alarmName and a state is needed"),
    "no name": (change("detail/alarmName", None), "detail.alarmName is None: text is needed"),
    "no state": (change("detail/state", None), "detail.state is missing: an object with a value is needed"),
    "a state that is text": (change("detail/state", "ALARM"), "detail.state is missing"),
    "an unknown state": (change("detail/state/value", "FIRE"), "detail.state.value is 'FIRE': one of OK, ALARM"),
    "an unknown state before": (change("detail/previousState/value", "FIRE"), "detail.previousState.value is 'FIRE'"),
    "a reason that is none": (change("detail/state/reason", 7), "detail.state.reason is 7: text is needed"),
    "the source of another service": (
        change("source", "aws.ec2"),
        "source is 'aws.ec2': one of aws.cloudwatch, tidegate.drill",
    ),
}


@pytest.mark.parametrize(("body", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_event_is_refused_with_what_is_wrong_and_what_is_needed(body: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        read(body)
    assert "\n" not in str(raised.value)


def test_what_nothing_depends_on_may_be_missing_or_new() -> None:
    event = recorded()
    del event["detail"]["previousState"], event["detail"]["configuration"], event["detail"]["state"]["reason"]
    event["detail"] |= {"alarmTags": {"team": "inference"}}
    found = read(json.dumps(event))
    assert (found.previous, found.reason) == (None, "")


PARTS = ["id", "time", "source", "detail-type", "detail", "detail/alarmName", "detail/state", "detail/state/value"]


@given(st.text() | JSON.map(json.dumps))
def test_no_text_makes_the_parser_raise_anything_but_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


@given(st.sampled_from([*PARTS, "detail/state/reason", "detail/previousState", "detail/previousState/value"]), JSON)
def test_no_value_in_any_field_makes_the_parser_raise_anything_but_unreadable(path: str, value: object) -> None:
    with suppress(Unreadable):
        assert read(change(path, value)).state in ("OK", "ALARM", "INSUFFICIENT_DATA")


@pytest.mark.parametrize("nonce", NO_NONCES)
def test_a_drill_with_a_nonce_that_can_be_none_has_the_nonce_that_no_record_has(nonce: object) -> None:
    event = recorded("drill_alarm")
    event["detail"]["tidegate-drill"] = nonce
    assert read(json.dumps(event)).drill == ""


IDS = {
    "CloudWatch's own": ("Threshold Crossed", None, "e1"),
    "one that a drill has set": ("tidegate drill n-1", None, "drill-n-1"),
    "one that a drill has set, in its own words": (state_reason("n-1"), None, "drill-n-1"),
    "one that a drill has set back": ("tidegate drill is over: the state from before it", None, "e1"),
    "a nonce that is too long": (f"tidegate drill {'x' * 65}", None, "e1"),
    "words that only look like it": ("a tidegate drill n-1", None, "e1"),
    "a drill's own event": ("", "n-1", "drill-n-1"),
    "a drill's own event without a nonce": ("", "", "e1"),
}


@pytest.mark.parametrize(("reason", "drill", "expected"), IDS.values(), ids=IDS)
def test_wakes_bear_the_id_of_the_event_and_those_of_a_drill_its_nonce(
    reason: str, drill: str | None, expected: str
) -> None:
    assert Alarm("e1", CPU, "ALARM", "OK", reason, NOW, drill).wake_id == expected
