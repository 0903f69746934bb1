"""The schema of what clients report says what the parser takes, no more and no less."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from tests.changed_events import JSON
from tests.unit.bedrock_throttling.test_event import recorded
from tidegate.policy.report import MOST_COUNT, MOST_NUMBER, REPORTED, VERSION
from tidegate.policy.route import NAME
from tidegate.reactions.bedrock_throttling.event import read
from tidegate.reactions.event import Unreadable

SCHEMA: Final[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())
PROPERTIES: Final[dict[str, dict[str, Any]]] = SCHEMA["properties"]
VALIDATOR: Final[Any] = import_module("jsonschema").Draft202012Validator(SCHEMA)  # it has no types

EDGES: Final = st.sampled_from(
    [None, True, 0, 1, -1, 1.0, 1.5, MOST_COUNT, MOST_COUNT + 1, MOST_NUMBER, MOST_NUMBER + 1, "", "a", "a\n", "A", "1"]
)


def taken(detail: object) -> bool:
    try:
        read(json.dumps(recorded() | {"detail": detail}))
    except Unreadable:
        return False
    return True


def test_it_is_a_schema_and_says_of_everything_what_it_means() -> None:
    VALIDATOR.check_schema(SCHEMA)
    assert [name for name, one in PROPERTIES.items() if not one["description"].endswith(".")] == []


def test_its_bounds_are_those_of_the_code() -> None:
    assert PROPERTIES["version"]["const"] == VERSION
    assert PROPERTIES["failure"]["enum"] == list(REPORTED)
    assert PROPERTIES["count"]["maximum"] == PROPERTIES["withoutMaxTokens"]["maximum"] == MOST_COUNT
    assert {PROPERTIES[key]["maximum"] for key in ("epoch", "requests", "maxTokens", "outputTokens")} == {MOST_NUMBER}
    # To some validators $ is also the place before a last line break.
    whole = rf"^{NAME.pattern}(?!\n)$"
    assert {PROPERTIES[key]["pattern"] for key in ("stage", "model", "route")} == {whole}


@given(JSON)
def test_what_the_schema_takes_as_a_whole_the_parser_takes(detail: object) -> None:
    assert taken(detail) == VALIDATOR.is_valid(detail)


@given(st.dictionaries(st.sampled_from(sorted(PROPERTIES)), EDGES | JSON, min_size=1, max_size=2))
@example({"count": 1.0, "maxTokens": None})
@example({"tier": "flex"})
@example({"model": "a\n"})
def test_a_report_with_other_values_is_taken_by_both_or_by_none(other: dict[str, object]) -> None:
    detail = recorded()["detail"] | other
    assert taken(detail) == VALIDATOR.is_valid(detail)


@given(st.sets(st.sampled_from(sorted(PROPERTIES)), max_size=2))
def test_a_report_that_lacks_something_is_taken_by_both_or_by_none(missing: set[str]) -> None:
    detail = {name: value for name, value in recorded()["detail"].items() if name not in missing}
    assert taken(detail) == VALIDATOR.is_valid(detail) == missing.isdisjoint(SCHEMA["required"])
