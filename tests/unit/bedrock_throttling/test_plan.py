"""Which models an alarm or a report wakes, and why not."""

from dataclasses import replace

import pytest

from tests.fakes import NOW
from tidegate.model.report import Report
from tidegate.policy.model import Model
from tidegate.policy.route import Route
from tidegate.policy.throttle_alarm import WATCHES, alarm_name
from tidegate.reactions.alarm import Alarm, dismissed
from tidegate.reactions.bedrock_throttling.event import Signal, Told
from tidegate.reactions.bedrock_throttling.plan import verdict
from tidegate.reactions.verdict import newest

HOME = Route(name="home", kind="bedrock", id="amazon.nova-lite-v1:0")
MODELS = {"chat": Model(residency="EU", routes=(HOME,)), "embed": Model(residency="EU", routes=(HOME,))}
DRILLS = {"n1": "model/chat", "n3": "fleet/chat"}


def told(
    model: str = "chat",
    route: str = "home",
    *,
    stage: str = "dev",
    number: int = 1,
    ago: float = 2,
    drill: str | None = None,
) -> Told:
    report = Report(
        event_id=f"e{number}", model=model, route=route, failure="throttled", count=3, time=NOW - ago, drill=drill
    )
    return Told(stage, replace(report, epoch=7))


def rings(name: str = alarm_name("dev", "chat", "home", "throttles"), *, ago: float = 2) -> Alarm:
    return Alarm("e9", name, "ALARM", "OK", "Threshold Crossed", NOW - ago)


NOTHING: dict[str, tuple[Signal, str | None]] = {
    "an alarm that is over": (replace(rings(), state="OK"), "not_alarm"),
    "an alarm of an hour ago": (rings(ago=3601), "stale"),
    "a report of an hour ago": (told(ago=3601), "stale"),
    "a report of the future": (told(ago=-301), "from_future"),
    "a drill's without a record": (told(drill="n2"), "drill_without_record"),
    "a drill's without a nonce": (told(drill=""), "drill_without_record"),
    "a report of clocks that differ": (told(ago=-300), None),
    "a drill's with its record": (told(drill="n1"), None),
}


@pytest.mark.parametrize(("one", "code"), NOTHING.values(), ids=NOTHING)
def test_what_says_nothing_of_the_present_is_dismissed(one: Signal, code: str | None) -> None:
    why = dismissed(one, DRILLS, NOW)
    assert (why and why.code) == code


WHOSE: dict[str, tuple[Signal, str, tuple[str, ...]]] = {
    "a report wakes its model": (told(), "wake", ("model/chat",)),
    "a report to another stage": (told(stage="live"), "other_stage", ()),
    "a report of a model that there is not": (told("chta"), "no_model", ()),
    "a report of a route that there is not": (told(route="paris"), "no_route", ()),
    "a drill wakes the model of its record": (told(drill="n1"), "wake", ("model/chat",)),
    "and no other one": (told("embed", drill="n1"), "drill_elsewhere", ()),
    "a fleet's drill wakes no model of its name": (told(drill="n3"), "drill_elsewhere", ()),
    "an alarm of another stage": (rings(alarm_name("live", "chat", "home", "throttles")), "no_model", ()),
    "an alarm that only looks like one": (rings("tidegate-model/dev/chat/home/latency"), "no_model", ()),
    "an alarm of a model that is gone": (rings(alarm_name("dev", "gone", "home", "throttles")), "no_model", ()),
    "an alarm of a route that is gone": (rings(alarm_name("dev", "chat", "gone", "throttles")), "no_route", ()),
}


@pytest.mark.parametrize(("one", "code", "targets"), WHOSE.values(), ids=WHOSE)
def test_whom_an_event_wakes(one: Signal, code: str, targets: tuple[str, ...]) -> None:
    said = verdict(one, "dev", MODELS, DRILLS)
    assert (said.code, said.targets) == (code, targets)


@pytest.mark.parametrize("watch", WATCHES)
def test_either_alarm_on_a_route_wakes_its_model(watch: str) -> None:
    assert verdict(rings(f"tidegate-model/dev/embed/home/{watch}"), "dev", MODELS, {}).targets == ("model/embed",)


REASONS: dict[str, tuple[Signal, str]] = {
    "a report": (told(), "a client met 3 x throttled on route home of chat, in the document of epoch 7"),
    "an alarm": (rings(), "the alarm tidegate-model/dev/chat/home/throttles rings: Threshold Crossed"),
    "a stranger": (told("chta"), "route home of chta: stage dev has no model chta"),
    "a route that is gone": (
        told(route="paris"),
        "route paris of chat: the model chat has no route paris in stage dev",
    ),
    "another stage": (told(stage="live"), "route home of chat was reported to stage live, not dev"),
}


@pytest.mark.parametrize(("one", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason_says_what_happened_where(one: Signal, reason: str) -> None:
    assert verdict(one, "dev", MODELS, {}).reason == reason


def test_a_model_is_woken_once_for_all_that_is_told_of_it_under_the_newest_id() -> None:
    events: list[Signal] = [told(number=1, ago=9), rings(), told(number=3, ago=5), told("embed", number=4)]
    verdicts = [verdict(one, "dev", MODELS, {}) for one in events]
    assert {(target, event) for target, event, _ in newest(verdicts)} == {("model/chat", "e9"), ("model/embed", "e4")}
