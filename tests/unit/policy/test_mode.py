"""The mode and the kill switch: what is missing or misspelt counts as the careful one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.mode import Mode, misspelt, read_mode

SAID = {
    "a fresh deployment observes": ("observe", "off", Mode(act=False, stopped=False)),
    "act acts": ("act", "off", Mode(act=True, stopped=False)),
    "the switch stops what acts": ("act", "on", Mode(act=True, stopped=True)),
    "blanks and capitals don't matter at night": (" Act\n", "OFF", Mode(act=True, stopped=False)),
    "a misspelt mode observes": ("atc", "off", Mode(act=False, stopped=False)),
    "a misspelt switch is on": ("act", "of", Mode(act=True, stopped=True)),
    "missing parameters stand still": (None, None, Mode(act=False, stopped=True)),
}


@pytest.mark.parametrize(("mode", "switch", "expected"), SAID.values(), ids=SAID)
def test_what_the_parameters_say(mode: str | None, switch: str | None, expected: Mode) -> None:
    assert read_mode(mode, switch) == expected


@given(st.none() | st.text(), st.none() | st.text())
def test_only_the_two_exact_words_let_it_release(mode: str | None, switch: str | None) -> None:
    may = (mode or "").strip().lower() == "act" and (switch or "").strip().lower() == "off"
    assert read_mode(mode, switch).may_release == may


def test_each_misspelling_is_told_with_what_it_is_taken_for() -> None:
    assert misspelt("atc", "of") == (
        "mode is 'atc', allowed is observe or act: taken as 'observe'",
        "kill switch is 'of', allowed is off or on: taken as 'on'",
    )
    assert misspelt("act", "on") == ()
