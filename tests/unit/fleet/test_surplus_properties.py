"""However notices, looks, deaths and foreign sizes fall, and whoever dies meanwhile: the size never drifts."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.surplus_world import Fleet, Trouble
from tidegate.fleet.surplus import Surplus

TROUBLES: list[Trouble] = ["", "", "died before it", "died after it", "failed, and done", "failed"]
NUMBERS = st.integers(0, 9)

type Step = Callable[[Fleet], None]


def warn(number: int, delivered: bool) -> Step:
    return lambda fleet: fleet.warn(number, delivered=delivered)


def die(number: int) -> Step:
    return lambda fleet: fleet.die(number)


def set_size(number: int) -> Step:
    return lambda fleet: fleet.set_size(number)


def raise_minimum() -> Step:
    return Fleet.raise_minimum


def deliver(trouble: Trouble) -> Step:
    return lambda fleet: fleet.deliver(trouble)


def look(trouble: Trouble, raced: bool) -> Step:
    return lambda fleet: fleet.look(trouble, raced=raced)


def wait(seconds: int, delivering: bool) -> Step:
    return lambda fleet: fleet.wait(seconds, delivering=delivering)


WARNED = st.tuples(st.just(warn), NUMBERS, st.booleans())
OWN = st.one_of(
    WARNED,
    WARNED,
    st.tuples(st.just(die), NUMBERS),
    st.tuples(st.just(deliver), st.sampled_from(TROUBLES)),
    st.tuples(st.just(look), st.sampled_from(TROUBLES), st.booleans()),
    st.tuples(st.just(look), st.sampled_from(TROUBLES), st.booleans()),
    st.tuples(st.just(wait), st.sampled_from([5, 20, 45, 60]), st.booleans()),
)
FLEETS = st.builds(
    Fleet,
    st.integers(1, 4),
    room=st.sampled_from([0, 1, 2, 10]),
    weight=st.sampled_from([1, 1, 3]),
    spare=st.integers(0, 2),
)


FOREIGN = st.one_of(st.tuples(st.just(set_size), NUMBERS), st.tuples(st.just(raise_minimum)))

type Steps = list[tuple[Any, ...]]


def played(fleet: Fleet, steps: Steps) -> Fleet:
    for make, *arguments in steps:
        make(*arguments)(fleet)
    fleet.rest()
    return fleet


@settings(max_examples=200, deadline=None)
@given(FLEETS, st.lists(OWN, max_size=14))
def test_at_rest_the_size_is_the_wanted_one_and_was_never_below_it(fleet: Fleet, steps: Steps) -> None:
    assert_at_rest(played(fleet, steps))


@settings(max_examples=200, deadline=None)
@given(FLEETS, st.lists(st.one_of(OWN, OWN, OWN, FOREIGN), max_size=14))
def test_a_size_that_somebody_else_sets_is_the_one_that_stays(fleet: Fleet, steps: Steps) -> None:
    assert_at_rest(played(fleet, steps))


def assert_at_rest(fleet: Fleet) -> None:
    assert (fleet.group.desired, fleet.lowest, fleet.group.at_size) == (fleet.wanted, 0, True)
    assert fleet.book.recalled.memory.surplus == Surplus()
    assert fleet.book.recalled.incidents == ()


FOUND: dict[str, tuple[Fleet, Steps]] = {
    "no answer to a size that was set": (Fleet(2), [(warn, 0, True), (look, "failed, and done", False)]),
    "who gave a surplus back died before the call": (
        Fleet(2),
        [(warn, 0, True), (look, "", False), (die, 0), (look, "died before it", False)],
    ),
    "the minimum was raised to a size with a surplus": (
        Fleet(2),
        [(warn, 0, True), (look, "", False), (raise_minimum,), (die, 0)],
    ),
    "of two surpluses one is given back, and somebody raises the size by as much": (
        Fleet(3),
        [(warn, 0, True), (warn, 1, True), (look, "", False), (die, 0), (look, "", False), (die, 1), (set_size, 4)],
    ),
}


@pytest.mark.parametrize(("fleet", "steps"), FOUND.values(), ids=FOUND)
def test_what_has_gone_wrong_once_goes_well(fleet: Fleet, steps: Steps) -> None:
    assert_at_rest(played(fleet, steps))
