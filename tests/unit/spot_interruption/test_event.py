"""The parser of spot interruption events: real ones are read, everything else is refused in one line."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.changed_events import JSON, NO_NONCES, changed, wrong_envelopes
from tests.fakes import NOW
from tidegate.fleet.notice import Notice
from tidegate.reactions.event import Unreadable
from tidegate.reactions.spot_interruption.event import read

EVENTS = Path(__file__).parents[2] / "events"
INSTANCE = "i-0b662ef9931388ba0"

REAL = {
    "spot_interruption_warning": Notice("1e5527d7-bb36-4607-3370-4164db56a40e", INSTANCE, "terminate", NOW),
    "spot_interruption_warning_zone_in_arn": Notice("7bf73129-1428-4cd3-a780-95db273d1602", INSTANCE, "terminate", NOW),
    "spot_interruption_warning_stop": Notice("64ff1f3c-a01d-4e3b-8f8a-9a3b2c1d0e4f", INSTANCE, "stop", NOW),
    "spot_interruption_warning_hibernate": Notice("0f8d2a4b-5c6e-4f7a-9b8c-1d2e3f4a5b6c", INSTANCE, "hibernate", NOW),
    "rebalance_recommendation": Notice("3c8a1d5e-7f2b-4a9c-8e6d-5b4a3f2e1d0c", INSTANCE, "none", NOW),
    "drill_spot_interruption_warning": Notice(
        "9d4e6f7a-8b9c-4d0e-a1f2-b3c4d5e6f7a8", INSTANCE, "terminate", NOW, drill="c2a9e1f07b6d4c35"
    ),
}


def recorded(name: str = "spot_interruption_warning") -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


OTHERS = ("alarm", "launch_failure", "model")
"""What stands in the names of the events of other reactions."""

NOTICES = [path.stem for path in EVENTS.glob("*.json") if not any(other in path.stem for other in OTHERS)]


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_every_recorded_event_is_read(name: str) -> None:
    assert read(json.dumps(recorded(name))) == REAL[name]


def change(path: str, value: object) -> str:
    return changed(recorded(), path, value)


WRONG = {
    **wrong_envelopes(recorded("spot_interruption_warning")),
    "no detail": (change("detail", None), "detail is missing"),
    "a detail that is text": (change("detail", "x"), "detail is missing"),
    "no instance": (change("detail/instance-id", None), "detail.instance-id is None"),
    "an instance id of the wrong shape": (change("detail/instance-id", "i-xyz"), "detail.instance-id is 'i-xyz'"),
    "an id with a line break behind it": (change("detail/instance-id", INSTANCE + "\n"), "detail.instance-id is"),
    "an unknown action": (change("detail/instance-action", "evict"), "one of terminate, stop, hibernate is needed"),
    "another kind of event": (change("detail-type", "EC2 Instance State-change Notification"), "detail-type is"),
}


@pytest.mark.parametrize(("body", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_event_is_refused_with_what_is_wrong_and_what_is_needed(body: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        read(body)
    assert "\n" not in str(raised.value)


@given(st.text() | JSON.map(json.dumps))
def test_no_text_makes_the_parser_raise_anything_but_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


@given(
    st.sampled_from(["id", "time", "detail-type", "detail", "source", "detail/instance-id", "detail/instance-action"]),
    JSON,
)
def test_no_value_in_any_field_makes_the_parser_raise_anything_but_unreadable(path: str, value: object) -> None:
    body = change(path, value)
    with suppress(Unreadable):
        assert read(body).instance == INSTANCE


@pytest.mark.parametrize("nonce", NO_NONCES)
def test_a_drill_with_a_nonce_that_can_be_none_has_the_nonce_that_no_record_has(nonce: object) -> None:
    event = recorded("drill_spot_interruption_warning")
    event["detail"]["tidegate-drill"] = nonce
    assert read(json.dumps(event)).drill == ""
