"""The parser of launches that failed: real ones are read, everything else is refused in one line."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.changed_events import JSON, NO_NONCES, changed, wrong_envelopes
from tests.fakes import NOW
from tidegate.fleet.launches import classify
from tidegate.reactions.event import Unreadable
from tidegate.reactions.launch_failure.event import FailedLaunch, read

EVENTS = Path(__file__).parents[2] / "events"
NONCE = "c2a9e1f07b6d4c35"

REAL: dict[str, tuple[str, str, str, bool, str | None]] = {
    "spot_capacity": ("3e8d5b0c-6a41-4f0e-9b7d-2c5f8e1a9d60", "spot", "capacity", False, None),
    "spot_quota": ("4f9e6c1d-7b52-4a1f-8c8e-3d6a9f2b0e71", "spot", "quota", False, None),
    "on_demand_capacity": ("5a0f7d2e-8c63-4b20-9d9f-4e7b0a3c1f82", "on-demand", "capacity", False, None),
    "without_market": ("6b1a8e3f-9d74-4c31-8eaa-5f8c1b4d2a93", "unknown", "quota", False, None),
    "configuration": ("7c2b9f4a-ae85-4d42-9fbb-6a9d2c5e3ba4", "on-demand", "configuration", False, None),
    "lifecycle_abandoned": ("8d3ca05b-bf96-4e53-80cc-7bae3d6f4cb5", "unknown", "unknown", False, None),
    "into_warm_pool": ("9e4db16c-c0a7-4f64-91dd-8cbf4e7a5dc6", "on-demand", "capacity", True, None),
    "out_of_warm_pool": ("af5ec27d-d1b8-4075-82ee-9dc05f8b6ed7", "unknown", "unknown", False, None),
    "by_drill": ("b06fd38e-e2c9-4186-93ff-aed160ac7fe8", "spot", "capacity", False, NONCE),
}
"""Id, market, cause, whether it was to fill a warm pool, and a drill's nonce."""


def recorded(name: str = "spot_capacity") -> dict[str, Any]:
    return json.loads((EVENTS / f"launch_failure_{name}.json").read_text())


@pytest.mark.parametrize("path", sorted(EVENTS.glob("launch_failure_*.json")), ids=lambda path: path.stem)
def test_every_recorded_event_is_read(path: Path) -> None:
    event_id, market, cause, into_warm_pool, drill = REAL[path.stem.removeprefix("launch_failure_")]
    event = json.loads(path.read_text())
    failure = classify(event["detail"]["StatusMessage"])
    assert read(json.dumps(event)) == FailedLaunch(event_id, "chat", failure, into_warm_pool, NOW, drill)
    assert (failure.market, failure.cause) == (market, cause)


def change(path: str, value: object) -> str:
    return changed(recorded(), path, value)


WRONG = {
    **wrong_envelopes(recorded()),
    "a launch that succeeded": (
        change("detail-type", "EC2 Instance Launch Successful"),
        "detail-type is 'EC2 Instance Launch Successful': 'EC2 Instance Launch Unsuccessful' is needed",
    ),
    "no detail": (change("detail", None), "detail is missing: an object with an AutoScalingGroupName is needed"),
    "no group": (change("detail/AutoScalingGroupName", None), "detail.AutoScalingGroupName is None: text is needed"),
    "a group without a name": (change("detail/AutoScalingGroupName", ""), "detail.AutoScalingGroupName is ''"),
    "a message that is none": (change("detail/StatusMessage", ["?"]), r"detail.StatusMessage is \['\?'\]: text"),
    "a destination that is none": (change("detail/Destination", 7), "detail.Destination is 7: text is needed"),
    "the source of another service": (
        change("source", "aws.ec2"),
        "source is 'aws.ec2': one of aws.autoscaling, tidegate.drill is needed",
    ),
}


@pytest.mark.parametrize(("body", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_event_is_refused_with_what_is_wrong_and_what_is_needed(body: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        read(body)
    assert "\n" not in str(raised.value)


def test_an_event_of_which_nothing_but_the_group_is_known_is_read() -> None:
    event = recorded()
    event["detail"] = {"AutoScalingGroupName": "chat", "Reason": "new"}
    found = read(json.dumps(event))
    assert (found.group, found.failure, found.into_warm_pool) == ("chat", classify(""), False)


def test_without_a_message_the_description_tells_why() -> None:
    event = recorded("without_market")
    event["detail"]["StatusMessage"] = ""
    assert str(read(json.dumps(event)).failure) == "unknown quota"


def test_the_words_of_auto_scaling_are_kept_as_they_are() -> None:
    said = "Could  not launch\nSpot Instances."
    assert read(change("detail/StatusMessage", said)).failure.text == said


PARTS = ["id", "time", "source", "detail-type", "detail", "detail/AutoScalingGroupName", "detail/StatusMessage"]


@given(st.text() | JSON.map(json.dumps))
def test_no_text_makes_the_parser_raise_anything_but_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


@given(st.sampled_from([*PARTS, "detail/Destination", "detail/Origin", "detail/Details"]), JSON)
def test_no_value_in_any_field_makes_the_parser_raise_anything_but_unreadable(path: str, value: object) -> None:
    with suppress(Unreadable):
        assert read(change(path, value)).group


@pytest.mark.parametrize("nonce", NO_NONCES)
def test_a_drill_with_a_nonce_that_can_be_none_has_the_nonce_that_no_record_has(nonce: object) -> None:
    event = recorded("by_drill")
    event["detail"]["tidegate-drill"] = nonce
    assert read(json.dumps(event)).drill == ""


def test_the_wake_of_a_drill_bears_its_nonce_and_any_other_the_id_of_the_event() -> None:
    real, drill = recorded(), recorded("by_drill")
    assert read(json.dumps(real)).wake_id == real["id"]
    assert read(json.dumps(drill)).wake_id == f"drill-{NONCE}"
