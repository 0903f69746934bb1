"""Which fleets an alarm wakes, and why not."""

from dataclasses import replace

import pytest

from tests.fakes import NOW, group
from tidegate.journal import layout
from tidegate.policy.alarm import alarm_name
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal
from tidegate.policy.size import Size
from tidegate.reactions.alarm import Alarm, dismissed
from tidegate.reactions.capacity_alarm.plan import tells_its_fleet, verdict, wakes
from tidegate.reactions.verdict import Verdict

LONG = "g" * 255
PROFILES = {
    "default": Profile(),
    "adopting": Profile(signal={"load": Signal(alarm="{group}-busy"), "all": Signal(alarm="site-busy")}),
    "leaving": Profile(size=Size(mode="leave"), signal={"load": Signal(alarm="{group}-busy")}),
}
FLEETS = {
    one.name: one
    for one in (
        group("chat", 1),
        group(LONG, 2),
        group("batch", 3, profile="adopting"),
        group("embed", 4, profile="adopting"),
        group("still", 5, profile="leaving"),
        group("lost", 6, profile="chta"),
    )
}


def alarm(name: str = "tidegate/dev/cpu/chat", *, ago: float = 2, drill: str | None = None) -> Alarm:
    return Alarm("e1", name, "ALARM", "OK", "Threshold Crossed", NOW - ago, drill)


NOTHING = {
    "an alarm that is over": (replace(alarm(), state="OK"), "not_alarm"),
    "one without data": (replace(alarm(), state="INSUFFICIENT_DATA"), "not_alarm"),
    "one of an hour ago": (alarm(ago=3601), "stale"),
    "one of the future": (alarm(ago=-301), "from_future"),
    "a drill's without a record": (alarm(drill="n2"), "drill_without_record"),
    "a drill's without a nonce": (alarm(drill=""), "drill_without_record"),
    "one of a while ago": (alarm(ago=3600), None),
    "one of clocks that differ": (alarm(ago=-300), None),
    "a drill's with its record": (alarm(drill="n1"), None),
}


@pytest.mark.parametrize(("one", "code"), NOTHING.values(), ids=NOTHING)
def test_an_alarm_that_says_nothing_of_the_present_is_dismissed(one: Alarm, code: str | None) -> None:
    why = dismissed(one, {"n1": "fleet/chat"}, NOW)
    assert (why and why.code) == code


WHOSE: dict[str, tuple[str, tuple[str, ...]]] = {
    "our own names its fleet": ("tidegate/dev/cpu/chat", ("chat",)),
    "and is believed, since the look shows what the fleet is": ("tidegate/dev/cpu/gone", ("gone",)),
    "a name that was cut is compared": (alarm_name("dev", "cpu", LONG), (LONG,)),
    "a cut name of no fleet": (alarm_name("dev", "cpu", "h" * 255), ()),
    "another stage's": ("tidegate/live/cpu/chat", ()),
    "an adopted one names its fleet": ("batch-busy", ("batch",)),
    "an adopted one that several follow": ("site-busy", ("batch", "embed")),
    "one whose profile leaves the size alone": ("still-busy", ()),
    "one whose fleet has another profile": ("chat-busy", ()),
    "one whose profile nobody configured": ("lost-busy", ()),
    "a stranger's": ("busy", ()),
}


@pytest.mark.parametrize(("name", "fleets"), WHOSE.values(), ids=WHOSE)
def test_whose_an_alarm_is(name: str, fleets: tuple[str, ...]) -> None:
    said = verdict(alarm(name), "dev", PROFILES, FLEETS, {})
    assert (said.targets, said.code) == (tuple(map(layout.fleet, fleets)), "wake" if fleets else "no_fleet")
    assert name in said.reason


def test_only_a_whole_name_of_ours_tells_its_fleet() -> None:
    names = ["tidegate/dev/cpu/chat", alarm_name("dev", "cpu", LONG), "batch-busy", "tidegate/live/cpu/chat"]
    assert [tells_its_fleet(alarm(name), "dev") for name in names] == [True, False, False, False]


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("tidegate/dev/cpu/chat", "chat", ("wake", ("fleet/chat",))),
        ("tidegate/dev/cpu/chat", "batch", ("drill_elsewhere", ())),
        ("site-busy", "embed", ("wake", ("fleet/embed",))),
        ("site-busy", "chat", ("drill_elsewhere", ())),
    ],
)
def test_a_drill_wakes_the_fleet_of_its_record_alone(name: str, target: str, expected: tuple[str, list[str]]) -> None:
    said = verdict(alarm(name, drill="n1"), "dev", PROFILES, FLEETS, {"n1": layout.fleet(target)})
    assert (said.code, said.targets) == expected


def test_each_alarm_wakes_each_of_its_fleets_under_its_own_id_and_says_what_rang() -> None:
    site = verdict(alarm("site-busy"), "dev", PROFILES, FLEETS, {})
    drilled = verdict(replace(alarm(), reason="tidegate drill n1"), "dev", PROFILES, FLEETS, {})
    silent = verdict(replace(alarm(), reason=""), "dev", PROFILES, FLEETS, {})
    nothing = Verdict(alarm(), "stale", "old")
    assert list(wakes([site, drilled, silent, nothing])) == [
        ("fleet/batch", "e1", "the alarm site-busy rings: Threshold Crossed"),
        ("fleet/embed", "e1", "the alarm site-busy rings: Threshold Crossed"),
        ("fleet/chat", "drill-n1", "the alarm tidegate/dev/cpu/chat rings: tidegate drill n1"),
        ("fleet/chat", "e1", "the alarm tidegate/dev/cpu/chat rings: no reason was given"),
    ]
