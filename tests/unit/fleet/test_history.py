"""What a fleet remembers of its own size: how much served when, and who set it."""

from dataclasses import replace

import pytest

from tests.fakes import NOW, group
from tidegate.fleet.group import Group
from tidegate.fleet.history import MOST_STEPS, Foreign, History, Step, seen

FOUR_SIX_FIVE = History((Step(0, 4), Step(600, 6), Step(900, 5)))


def chat(machines: int, *, desired: int | None = None) -> Group:
    return replace(group("chat", *range(machines)), desired=machines if desired is None else desired)


READY = {
    "before a machine came": (540, 600, 120, 4),
    "while it was coming": (570, 630, 0, 4),
    "while it warmed up": (600, 660, 120, 4),
    "once it was warm at the end": (660, 720, 120, 6),
    "not before it served all the time": (590, 890, 120, 4),
    "while a machine left": (870, 930, 120, 5),
    "after it left": (900, 960, 120, 5),
    "before anybody looked": (-900, -840, 120, 4),
}


@pytest.mark.parametrize(("start", "end", "warmup", "units"), READY.values(), ids=READY)
def test_units_that_were_warm(start: float, end: float, warmup: float, units: int) -> None:
    assert FOUR_SIX_FIVE.ready(start, end, warmup) == units


SERVED = {
    "before a machine came": (540, 600, 4),
    "while it was coming": (570, 630, 5),
    "at once, warm or not": (600, 660, 6),
    "while a machine left": (855, 915, 5.75),
    "after it left": (900, 960, 5),
    "over all of it": (300, 1200, 5),
    "before anybody looked": (-900, -840, 4),
}


@pytest.mark.parametrize(("start", "end", "units"), SERVED.values(), ids=SERVED)
def test_units_that_served_on_average(start: float, end: float, units: float) -> None:
    assert FOUR_SIX_FIVE.served(start, end) == pytest.approx(units)


def test_where_nothing_is_remembered_nothing_served() -> None:
    assert (History().ready(0, 60, 120), History().served(0, 60)) == (0, 0)


def test_the_first_look_holds_for_all_time_before_it() -> None:
    first = seen(History(), chat(3), NOW, reach=600)
    assert (first.steps, first.desired, first.foreign) == ((Step(NOW, 3),), 3, None)
    assert first.ready(NOW - 60, NOW, 120) == 3


def test_steps_out_of_reach_and_too_many_are_forgotten() -> None:
    long = History(tuple(Step(NOW - 5000 + one, one) for one in range(100)))
    assert seen(long, chat(99), NOW, reach=1e4).steps[0] == Step(NOW - 5000 + 100 - MOST_STEPS, 100 - MOST_STEPS)
    assert seen(long, chat(99), NOW, reach=60).steps == (Step(NOW - 4901, 99),)


KNOWN = History((Step(NOW - 3600, 4),), desired=4)

WRITERS = {
    "nobody, while it stays": (KNOWN, 4, None),
    "somebody else, when it changes": (KNOWN, 6, Foreign(NOW, 4, 6)),
    "Tidegate, which died before it could write that it did": (replace(KNOWN, meant=6), 6, None),
    "nobody, when Tidegate died before it did": (replace(KNOWN, meant=6), 4, None),
    "somebody else, when it is neither": (replace(KNOWN, meant=6), 7, Foreign(NOW, 4, 7)),
    "nobody known, at the first look": (History(), 6, None),
}


@pytest.mark.parametrize(("known", "desired", "foreign"), WRITERS.values(), ids=WRITERS)
def test_who_set_the_size(known: History, desired: int, foreign: Foreign | None) -> None:
    now = seen(known, chat(4, desired=desired), NOW, reach=600)
    assert (now.foreign, now.desired, now.meant) == (foreign, desired, None)
