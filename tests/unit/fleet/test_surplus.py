"""What a group was enlarged by, as its desired capacity tells: claims that came true, and those that didn't."""

from dataclasses import replace

import pytest

from tests.fakes import group, instance
from tidegate.fleet.group import Group
from tidegate.fleet.surplus import Surplus, fitting

A, B = instance(1), instance(2)
ONE, BOTH = Surplus(10, {A: 1}), Surplus(10, {A: 1, B: 1})
NOTHING = Surplus()


def chat(desired: int, *serving: int, leaving: int | None = None, least: int = 0) -> Group:
    """Return a group with so many of the two dying machines in service."""
    there = group("chat", *serving, *([] if leaving is None else [leaving]))
    machines = dict(there.machines)
    if leaving is not None:
        machines[instance(leaving)] = replace(machines[instance(leaving)], state="Terminating:Wait")
    return replace(there, machines=machines, desired=desired, min_size=least, max_size=20)


BESIDE: dict[str, tuple[Surplus, Group, Surplus]] = {
    "raised, and its machine serves": (ONE, chat(11, 1), ONE),
    "whoever wanted to raise it died before that": (ONE, chat(10, 1), NOTHING),
    "its machine died first": (ONE, chat(11), NOTHING),
    "its machine was released": (ONE, chat(10, leaving=1), NOTHING),
    "somebody else made it larger": (ONE, chat(15, 1), NOTHING),
    "somebody else made it smaller": (ONE, chat(5, 1), NOTHING),
    "two of two": (BOTH, chat(12, 1, 2), BOTH),
    "one of them was released": (BOTH, chat(11, 2, leaving=1), Surplus(10, {B: 1})),
    "one of them died, and its unit is still to be given back": (BOTH, chat(12, 2), Surplus(10, {B: 1})),
    "the second was never raised for, and nobody knows which is the second": (BOTH, chat(11, 1, 2), NOTHING),
    "nothing was remembered": (NOTHING, chat(11, 1), NOTHING),
}


@pytest.mark.parametrize(("known", "there", "true"), BESIDE.values(), ids=BESIDE)
def test_a_release_counts_on_what_is_there_for_certain(known: Surplus, there: Group, true: Surplus) -> None:
    assert known.beside(there) == true


def test_of_a_group_that_is_gone_nothing_is_true() -> None:
    assert ONE.beside(None) == NOTHING


SIZES: dict[str, tuple[Surplus, Group, int, Surplus]] = {
    "without the surplus it is the size before": (ONE, chat(11, 1), 10, ONE),
    "so it is once its machine has died": (ONE, chat(11), 10, ONE),
    "at its size nothing is left to remember": (ONE, chat(10), 10, NOTHING),
    "one of two is left": (BOTH, chat(11, 2), 10, BOTH),
    "what somebody else set is the size": (ONE, chat(12, 1), 12, NOTHING),
    "below it as well": (ONE, chat(9, 1), 9, NOTHING),
    "a minimum that was raised is the size": (ONE, chat(11, 1, least=11), 11, ONE),
    "nothing remembered, nothing taken off": (NOTHING, chat(11, 1), 11, NOTHING),
}


@pytest.mark.parametrize(("known", "there", "size", "left"), SIZES.values(), ids=SIZES)
def test_the_size_is_what_is_there_without_the_surplus(known: Surplus, there: Group, size: int, left: Surplus) -> None:
    assert (known.size_of(there), known.left(there)) == (size, left)


INTENDED: dict[str, tuple[Surplus, Surplus, int, Surplus]] = {
    "a first one": (NOTHING, ONE, 10, ONE),
    "one more": (ONE, BOTH, 10, BOTH),
    "the last is given back": (ONE, NOTHING, 10, ONE),
    "one goes and another comes": (ONE, Surplus(10, {B: 1}), 10, BOTH),
    "beside another size": (ONE, Surplus(12, {A: 1}), 12, Surplus(12, {A: 1})),
}


@pytest.mark.parametrize(("known", "wanted", "net", "written"), INTENDED.values(), ids=INTENDED)
def test_what_is_written_before_the_call_is_true_without_it_too(
    known: Surplus, wanted: Surplus, net: int, written: Surplus
) -> None:
    assert known.before(wanted, net) == written


@pytest.mark.parametrize(
    ("most", "weight", "fits"), [(12, 1, {A, B}), (11, 1, {A}), (10, 1, set[str]()), (12, 2, {A}), (11, 2, set[str]())]
)
def test_the_maximum_leaves_room_for_the_first_ones(most: int, weight: int, fits: set[str]) -> None:
    there = chat(10, 1, 2)
    heavy = {name: replace(one, weight=weight) for name, one in there.machines.items()}
    assert fitting(replace(there, machines=heavy, max_size=most), [A, B, instance(7)]) == fits
