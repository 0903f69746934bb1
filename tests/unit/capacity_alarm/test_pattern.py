"""Which alarms the rules let through, by moto's matcher, which stands in for EventBridge's."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.events.models import EventPattern

from tidegate.policy.alarm import adopted_name, alarm_name
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal
from tidegate.policy.size import Size
from tidegate.reactions.alarm_pattern import Pattern
from tidegate.reactions.capacity_alarm import pattern

EVENTS = Path(__file__).parents[2] / "events"


def profile(*alarms: str, size: Size | None = None) -> Profile:
    signals = {f"s{number}": Signal(alarm=alarm) for number, alarm in enumerate(alarms)}
    return Profile(size=size or Size(), signal=signals) if signals else Profile()


def event(name: str, *, state: str = "ALARM", source: str = "aws.cloudwatch") -> dict[str, Any]:
    return {
        "source": source,
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"alarmName": name, "state": {"value": state}},
    }


def hits(rules: dict[str, Pattern], event: Any) -> list[str]:
    return [name for name, one in rules.items() if EventPattern.load(json.dumps(one)).matches_event(event)]


def test_without_adopted_alarms_there_is_one_rule_for_our_own_that_ring() -> None:
    assert pattern.rules("dev", {"default": Profile()}) == {
        "OwnAlarms": {
            "source": ["aws.cloudwatch", "tidegate.drill"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": [{"prefix": "tidegate/dev/"}], "state": {"value": ["ALARM"]}},
        }
    }


OWN = {
    "our own": (event("tidegate/dev/cpu/chat"), True),
    "a drill's": (event("tidegate/dev/cpu/chat", source="tidegate.drill"), True),
    "one of another stage": (event("tidegate/live/cpu/chat"), False),
    "one of a stage whose name begins alike": (event("tidegate/dev2/cpu/chat"), False),
    "anybody else's": (event("chat-cpu"), False),
    "one that is over": (event("tidegate/dev/cpu/chat", state="OK"), False),
    "one without data": (event("tidegate/dev/cpu/chat", state="INSUFFICIENT_DATA"), False),
    "another source": (event("tidegate/dev/cpu/chat", source="someone.else"), False),
    "another kind": (event("tidegate/dev/cpu/chat") | {"detail-type": "CloudWatch Alarm Configuration Change"}, False),
}


@pytest.mark.parametrize(("said", "through"), OWN.values(), ids=OWN)
def test_what_the_rule_for_our_own_alarms_lets_through(said: dict[str, Any], through: bool) -> None:
    assert hits(pattern.rules("dev", {"default": Profile()}), said) == (["OwnAlarms"] if through else [])


def test_the_rules_let_through_a_fleets_own_alarm_even_when_its_name_was_cut() -> None:
    name = alarm_name("dev", "cpu", "g" * 255)
    assert len(name) == 255
    assert hits(pattern.rules("dev", {}), event(name)) == ["OwnAlarms"]


ADOPTED: dict[str, tuple[str, Any, tuple[str, ...], tuple[str, ...]]] = {
    "a name is matched exactly": ("busy", "busy", ("busy",), ("busy2", "Busy")),
    "the group at the end": ("cpu of {group}", {"prefix": "cpu of "}, ("cpu of chat",), ("gpu of chat",)),
    "the group at the beginning": ("{group}-cpu", {"suffix": "-cpu"}, ("chat-cpu",), ("chat-cpu-2",)),
    "the group within": ("a-{group}-z", {"wildcard": "a-*-z"}, ("a-chat-z",), ("a-chat-y", "b-chat-z")),
    "the group twice": ("{group}/{group}/z", {"wildcard": "*/*/z"}, ("c/c/z",), ("c/z",)),
    "the group twice without anything between": ("a{group}{group}z", {"wildcard": "a*z"}, ("accz",), ("acc",)),
    "the group alone": ("{group}", {"exists": True}, ("chat",), ()),
    "a star that a person wrote": ("a*-{group}-z", {"wildcard": "a\\*-*-z"}, ("a*-c-z",), ("ab-c-z",)),
    "a backslash that a person wrote": ("a\\{group}\\*z", {"wildcard": "a\\\\*\\\\\\*z"}, ("a\\c\\*z",), ("a\\cz",)),
    "a star outside of a wildcard": ("a*b", "a*b", ("a*b",), ("aab",)),
    "a star before the group at the end": ("a*{group}", {"prefix": "a*"}, ("a*chat",), ("abchat",)),
}


@pytest.mark.parametrize(("alarm", "expected", "through", "held"), ADOPTED.values(), ids=ADOPTED)
def test_what_a_profile_adopts_is_matched_as_narrowly_as_its_name_allows(
    alarm: str, expected: Any, through: tuple[str, ...], held: tuple[str, ...]
) -> None:
    assert pattern.name_filter(alarm) == expected
    rules = pattern.rules("dev", {"default": profile(alarm)})
    assert list(rules) == ["OwnAlarms", "AdoptedAlarms1"]
    assert [hits(rules, event(name)) for name in through] == [["AdoptedAlarms1"]] * len(through)
    assert [hits(rules, event(name)) for name in held] == [[]] * len(held)
    assert hits(rules, event(through[0], state="OK")) == []


@given(st.text(st.sampled_from("ab*\\{}groupé-"), min_size=1, max_size=40), st.text(min_size=1, max_size=20))
def test_the_alarm_of_any_group_gets_through_whatever_a_person_wrote(alarm: str, group: str) -> None:
    # EventBridge's wildcard stands for any characters; moto's leaves line breaks out, which no name holds.
    name = adopted_name(alarm, "".join(group.split()) or "g")
    assert hits(pattern.rules("dev", {"default": profile(alarm)}), event(name))


def test_two_profiles_that_adopt_the_same_need_one_filter_and_one_that_leaves_the_size_alone_needs_none() -> None:
    profiles = {
        "a": profile("busy", "{group}-cpu"),
        "b": profile("busy"),
        "c": profile("other", size=Size(mode="leave")),
    }
    names = pattern.rules("dev", profiles)["AdoptedAlarms1"]["detail"]["alarmName"]
    assert names == ["busy", {"suffix": "-cpu"}]


ALARMS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200).map(
    lambda text: f"{{group}}{text}z"
)


@given(st.lists(ALARMS, max_size=40))
def test_no_pattern_is_longer_than_eventbridge_takes_and_every_name_stands_in_one(alarms: list[str]) -> None:
    rules = pattern.rules("dev", {"default": profile(*alarms)})
    assert [name for name, one in rules.items() if len(json.dumps(one)) > 2048] == []
    filters = [one for rule in list(rules.values())[1:] for one in rule["detail"]["alarmName"]]
    assert filters == [pattern.name_filter(alarm) for alarm in dict.fromkeys(alarms)]
    assert len(rules) <= 2 + len(alarms)


RULES = pattern.rules("dev", {"default": profile("{group}-traffic-high", "{group}-under-load")})


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_of_the_recorded_events_the_alarms_get_through_and_no_other_one(name: str) -> None:
    recorded = json.loads((EVENTS / f"{name}.json").read_text())
    assert len(hits(RULES, recorded)) == ("alarm" in name)
