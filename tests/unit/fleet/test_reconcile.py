"""A woken fleet on fakes of its ports: what is called, what is told, and what happens when the world says no."""

from dataclasses import replace

import pytest

from tests.fakes import ACT, NOW, group, instance
from tests.fleet_fakes import REPLACEMENT, FakeFleetJournal, FakeFleets, failed, fleet_world, incident, launch
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch
from tidegate.fleet.look import Memory
from tidegate.fleet.looking import LEAD_SECONDS
from tidegate.fleet.reconcile import Reconciled, reconcile
from tidegate.fleet.records import Recalled, Wake

NEW = REPLACEMENT
WAKE = Wake("event-1", NOW - 1)
GONE = incident(9, ago=90, released=88)


def fleets(
    *numbers: int, desired: int | None = None, tried: tuple[Launch, ...] = (), balanced: bool = True
) -> FakeFleets:
    fleet = group("chat", *numbers, balanced=balanced)
    return FakeFleets({"chat": replace(fleet, desired=len(numbers) if desired is None else desired)}, tried=tried)


def journal(*incidents: Incident, observed: float = 0, code: str = "") -> FakeFleetJournal:
    return FakeFleetJournal(Recalled(3, observed, Memory(code), incidents))


CALLS: dict[str, tuple[tuple[Incident, ...], bool, list[str]]] = {
    "with nothing to do it takes one call": ((), True, ["fleets"]),
    "even where hooks would decide": ((), False, ["fleets"]),
    "an open incident takes one more, for the launches": ((GONE,), True, ["fleets", "launches"]),
    "a missed machine takes a third, for its release": ((incident(1),), True, ["fleets", "launches", "terminate"]),
    "without a balancer the hooks are asked for": (
        (incident(1),),
        False,
        ["fleets", "has_terminate_hook", "launches", "mark_detached", "detach"],
    ),
}


@pytest.mark.parametrize(("incidents", "balanced", "calls"), CALLS.values(), ids=CALLS)
def test_how_many_calls_a_look_takes(incidents: tuple[Incident, ...], balanced: bool, calls: list[str]) -> None:
    groups = fleets(1, 2, balanced=balanced)
    reconcile("chat", WAKE, fleet_world(groups, journal(*incidents)), NOW)
    assert groups.calls == calls


def test_a_wake_from_before_the_last_look_is_acknowledged_without_looking() -> None:
    groups, book = fleets(1), journal(GONE, observed=NOW)
    done = reconcile("chat", Wake("event-1", NOW - 0.001), fleet_world(groups, book), NOW + 1)
    assert (done.code, done.failed) == ("stale_wake", False)
    assert (groups.calls, book.records, book.troubles) == ([], [], [])
    assert reconcile("chat", Wake("event-2", NOW), fleet_world(groups, book), NOW + 1).code != "stale_wake"


def test_launches_are_asked_for_since_a_little_before_the_oldest_warning() -> None:
    groups = fleets(1)
    reconcile("chat", WAKE, fleet_world(groups, journal(incident(8, ago=300), GONE)), NOW)
    assert groups.since == NOW - 300 - LEAD_SECONDS


def test_a_group_that_is_gone_ends_its_incidents_without_another_call() -> None:
    groups, book = FakeFleets({}), journal(GONE)
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert (groups.calls, done.code) == (["fleets"], "no_fleet")
    assert [one.outcome for one in done.closed] == ["no_fleet"]
    assert book.records[0].decision.observed == {"open_incidents": 1, "launches": 0}


def test_what_a_look_led_to_is_recorded_once_with_what_was_seen_and_planned() -> None:
    tried = (failed(ago=70), launch(NEW, ago=60, serving=30))
    missed, stuck = incident(1, ago=60), incident(2, ago=121)
    groups, book = fleets(1, 2, NEW, desired=4, tried=tried), journal(missed, stuck, GONE, code="steady")
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    (record,) = book.records
    decision = record.decision
    assert (decision.name, decision.at, decision.event, decision.mode) == ("chat", NOW, "event-1", ACT)
    assert (decision.code, decision.reason) == ("release_terminate", record.plan.reason)
    assert decision.observed == {
        "profile": "default",
        "desired": 4,
        "min_size": 0,
        "max_size": 0,
        "states": {"InService": 3},
        "open_incidents": 3,
        "launches": 2,
        "needs": [],
    }
    assert decision.planned == (
        f"terminate {instance(1)}",
        f"follow {instance(2)}: not_gone",
        f"close {instance(9)}: replaced",
    )
    assert decision.rejected == ()
    assert (record.recalled, record.released) == (book.recalled, {missed.key: "terminate"})
    assert done == Reconciled("release_terminate", decision.reason, done.closed, ("terminate",))
    assert [one.replacement for one in done.closed] == [instance(NEW)]


def test_what_was_not_done_is_recorded_with_why() -> None:
    book = journal(incident(1))
    held = replace(fleets(1).groups["chat"], operator="EKS")
    reconcile("chat", WAKE, fleet_world(FakeFleets({"chat": held}), book), NOW)
    (record,) = book.records
    assert record.decision.rejected == (f"other_operator: {instance(1)}",)
    assert (record.released, record.decision.observed["operator"]) == ({}, "EKS")


@pytest.mark.parametrize("call", ["fleets", "launches", "has_terminate_hook"])
def test_a_look_that_fails_is_told_and_acknowledged(call: str) -> None:
    groups, book = fleets(1, balanced=False), journal(incident(1))
    groups.failing = {call: TimeoutError("no answer")}
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert (done.code, done.failed, book.records) == ("failed", True, [])
    assert [(one.code, one.reason) for one in book.troubles] == [("failed", "chat could not be looked at: no answer")]


@pytest.mark.parametrize("step", ["recall", "conclude", "trouble"])
def test_a_journal_that_fails_brings_the_wake_back(step: str) -> None:
    groups, book = fleets(1), journal()
    book.failing = {step: RuntimeError("the table is throttled")}
    if step == "trouble":
        groups.failing = {"fleets": TimeoutError("no answer")}
    with pytest.raises(RuntimeError, match="the table is throttled"):
        reconcile("chat", WAKE, fleet_world(groups, book), NOW)


def test_the_gate_holds_a_release_back_and_the_rest_goes_on() -> None:
    groups, book = fleets(1, 2), journal(incident(1), GONE)
    done = reconcile("chat", WAKE, fleet_world(groups, book, gate=lambda: "the kill switch is on"), NOW)
    assert (groups.released, done.released, done.failed) == ([], (), True)
    assert done.reason.endswith("; terminate held back: the kill switch is on")
    assert [one.outcome for one in done.closed] == ["not_needed"]
    assert book.records[0].released == {}
