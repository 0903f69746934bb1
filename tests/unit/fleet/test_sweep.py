"""Which fleets the sweep wakes: what is unfinished, alarmed or deviates, and each in its minute of every ten."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import group
from tidegate.fleet.group import Group
from tidegate.fleet.sweep import EVERY_MINUTES, Calls, deviation, slot, wanted

NAMES = st.lists(st.text(min_size=1, max_size=20), max_size=20, unique=True)
MINUTES = st.integers(29_000_000, 31_000_000)


def steady(name: str, size: int = 2) -> Group:
    return replace(group(name, *range(size)), desired=size)


def mixed(state: str) -> Group:
    fleet = group("chat", 1, 2, 3)
    machines = {
        one.id: replace(one, state="InService" if one.id[-1] < "3" else state) for one in fleet.machines.values()
    }
    return replace(fleet, machines=machines, desired=2)


DEVIATIONS: dict[str, tuple[Group, str | None]] = {
    "at its size it doesn't": (steady("chat"), None),
    "empty by its owner's will it doesn't": (steady("chat", 0), None),
    "too small": (replace(steady("chat"), desired=3), "2 of 3 machines are in service"),
    "too large": (replace(steady("chat"), desired=1), "2 of 1 machines are in service"),
    "one more is on its way out": (mixed("Terminating:Wait"), "machines are 1 Terminating:Wait"),
    "one more is on its way in": (mixed("Pending"), "machines are 1 Pending"),
    "one stands by": (mixed("Standby"), "machines are 1 Standby"),
}


@pytest.mark.parametrize(("fleet", "why"), DEVIATIONS.values(), ids=DEVIATIONS)
def test_how_a_fleet_deviates(fleet: Group, why: str | None) -> None:
    assert deviation(fleet) == why
    assert wanted({"chat": fleet}, Calls(), []) == ({"chat": ("deviates", why)} if why else {})


def test_an_open_incident_wakes_its_fleet_whatever_it_looks_like() -> None:
    calls = Calls({"chat": True}, {"chat": ("cpu",)})
    assert wanted({"chat": steady("chat", 3)}, calls, []) == {"chat": ("incident", "an incident is open")}


def test_an_open_incident_of_a_group_that_is_gone_is_ended_too() -> None:
    assert wanted({}, Calls({"gone": True}), []) == {"gone": ("incident", "an incident is open")}


def test_an_alarm_that_stays_raised_wakes_its_fleet_and_is_named() -> None:
    calls = Calls({"chat": False}, {"chat": ("tidegate/dev/cpu/chat", "theirs")})
    assert wanted({"chat": replace(steady("chat"), desired=3)}, calls, []) == {
        "chat": ("alarm", "in ALARM: tidegate/dev/cpu/chat, theirs")
    }


def test_a_fleet_that_is_watched_is_looked_at_again_without_any_incident() -> None:
    calls = Calls({"chat": False})
    assert wanted({"chat": steady("chat")}, calls, []) == {"chat": ("unfinished", "its shape wants another look")}


@given(NAMES, MINUTES)
def test_in_any_ten_minutes_every_fleet_is_looked_at_exactly_once(names: list[str], start: int) -> None:
    fleets = {name: steady(name) for name in names}
    woken = Counter(name for one in range(EVERY_MINUTES) for name in wanted(fleets, Calls(), [start + one]))
    assert woken == Counter(names)


@given(NAMES, MINUTES, st.lists(st.booleans(), min_size=12, max_size=12))
def test_minutes_that_were_missed_are_made_up_for_by_the_next_sweep(
    names: list[str], start: int, runs: list[bool]
) -> None:
    fleets = {name: steady(name) for name in names}
    woken, last = Counter[str](), start - 1
    for minute in (start + one for one, ran in enumerate(runs) if ran):
        woken.update(wanted(fleets, Calls(), range(last + 1, minute + 1)).keys())
        last = minute
    due = {name for name in names if any(one % EVERY_MINUTES == slot(name) for one in range(start, last + 1))}
    assert woken.keys() == due
    assert all(number <= 2 for number in woken.values())


@given(NAMES, st.dictionaries(st.text(min_size=1, max_size=20), st.booleans()), NAMES, st.lists(MINUTES, max_size=10))
def test_every_fleet_that_is_woken_has_one_reason(
    names: list[str], unfinished: dict[str, bool], alarmed: list[str], minutes: list[int]
) -> None:
    fleets = {name: steady(name) for name in names}
    raised = {name: ("an alarm",) for name in alarmed if name in fleets}
    found = wanted(fleets, Calls(unfinished, raised), minutes)
    assert unfinished.keys() | raised.keys() <= found.keys() <= fleets.keys() | unfinished.keys()
    assert all((code == "incident") == unfinished.get(name, False) and why for name, (code, why) in found.items())
    assert all(code == "alarm" for name, (code, _) in found.items() if name in raised and not unfinished.get(name))


def test_fleets_do_not_come_all_at_once() -> None:
    slots = Counter(slot(f"fleet-{number}") for number in range(500))
    assert slots.keys() == set(range(EVERY_MINUTES))
    assert max(slots.values()) < 80
