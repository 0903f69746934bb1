"""An alarm's name tells whose it is."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.alarm import LONGEST, adopted_name, alarm_name, owner, prefix

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1, max_size=255)
SIGNALS = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)


@given(SIGNALS, NAMES)
def test_name_and_owner_are_each_others_inverse_or_the_name_was_cut(signal: str, group: str) -> None:
    name = alarm_name("dev", signal, group)
    assert name.startswith(prefix("dev"))
    assert len(name) <= LONGEST
    assert owner("dev", name) in ((signal, group), None)
    if len(prefix("dev") + signal + group) < LONGEST - 1:
        assert owner("dev", name) == (signal, group)


@given(SIGNALS, NAMES, NAMES)
def test_no_two_groups_share_an_alarm(signal: str, one: str, other: str) -> None:
    assert (alarm_name("dev", signal, one) == alarm_name("dev", signal, other)) == (one == other)


def test_groups_whose_names_differ_only_at_their_ends_share_none_either() -> None:
    assert alarm_name("dev", "cpu", "x" * 254 + "a") != alarm_name("dev", "cpu", "x" * 254 + "b")
    assert owner("dev", alarm_name("dev", "cpu", "x" * 254)) is None


def test_an_alarm_of_another_stage_or_of_somebody_else_has_no_owner_here() -> None:
    assert owner("dev", alarm_name("dev-2", "cpu", "chat")) is None
    assert owner("dev", "tidegate/dev/cpu") is None
    assert owner("dev", "cpu-high") is None


def test_a_groups_name_may_hold_slashes() -> None:
    assert owner("dev", alarm_name("dev", "cpu", "eu/chat/1")) == ("cpu", "eu/chat/1")


def test_an_adopted_alarm_is_named_by_its_group() -> None:
    assert adopted_name("{group}-slow", "chat") == "chat-slow"
