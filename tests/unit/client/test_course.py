from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.documents import candidate
from tidegate.client.course import LEAST_SECONDS, MOST_PAUSES, Failed, Step, at_once, broken, onward, shown
from tidegate.policy.failures import Failure
from tidegate.policy.report import REPORTED

A, B, C = (candidate(name) for name in "abc")
FAILURES: tuple[Failure, ...] = get_args(Failure)
failures = st.lists(st.builds(Failed, st.sampled_from("abc"), st.sampled_from(FAILURES)), min_size=1, max_size=12)


def after(*said: str, left: float = 60, chance: float = 0.0) -> Step | None:
    """Return what follows failures such as "a throttled"."""
    return onward((A, B, C), [Failed(*one.split()) for one in said], left=left, chance=chance)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("failure", [one for one in FAILURES if one != "unknown"])
def test_the_first_failure_leads_to_the_next_route_at_once(failure: Failure) -> None:
    assert after(f"a {failure}") == Step(B)


def test_what_nobody_knows_is_left_to_the_caller() -> None:
    assert after("a unknown") is None


@pytest.mark.parametrize("failure", ["denied", "missing", "invalid"])
def test_when_two_routes_say_the_same_of_a_request_it_is_the_request(failure: Failure) -> None:
    assert after(f"a {failure}", f"b {failure}") is None
    assert after("a throttled", f"b {failure}") == Step(C)


def test_without_time_nothing_is_begun() -> None:
    assert after("a throttled", left=LEAST_SECONDS / 2) is None


def test_when_all_were_tried_the_caller_waits_for_one_that_may_answer_in_a_moment_and_not_for_the_last() -> None:
    assert after("a throttled", "b daily", "c throttled") == Step(A, 0.25)
    assert after("a daily", "b daily", "c throttled", chance=1) == Step(C, 0.5)
    assert after("a daily", "b daily", "c daily") is None


def test_nobody_waits_longer_than_there_is_time() -> None:
    assert after("a daily", "b daily", "c throttled", left=0.29) is None


@given(failures, st.floats(0, 100), st.floats(0, 1))
def test_whatever_failed_the_next_route_is_one_of_the_document_and_fits_the_time(
    failed: list[Failed], left: float, chance: float
) -> None:
    step = onward((A, B, C), failed, left=left, chance=chance)
    if step is not None:
        assert step.route in (A, B, C)
        assert step.pause + LEAST_SECONDS <= left
        untried = {"a", "b", "c"} - {one.route for one in failed}
        assert step.pause > 0 or step.route.name in untried
        assert not untried or step.route.name in untried


@given(st.data())
def test_every_call_comes_to_an_end(data: st.DataObject) -> None:
    failed: list[Failed] = []
    step: Step | None = Step(A)
    while step is not None:
        failed.append(Failed(step.route.name, data.draw(st.sampled_from(FAILURES))))
        step = onward((A, B, C), failed, left=1e9, chance=0)
    assert len(failed) <= 3 + MOST_PAUSES


def test_a_route_is_broken_only_by_what_is_its_own_fault() -> None:
    failed = (Failed("a", "throttled"), Failed("b", "denied"))
    assert broken(failed) == (Failed("b", "denied"),)


def test_told_at_once_is_what_another_answer_cannot_change() -> None:
    told = {one for one in FAILURES if at_once(one)}
    assert told == {"throttled", "daily", "unavailable", "quota"}
    # What is told of, now or once another route has answered, is what the controller listens to.
    assert told | {one.failure for one in broken([Failed("a", one) for one in FAILURES])} == set(REPORTED)


@pytest.mark.parametrize(
    ("said", "index"),
    [
        (["a throttled"], 0),
        (["a throttled", "b denied"], 0),
        (["a invalid", "b invalid"], 1),
        (["a daily", "b unavailable"], 1),
        (["a daily", "b too_long"], 1),
        (["a throttled", "b unknown"], 1),
    ],
)
def test_the_caller_is_shown_the_error_that_says_most(said: list[str], index: int) -> None:
    assert shown([Failed(*one.split()) for one in said]) == index  # pyright: ignore[reportArgumentType]
