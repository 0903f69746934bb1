"""Reading the policy: what is right becomes dataclasses, what is wrong one line that says how to mend it."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.errors import PolicyError
from tidegate.policy.profile import Profile, RebalanceMode, ReleaseMode
from tidegate.policy.read import Policy, dump, load, parse
from tidegate.policy.stage import Stage

DEV: dict[str, Any] = {"stage": {"dev": {}}}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt table": (
        {"stages": {}},
        'stages: unknown key, allowed is "stage", "profile", "model"; did you mean "stage"?',
    ),
    "a misspelt key": (
        {**DEV, "profile": {"chat": {"relese": "auto"}}},
        (
            'profile.chat.relese = "auto": unknown key, allowed is "release", "drain_seconds", '
            '"rebalance", "size", "mix", "signal"; did you mean "release"?'
        ),
    ),
    "a misspelt value": (
        {**DEV, "profile": {"chat": {"release": "detatch"}}},
        'profile.chat.release = "detatch": allowed is "auto", "terminate", "detach"; did you mean "detach"?',
    ),
    "a value with a line break in it": (
        {**DEV, "profile": {"chat": {"release": "ter\nminate"}}},
        'profile.chat.release = "ter\\nminate": allowed is "auto", "terminate", "detach"; did you mean "terminate"?',
    ),
    "a value of another type": (
        {**DEV, "profile": {"chat": {"rebalance": True}}},
        'profile.chat.rebalance = true: allowed is "ignore", "observe"',
    ),
    "a number out of range": (
        {"stage": {"dev": {"journal_days": 0}}},
        "stage.dev.journal_days = 0: allowed is a whole number from 1 to 3653",
    ),
    "a truth value where a number belongs": (
        {"stage": {"dev": {"journal_days": True}}},
        "stage.dev.journal_days = true: allowed is a whole number from 1 to 3653",
    ),
    "an account that lost its quotes": (
        {"stage": {"dev": {"account": 123456789012}}},
        'stage.dev.account = 123456789012: allowed is twelve digits in quotes, such as "123456789012"',
    ),
    "a Region that is none": (
        {"stage": {"dev": {"region": "Frankfurt"}}},
        'stage.dev.region = "Frankfurt": allowed is the code of a Region, such as "eu-central-1"',
    ),
    "a name that CloudFormation could not bear": (
        {"stage": {"Dev Stage": {}}},
        'name of stage = "Dev Stage": allowed is lower-case letters, digits and hyphens, 32 at most',
    ),
    "a table that is none": ({"stage": {"dev": 3}}, 'stage.dev = 3: allowed is a table, such as "[stage.default]"'),
    "a group of tables that is none": (
        {"stage": 3},
        'stage = 3: allowed is tables with a name each, such as "[stage.default]"',
    ),
    "no stage": ({}, 'stage: at least one is needed, such as "[stage.dev]"'),
}


@pytest.mark.parametrize(("table", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_one_line_with_file_key_value_and_what_is_allowed(
    table: dict[str, Any], line: str
) -> None:
    with pytest.raises(PolicyError) as raised:
        parse(table, where="tidegate.toml")
    assert str(raised.value) == f"tidegate.toml: {line}"


UNREADABLE = {
    "TOML that is none": (b"[stage.dev\n", "not TOML: "),
    "bytes that are no text": (b"\xff\xfe\x00", "not UTF-8 text"),
}


@pytest.mark.parametrize(("content", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "tidegate.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=says) as raised:
        load(path)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"elsewhere\.toml: no such file"):
        load(tmp_path / "elsewhere.toml")


def test_every_key_has_a_default() -> None:
    policy = parse({"stage": {"dev": {}}, "profile": {"default": {}}}, where="tidegate.toml")
    assert policy == Policy(stages={"dev": Stage()}, profiles={"default": Profile()})


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
PROFILES = st.builds(
    Profile, release=st.sampled_from(get_args(ReleaseMode)), rebalance=st.sampled_from(get_args(RebalanceMode))
)
STAGES = st.builds(
    Stage,
    account=st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
    region=st.sampled_from([None, "eu-central-1", "us-gov-west-1", "ap-southeast-2"]),
    journal_days=st.integers(1, 3653),
)


@given(NAMES, STAGES, st.dictionaries(NAMES, PROFILES, max_size=5))
def test_what_travels_in_the_asset_is_what_was_configured(
    name: str, stage: Stage, profiles: dict[str, Profile]
) -> None:
    policy = Policy(stages={"another": Stage(), name: stage}, profiles=profiles)
    assert parse(json.loads(dump(policy, name)), where="policy.json") == Policy(stages={name: stage}, profiles=profiles)


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(st.integers() | st.text(), lambda x: st.dictionaries(st.text(max_size=9), x)),
        max_size=3,
    )
)
def test_no_table_makes_the_reader_raise_anything_but_a_policy_error(table: dict[str, Any]) -> None:
    with suppress(PolicyError):
        parse(table, where="tidegate.toml")
