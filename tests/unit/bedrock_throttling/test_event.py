"""The parser of what tells that a model is throttled: real events are read, everything else is refused in one line."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.changed_events import JSON, NO_NONCES, changed, wrong_envelopes
from tests.fakes import NOW
from tidegate.model.report import Report
from tidegate.reactions.alarm import Alarm
from tidegate.reactions.bedrock_throttling.event import Told, read
from tidegate.reactions.event import Unreadable

EVENTS = Path(__file__).parents[2] / "events"
NONCE = "c2a9e1f07b6d4c35"


def recorded(name: str = "model_report") -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


REPORTS = {
    "model_report": Report(
        event_id="5f1d3b7e-2c64-4a0b-9d8f-1e6a7c3b5d20",
        model="chat",
        route="home",
        failure="throttled",
        count=7,
        time=NOW,
        requests=40,
        epoch=1795593540,
        without_max_tokens=5,
        max_tokens=4096,
        output_tokens=212,
    ),
    "model_report_least": Report(
        event_id="6a2e4c8f-3d75-4b1c-8e90-2f7b8d4c6e31",
        model="chat",
        route="home",
        failure="denied",
        count=1,
        time=NOW,
        without_max_tokens=1,
    ),
    "model_report_by_drill": Report(
        event_id="7b3f5d90-4e86-4c2d-9fa1-308c9e5d7f42",
        model="chat",
        route="home",
        failure="throttled",
        count=7,
        time=NOW,
        epoch=1795593540,
        without_max_tokens=5,
        max_tokens=4096,
        output_tokens=212,
        drill=NONCE,
    ),
}


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("model_report*.json")))
def test_every_recorded_report_is_read(name: str) -> None:
    assert read(json.dumps(recorded(name))) == Told("dev", REPORTS[name])


@pytest.mark.parametrize("watch", ["throttles", "throttle-ratio"])
def test_every_recorded_alarm_is_read(watch: str) -> None:
    found = read(json.dumps(recorded(f"model_{watch.replace('-', '_')}")))
    assert isinstance(found, Alarm)
    assert (found.name, found.state, found.drill) == (f"tidegate-model/dev/chat/home/{watch}", "ALARM", None)


def test_every_recorded_event_of_a_model_is_looked_at_here() -> None:
    alarms = {"model_throttles", "model_throttle_ratio"}
    assert {path.stem for path in EVENTS.glob("model_*.json")} == {*REPORTS, *alarms}


def change(path: str, value: object) -> str:
    return changed(recorded(), path, value)


A_NAME = "a name of lower-case letters, digits and hyphens is needed"
WRONG = {
    **wrong_envelopes(recorded()),
    "another kind of event": (
        change("detail-type", "Alarm"),
        "detail-type is 'Alarm': 'Tidegate Model Route Report' or",
    ),
    "the source of alarms": (change("source", "aws.cloudwatch"), "one of tidegate.client, tidegate.drill is needed"),
    "no detail": (change("detail", None), "detail is missing: an object with a model and a route is needed"),
    "no version": (change("detail/version", None), "detail.version is None: 1 is needed, that of this release"),
    "a later version": (change("detail/version", 2), "detail.version is 2: 1 is needed, that of this release"),
    "no stage": (change("detail/stage", None), f"detail.stage is None: {A_NAME}"),
    "a model that can be none": (change("detail/model", "Chat"), f"detail.model is 'Chat': {A_NAME}"),
    "a route in two lines": (change("detail/route", "home\n"), rf"detail.route is 'home\\n': {A_NAME}"),
    "a failure that says nothing of a route": (
        change("detail/failure", "too_long"),
        "detail.failure is 'too_long': one of throttled, daily, unavailable, quota, denied, missing, invalid is needed",
    ),
    "a failure that is a list": (change("detail/failure", []), r"detail.failure is \[\]: one of"),
    "nothing that happened": (change("detail/count", 0), "detail.count is 0: a whole number from 1 to 1000000 is"),
    "more than anybody may claim": (change("detail/count", 1_000_001), "detail.count is 1000001: a whole number"),
    "half a time": (change("detail/count", 1.5), "detail.count is 1.5: a whole number"),
    "yes": (change("detail/count", value=True), "detail.count is True: a whole number"),
    "for ever": (change("detail/maxTokens", float("inf")), "detail.maxTokens is inf: a whole number from 0 to"),
    "an epoch of a billion digits": (change("detail/epoch", 10**400), "detail.epoch is 1000.*: a whole number"),
    "an epoch before all": (change("detail/epoch", -1), "detail.epoch is -1: a whole number from 0 to"),
    "words for a number": (change("detail/outputTokens", "212"), "detail.outputTokens is '212': a whole number"),
}


@pytest.mark.parametrize(("body", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_event_is_refused_with_what_is_wrong_and_what_is_needed(body: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        read(body)
    assert "\n" not in str(raised.value)


PARTS = ["id", "time", "source", "detail-type", "detail", *(f"detail/{key}" for key in recorded()["detail"])]


@given(st.text() | JSON.map(json.dumps))
def test_no_text_makes_the_parser_raise_anything_but_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


@given(st.sampled_from(PARTS), JSON)
def test_no_value_in_any_field_makes_the_parser_raise_anything_but_unreadable(path: str, value: object) -> None:
    with suppress(Unreadable):
        assert isinstance(read(change(path, value)), Told)


def test_a_later_client_may_say_more_and_a_lazy_one_null() -> None:
    event = recorded()
    event["detail"] |= {"tier": "flex", "maxTokens": None, "count": 7.0}
    found = read(json.dumps(event))
    assert isinstance(found, Told)
    assert (found.report.max_tokens, found.report.count) == (None, 7)


@pytest.mark.parametrize("nonce", NO_NONCES)
def test_a_drill_with_a_nonce_that_can_be_none_has_the_nonce_that_no_record_has(nonce: object) -> None:
    event = recorded("model_report_by_drill")
    event["detail"]["tidegate-drill"] = nonce
    assert read(json.dumps(event)).drill == ""


IDS = {"an application's": (None, "e1"), "a drill's": ("n1", "drill-n1"), "a drill's without a nonce": ("", "e1")}


@pytest.mark.parametrize(("drill", "expected"), IDS.values(), ids=IDS)
def test_a_wake_bears_the_id_of_the_event_and_that_of_a_drill_its_nonce(drill: str | None, expected: str) -> None:
    report = Report(event_id="e1", model="chat", route="home", failure="quota", count=1, time=NOW, drill=drill)
    assert Told("dev", report).wake_id == expected
