"""The journal of reports: what was told is read back as it was, each event once, and forgotten after an hour."""

from dataclasses import replace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from tests.bench.wave.table import Table
from tests.fakes import NOW
from tidegate.journal.table import Journal
from tidegate.model.report import Report
from tidegate.model.reports import KEPT_SECONDS, Reports
from tidegate.policy.failures import FAILURES

TOLD = Report(event_id="event-1", model="chat", route="home", failure="throttled", count=3, time=NOW)
WHOLE = st.integers(0, 1_000_000)
REPORTS = st.builds(
    Report,
    event_id=st.uuids().map(str),
    model=st.sampled_from(("chat", "embed")),
    route=st.sampled_from(("home", "frankfurt")),
    failure=st.sampled_from(FAILURES),
    count=WHOLE,
    time=st.integers(0, 600).map(lambda ago: NOW - ago),
    requests=WHOLE,
    epoch=WHOLE,
    without_max_tokens=WHOLE,
    max_tokens=st.none() | WHOLE,
    output_tokens=st.none() | WHOLE,
    drill=st.none() | st.just("nonce"),
)


def reports(table: Table) -> Reports:
    return Reports(Journal(cast(Any, table), "journal", days=90, pause=lambda _: None))


@given(told=st.lists(REPORTS, max_size=20, unique_by=lambda one: one.event_id))
def test_whatever_was_told_of_a_model_is_read_back_as_it_was(told: list[Report]) -> None:
    book = reports(Table(lambda _: None))
    book.heard(told, NOW)
    for model in ("chat", "embed"):
        of_model = [one for one in told if one.model == model]
        assert book.since(model, NOW - 600) == tuple(sorted(of_model, key=lambda one: (one.time, one.event_id)))


def test_what_is_told_twice_stands_there_once() -> None:
    table = Table(lambda _: None)
    for _ in range(2):
        reports(table).heard([TOLD, TOLD], NOW)
    assert reports(table).since("chat", 0) == (TOLD,)


def test_only_what_is_as_young_as_was_asked_for_is_read() -> None:
    book = reports(Table(lambda _: None))
    older = replace(TOLD, event_id="event-0", time=NOW - 61)
    book.heard([TOLD, older], NOW)
    assert book.since("chat", NOW - 61) == (older, TOLD)
    assert book.since("chat", NOW - 60) == (TOLD,)
    assert book.since("chat", NOW + 1) == ()


def test_a_report_expires_after_an_hour_and_not_with_the_journal() -> None:
    table = Table(lambda _: None)
    reports(table).heard([TOLD], NOW)
    assert [item["expires"] for item in table.items.values()] == [{"N": f"{NOW + KEPT_SECONDS:.0f}"}]


def test_nothing_told_asks_nothing_of_the_table() -> None:
    asked: list[str] = []
    reports(Table(asked.append)).heard([], NOW)
    assert asked == []
