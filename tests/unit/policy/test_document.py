"""The document that applications follow: whole or refused, and never a way out of the boundary."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.document import Candidate, Document, NoDocument, dump, load, parameter

HOME: Final = Candidate(name="home", kind="bedrock", id="some-model", regions=("eu-central-1",), region="eu-central-1")
AWAY: Final = Candidate(name="away", kind="bedrock", id="some-model", regions=("us-east-1",), region="us-east-1")
OWN: Final = Candidate(name="own", kind="openai-compatible", id="llama", regions=(), endpoint="http://10.0.0.1/v1")
MADE: Final = Document(
    stage="dev",
    model="chat",
    epoch=7,
    issued=1_780_000_000,
    until=1_780_003_600,
    boundary=("eu-central-1", "eu-west-1"),
    routes=(HOME, AWAY, OWN),
    home="home",
)


def test_it_comes_back_as_it_was_written() -> None:
    assert load(dump(MADE)) == MADE


def test_what_is_outside_or_unknown_is_not_allowed_whoever_wrote_it() -> None:
    assert MADE.allowed == (HOME,)
    assert replace(MADE, boundary=None).allowed == MADE.routes


@pytest.mark.parametrize(
    "lying",
    [
        replace(HOME, region="us-east-1"),
        replace(HOME, kind="bedrock-profile", region="us-east-1"),
        replace(HOME, kind="bedrock-provisioned", region="eu-west-1"),
        replace(HOME, regions=("eu-west-1",)),
    ],
)
def test_a_route_is_outside_where_it_is_called_outside_or_says_it_processes_elsewhere(lying: Candidate) -> None:
    assert replace(MADE, routes=(lying,)).allowed == ()
    assert replace(MADE, routes=(lying,)).last_resort is None


def test_what_is_left_after_its_end_is_a_plain_model_and_nothing_else() -> None:
    profile = replace(HOME, kind="bedrock-profile")
    assert replace(MADE, routes=(profile,)).allowed == (profile,)
    assert replace(MADE, routes=(profile,)).last_resort is None


def test_what_is_left_after_its_end_is_the_route_at_home_if_that_is_inside() -> None:
    assert MADE.last_resort == HOME
    assert replace(MADE, boundary=("eu-west-1",)).last_resort is None
    assert replace(MADE, home="").last_resort is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"v": 2}, "its format is 2: this release of Tidegate reads 1; install another"),
        ({"routes": [{"name": "x", "kind": "bedrock", "id": "y", "in": ["eu-central-1"]}]}, "has no region"),
        ({"routes": [{"name": "x", "kind": "groq", "id": "y"}]}, "KeyError('in')"),
        ({"boundary": "EU"}, "is no list"),
        ({"epoch": "seven"}, "a field is missing or wrong"),
        ({"epoch": True}, "epoch is True"),
        ({"epoch": 10**60}, "a field is missing or wrong"),
        ({"epoch": -1}, "epoch is -1"),
        ({"until": 1_780_000_000}, "it holds from"),
        ({"until": 1_790_000_000}, "it holds from"),
        ({"until": float("nan")}, "NaN is no number"),
        ({"epoch": float("inf")}, "Infinity is no number"),
    ],
)
def test_what_is_not_whole_is_refused_in_one_line(change: dict[str, Any], why: str) -> None:
    with pytest.raises(NoDocument) as raised:
        load(json.dumps(json.loads(dump(MADE)) | change))
    assert why in str(raised.value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_no_text_makes_the_reader_raise_anything_else(said: Any) -> None:
    for text in (json.dumps(said), str(said), json.dumps({"v": 1, "routes": said, "boundary": said})):
        with pytest.raises(NoDocument):
            load(text)


def test_a_parameter_is_named_for_stage_and_model() -> None:
    assert parameter("dev", "chat") == "/tidegate/dev/routes/chat"
