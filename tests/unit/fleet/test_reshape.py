"""A fleet gets the size that its signals ask for: what is looked at, in which order, and what is remembered of it."""

from dataclasses import replace

import pytest

from tests.fakes import ACT, NOW, group
from tests.fleet_fakes import FakeFleetJournal, FakeFleets, FakeSignals, fleet_world, incident
from tidegate.fleet.history import History, Step
from tidegate.fleet.look import Memory
from tidegate.fleet.others import Others
from tidegate.fleet.reading import Point, Reading
from tidegate.fleet.reconcile import Reconciled, reconcile
from tidegate.fleet.records import Recalled, Wake
from tidegate.fleet.shape import Resize
from tidegate.policy.mode import Mode

WAKE = Wake("event-1", NOW - 1)
KNOWN = Recalled(3, NOW - 600, Memory("steady", history=History((Step(NOW - 3600, 2),), desired=2)))


def cpu(value: float) -> FakeSignals:
    """Return a CPU that was at a value for the last half hour."""
    points = tuple(Point(NOW - 60 * minute, value) for minute in range(30, 0, -1))
    return FakeSignals({"cpu": Reading(points)})


def fleets(*, writers: Others | None = None, most: int = 10) -> FakeFleets:
    chat = replace(group("chat", 1, 2), desired=2, min_size=1, max_size=most)
    return FakeFleets({"chat": chat}, writers=writers or Others())


def look(
    groups: FakeFleets, book: FakeFleetJournal, signals: FakeSignals, mode: Mode = ACT, held: str | None = None
) -> Reconciled:
    return reconcile("chat", WAKE, fleet_world(groups, book, mode=mode, gate=lambda: held, signals=signals), NOW)


def test_a_busy_fleet_grows_and_remembers_that_it_was_tidegate() -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)
    done = look(groups, book, cpu(100))
    assert groups.groups["chat"].desired == 3
    assert (done.code, done.reshaped, done.failed) == ("scale_out", (Resize("chat", 2, 3),), False)
    assert "cpu is 100, target 70: 3 needed: from 2 to 3" in done.reason
    assert [one.resize for one in book.intended] == [Resize("chat", 2, 3)]
    (record,) = book.records
    assert (record.recalled.version, record.plan.memory.history.desired) == (4, 3)
    assert record.decision.planned == ("set the size from 2 to 3",)
    assert record.decision.observed["needs"] == ["cpu is 100, target 70: 3 needed"]


def test_who_else_writes_the_size_is_looked_at_only_before_it_changes() -> None:
    groups = fleets()
    look(groups, FakeFleetJournal(KNOWN), cpu(66))
    assert groups.calls == ["fleets"]
    look(groups, FakeFleetJournal(KNOWN), cpu(100))
    assert groups.calls == ["fleets", "fleets", "others", "resize"]


def test_a_group_with_policies_of_its_own_keeps_its_size_to_itself() -> None:
    groups, book = fleets(writers=Others(policies=("cpu70",))), FakeFleetJournal(KNOWN)
    done = look(groups, book, cpu(100))
    assert (groups.groups["chat"].desired, book.intended, done.code) == (2, [], "own_policies")
    assert "the group's own policies set its size (cpu70)" in done.reason


HELD = {
    "in the mode observe": (Mode(act=False, stopped=False), "observe_mode"),
    "while the kill switch is on": (Mode(act=True, stopped=True), "kill_switch"),
}


@pytest.mark.parametrize(("mode", "code"), HELD.values(), ids=HELD)
def test_what_would_be_done_is_told_and_not_done(mode: Mode, code: str) -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)
    done = look(groups, book, cpu(100), mode)
    assert (groups.groups["chat"].desired, book.intended, done.code, done.reshaped) == (2, [], code, ())
    assert "from 2 to 3: not done" in done.reason


def test_the_mode_is_asked_again_right_before_the_call() -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)
    done = look(groups, book, cpu(100), held="the kill switch is on")
    assert (groups.groups["chat"].desired, book.intended, done.failed) == (2, [], True)
    assert "the size was not set: the kill switch is on" in book.records[0].decision.reason


def test_signals_that_cannot_be_read_hold_no_release_back() -> None:
    groups, book = fleets(), FakeFleetJournal(replace(KNOWN, incidents=(incident(1),)))
    done = look(groups, book, FakeSignals(failing=RuntimeError("slow down")))
    assert (done.code, done.released) == ("release_terminate", ("terminate",))
    assert "its signals can't be read: slow down" in done.reason


def test_without_an_intention_on_record_the_size_stays() -> None:
    groups = fleets()
    book = FakeFleetJournal(KNOWN, failing={"intend": RuntimeError("no table")})
    assert look(groups, book, cpu(100)).failed
    assert groups.groups["chat"].desired == 2


def test_a_call_that_fails_is_told_and_its_size_is_not_remembered_as_set() -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)
    groups.failing = {"resize": RuntimeError("boom")}
    done = look(groups, book, cpu(100))
    assert (done.failed, done.reshaped) == (True, ())
    (record,) = book.records
    assert "setting the size failed: boom" in record.decision.reason
    assert record.plan.memory.history.desired == 2


def test_a_size_outside_of_what_the_group_may_have_by_now_is_refused_and_told() -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)

    def narrowed(group: str) -> Others:
        groups.groups["chat"] = replace(groups.groups["chat"], max_size=2)
        return Others()

    groups.others = narrowed
    done = look(groups, book, cpu(100))
    assert done.failed
    assert "Auto Scaling refused the size" in book.records[0].decision.reason


def test_who_died_after_the_call_is_not_taken_for_somebody_else() -> None:
    meant = replace(KNOWN.memory, history=replace(KNOWN.memory.history, meant=3))
    groups, book = fleets(), FakeFleetJournal(replace(KNOWN, memory=meant))
    groups.groups["chat"] = replace(groups.groups["chat"], desired=3)
    look(groups, book, cpu(66))
    assert book.records[0].plan.memory.history.foreign is None


def test_a_size_that_nobody_here_set_is_somebody_elses() -> None:
    groups, book = fleets(), FakeFleetJournal(KNOWN)
    groups.groups["chat"] = replace(groups.groups["chat"], desired=5)
    look(groups, book, cpu(66))
    foreign = book.records[0].plan.memory.history.foreign
    assert foreign
    assert (foreign.before, foreign.after) == (2, 5)
