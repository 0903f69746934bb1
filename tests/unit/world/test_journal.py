"""The journal in memory keeps what the table keeps: versions, intentions, incidents that open once and close once."""

from dataclasses import replace

import pytest

from tests.fakes import ACT
from tests.fleet_fakes import incident
from tidegate.desk.world.journal import MemoryJournal, Stale
from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.history import History
from tidegate.fleet.incident import RELEASED, REPLACED
from tidegate.fleet.look import Memory
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.plan import Action, Plan
from tidegate.fleet.records import Record
from tidegate.fleet.shape import Resize
from tidegate.fleet.sighting import Sighting
from tidegate.journal.decision import Decision

LOST = incident(1)


def decision(at: float = 100, code: str = "steady") -> Decision:
    return Decision(name="chat", at=at, event=f"event-{at}", mode=ACT, code=code, reason="because")


def sighting(kind: str = "loss") -> Sighting:
    return Sighting(
        kind="risk" if kind == "risk" else "loss",
        instance=LOST.instance,
        day=LOST.day,
        group="chat",
        profile="default",
        pool=LOST.pool,
        noticed=LOST.noticed,
        deadline=LOST.deadline,
        decision=LOST.decision,
        event=LOST.event,
        how="terminate",
    )


def seen() -> MemoryJournal:
    """Return a journal with one open incident."""
    journal = MemoryJournal()
    journal.seen([sighting()], [decision(1)], at=LOST.seen)
    return journal


def planned(*actions: Action, code: str = "steady", memory: Memory | None = None) -> Plan:
    return Plan(actions, code, "because", memory or Memory(code))


def record(journal: MemoryJournal, plan: Plan, *, at: float = 100, gone: bool = False) -> Record:
    released: dict[LossKey, How | None] = {LOST.key: "terminate"} if gone else {}
    return Record(journal.recall("chat"), decision(at, plan.code), plan, released)


def test_a_loss_opens_one_incident_however_often_it_is_seen() -> None:
    journal = seen()
    journal.seen([sighting(), sighting("risk")], [], at=500)
    assert journal.recall("chat").incidents == (replace(LOST, how="terminate"),)
    assert journal.known([LOST.key, ("i-unknown", "2026-11-25")]) == {LOST.key: "chat"}


def test_a_stage_only_rises_and_the_first_release_counts() -> None:
    journal = seen()
    journal.released({LOST.key: ("chat", "detach"), ("i-unknown", "x"): ("chat", None)}, at=70)
    journal.released({LOST.key: ("chat", "terminate")}, at=80)
    (one,) = journal.recall("chat").incidents
    assert (one.stage, one.released, one.how) == (RELEASED, 70, "detach")


def test_an_incident_that_is_over_is_known_and_not_opened_again() -> None:
    journal = seen()
    close = Close(journal.recall("chat").incidents[0], "replaced", "replaced", "i-new", 99)
    assert journal.conclude("chat", record(journal, planned(close, code="replaced"), gone=True)) == [
        replace(close, incident=replace(journal.over[0], outcome=None, stage=RELEASED, replacement="", replaced=None))
    ]
    journal.seen([sighting()], [], at=500)
    assert journal.recall("chat").incidents == ()
    (over,) = journal.over
    assert (over.stage, over.outcome, over.replacement, over.released) == (REPLACED, "replaced", "i-new", 100)
    assert journal.known([LOST.key]) == {LOST.key: "chat"}


def test_what_a_look_led_to_is_refused_once_somebody_else_wrote() -> None:
    journal = MemoryJournal()
    old = record(journal, planned())
    journal.conclude("chat", old)
    with pytest.raises(Stale, match="version 1 was written, 0 was read"):
        journal.conclude("chat", old)
    with pytest.raises(Stale, match="version 1 was written, 0 was read"):
        journal.intend("chat", old.recalled, decision(), planned())
    assert (journal.version, journal.observed) == (1, 100)


def test_an_intention_is_remembered_before_it_is_carried_out() -> None:
    journal = MemoryJournal(memory=Memory(history=History(desired=5)))
    known = journal.intend("chat", journal.recall("chat"), decision(), planned(Resize("chat", 5, 7)))
    assert journal.recall("chat").memory.history == History(desired=5, meant=7)
    assert (known.version, journal.observed) == (1, 0)


def test_the_same_state_again_is_no_news_and_what_a_replacement_does_is() -> None:
    journal = seen()
    journal.conclude("chat", record(journal, planned()))
    journal.conclude("chat", record(journal, planned(), at=200))
    assert [one.at for one in journal.decisions] == [1, 100]
    follow = Follow(journal.recall("chat").incidents[0], "launching", "it launches")
    journal.conclude("chat", record(journal, planned(follow), at=300))
    follow = Follow(journal.recall("chat").incidents[0], "launching", "it launches")
    journal.conclude("chat", record(journal, planned(follow), at=400))
    assert [one.at for one in journal.decisions] == [1, 100, 300]
    assert journal.recall("chat").incidents[0].replacing == "it launches"


def test_what_is_told_again_of_the_same_look_takes_its_place() -> None:
    journal = seen()
    journal.announce(decision(100, "release_terminate"), {LOST.key: "detach"})
    journal.conclude("chat", record(journal, planned(code="release_detach"), gone=True))
    assert [one.code for one in journal.decisions] == ["steady", "release_detach"]


def test_trouble_is_told_once_and_counts_as_no_look() -> None:
    journal = MemoryJournal()
    for at in (100, 200):
        journal.trouble("chat", journal.recall("chat"), decision(at, "failed"))
    assert [one.at for one in journal.decisions] == [100]
    assert (journal.version, journal.observed, journal.memory.code) == (1, 0, "failed")


def test_nobody_drills_a_simulated_fleet() -> None:
    assert MemoryJournal().drill_target("nonce", now=0) is None
