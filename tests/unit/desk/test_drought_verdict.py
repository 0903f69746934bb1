"""The verdict on a drought: what makes each of its checks fail."""

from dataclasses import replace

import pytest

from tidegate.desk.drills.drought_verdict import (
    Moment,
    as_before,
    back_in_steps,
    only_what_was_missing,
    ran_on,
    size_kept,
    stood_in,
)
from tidegate.desk.drills.losses import Loss

SPOT = frozenset({"spot-1", "spot-2"})


def moment(t: float, on_demand: int, *running: str, base: int | None = None, desired: int = 4) -> Moment:
    """Return a fleet at a minute, with the base that its on-demand machines follow from."""
    kept = on_demand if base is None else base
    return Moment(60 * t, desired, kept, on_demand, len(running), frozenset(running))


def lost(machine: str) -> Loss:
    return Loss(
        instance=machine,
        warned=60,
        releases=1,
        released=61,
        how="terminate",
        drained=None,
        gone=None,
        replacement=None,
        replaced=None,
    )


STORY = (
    moment(0, 2, *SPOT),
    moment(1, 2),
    moment(2, 4),
    moment(20, 4),
    moment(30, 3, "spot-3"),
    moment(40, 2, "spot-3", "spot-4"),
)
DURING = STORY[:4]
LOST = tuple(map(lost, sorted(SPOT)))


def test_a_drought_that_was_survived_passes_every_check() -> None:
    checks = [
        stood_in(DURING),
        ran_on(STORY, LOST),
        only_what_was_missing(STORY, DURING),
        size_kept(STORY),
        back_in_steps(STORY, 20 * 60),
        as_before(STORY),
    ]
    assert [one.name for one in checks if not one.passed] == []


@pytest.mark.parametrize(
    "during",
    [
        (*DURING[:2], moment(2, 2), moment(3, 2), moment(4, 2), moment(5, 4)),
        (moment(0, 2, *SPOT), moment(20, 2, *SPOT)),
    ],
    ids=["too late", "nothing came, since nothing was lost"],
)
def test_what_comes_late_or_never_did_not_stand_in(during: tuple[Moment, ...]) -> None:
    assert not stood_in(during).passed


def test_a_spot_machine_that_left_without_a_notice_was_ended() -> None:
    done = ran_on(STORY, LOST[:1])
    assert (done.passed, done.said) == (False, "without a notice: spot-2")


def test_on_demand_beyond_what_is_missing_is_too_much() -> None:
    greedy = (*DURING, moment(21, 4, "spot-1"))
    assert not only_what_was_missing(greedy, greedy).passed
    assert only_what_was_missing(greedy, DURING).passed
    assert not only_what_was_missing((*STORY, moment(41, 4, "spot-3", "spot-4")), DURING).passed


def test_another_size_at_any_moment_is_told() -> None:
    done = size_kept((STORY[0], replace(STORY[1], desired=5), *STORY[2:]))
    assert (done.passed, done.said) == (False, "it was 4 and 5")


BASES = {
    "all at once": (4, 4, 2),
    "up again after spot was back": (4, 3, 4, 2),
    "never": (4, 4, 4),
}


@pytest.mark.parametrize("bases", BASES.values(), ids=BASES)
def test_a_base_that_does_not_go_step_by_step_fails(bases: tuple[int, ...]) -> None:
    moments = tuple(moment(20 + number, 2, base=base) for number, base in enumerate(bases))
    assert not back_in_steps(moments, 20 * 60).passed


@pytest.mark.parametrize("last", [moment(41, 3, "a", base=2), moment(41, 2, "a", "b", base=3), moment(41, 2, "a")])
def test_anything_that_is_not_as_before_in_the_end_fails(last: Moment) -> None:
    assert not as_before((*STORY, last)).passed
