import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidegate.client.reporter import Reporter
from tidegate.model.report import Report
from tidegate.policy.failures import FAILURES, Failure
from tidegate.policy.report import DETAIL_TYPE, EVERY_SECONDS, REPORTED, SOURCE
from tidegate.reactions.bedrock_throttling.event import Told, read

EVENT = Path(__file__).parents[2] / "events/model_report.json"


def event(entry: dict[str, Any]) -> str:
    """Return the message that comes of an entry: the recorded one, with what the client said."""
    said = {"detail": json.loads(entry["Detail"]), "source": entry["Source"], "detail-type": entry["DetailType"]}
    return json.dumps(json.loads(EVENT.read_text()) | said)


@dataclass(slots=True)
class Bus:
    """EventBridge, and the time."""

    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    at: float = 0.0
    down: bool = False

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803 - as boto3 calls it
        assert len(Entries) <= 10
        if self.down:
            raise OSError
        self.entries += Entries

    @property
    def details(self) -> list[dict[str, Any]]:
        """What was told."""
        return [json.loads(one["Detail"]) for one in self.entries]

    def reporter(self) -> Reporter:
        """Return a reporter that sends in the caller's thread."""
        return Reporter("prod", lambda: self, ticks=lambda: self.at, start=_now)


def _now(job: Callable[[], None]) -> None:
    job()


def fail(reporter: Reporter, route: str = "home", failure: Failure = "throttled", limit: int | None = None) -> None:
    """Report one failure."""
    inference = {} if limit is None else {"inferenceConfig": {"maxTokens": limit}}
    reporter.failed("chat", route, failure, epoch=7, params={"messages": [], **inference})


def test_the_first_failure_is_told_at_once_and_the_next_ones_together() -> None:
    bus = Bus()
    reporter = bus.reporter()
    for bus.at in (0.0, 1.0, 2.0, 9.9, 10.0):
        fail(reporter)
    assert [one["count"] for one in bus.details] == [1, 4]
    assert {(one["Source"], one["DetailType"]) for one in bus.entries} == {(SOURCE, DETAIL_TYPE)}


def test_each_route_and_each_failure_has_a_turn_of_its_own() -> None:
    bus = Bus()
    reporter = bus.reporter()
    fail(reporter)
    fail(reporter, "dublin")
    fail(reporter, "home", "daily")
    assert [(one["route"], one["failure"]) for one in bus.details] == [
        ("home", "throttled"),
        ("dublin", "throttled"),
        ("home", "daily"),
    ]


def test_the_last_failures_of_a_burst_are_told_when_somebody_looks() -> None:
    bus = Bus()
    reporter = bus.reporter()
    fail(reporter)
    fail(reporter)
    bus.at = 15.0
    reporter.flush()
    reporter.flush()
    assert [one["count"] for one in bus.details] == [1, 1]


def test_a_report_says_what_requests_allow_and_what_answers_need() -> None:
    bus = Bus()
    reporter = bus.reporter()
    reporter.answered("chat", 200)
    fail(reporter)
    for limit in (None, 4000, 300):
        fail(reporter, limit=limit)
    bus.at = 10.0
    reporter.flush()
    assert bus.details[1] == {
        "version": 1,
        "stage": "prod",
        "model": "chat",
        "route": "home",
        "epoch": 7,
        "failure": "throttled",
        "count": 3,
        "withoutMaxTokens": 1,
        "maxTokens": 4000,
        "outputTokens": 200,
    }
    assert "maxTokens" not in bus.details[0]


def test_a_bus_that_does_not_answer_is_the_callers_least_concern() -> None:
    bus = Bus(down=True)
    fail(bus.reporter())
    assert bus.entries == []


def test_a_thread_that_cannot_be_started_is_not_the_callers_and_what_was_counted_is_told_the_next_time() -> None:
    bus = Bus()
    full = True

    def start(job: Callable[[], None]) -> None:
        if full:
            raise RuntimeError("can't start new thread")
        job()

    reporter = Reporter("prod", lambda: bus, ticks=lambda: bus.at, start=start)
    fail(reporter, limit=400)
    fail(reporter, "dublin")
    full, bus.at = False, 10.0
    fail(reporter, limit=300)
    assert [(one["route"], one["count"], one.get("maxTokens")) for one in bus.details] == [
        ("home", 2, 400),
        ("dublin", 1, None),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(FAILURES), st.floats(0, 5)), max_size=40))
def test_nothing_is_lost_nothing_told_twice_and_each_only_every_ten_seconds(
    said: list[tuple[str, Failure, float]],
) -> None:
    bus = Bus()
    reporter = bus.reporter()
    told: dict[tuple[str, str], list[float]] = {}
    for route, failure, pause in said:
        bus.at += pause
        before = len(bus.entries)
        fail(reporter, route, failure)
        for one in bus.details[before:]:
            told.setdefault((one["route"], one["failure"]), []).append(bus.at)
    assert all(later - one >= EVERY_SECONDS for times in told.values() for one, later in pairwise(times))
    bus.at += 2 * EVERY_SECONDS
    reporter.flush()
    assert sum(one["count"] for one in bus.details) == len(said)


@given(st.sampled_from(REPORTED), st.none() | st.integers(1, 10**6), st.none() | st.integers(0, 10**6))
def test_the_reaction_reads_what_a_client_tells(failure: Failure, limit: int | None, length: int | None) -> None:
    bus = Bus()
    reporter = bus.reporter()
    reporter.answered("chat", length)
    fail(reporter, "home", failure, limit)
    told = read(event(bus.entries[0]))
    assert isinstance(told, Told)
    assert told.stage == "prod"
    assert told.report == Report(
        event_id="5f1d3b7e-2c64-4a0b-9d8f-1e6a7c3b5d20",
        model="chat",
        route="home",
        failure=failure,
        count=1,
        time=told.time,
        epoch=7,
        without_max_tokens=int(limit is None),
        max_tokens=limit,
        output_tokens=length,
    )
