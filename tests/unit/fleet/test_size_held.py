"""What keeps a fleet's size as it is: silence, others who write it, and what is suspended; and the reasons given."""

from dataclasses import replace

import pytest

from tests.fakes import NOW
from tests.size_sights import CPU, GPU_MEMORY, fleet, reading, sight, then
from tidegate.fleet.history import Foreign, History, Step
from tidegate.fleet.others import LOWERED_SECONDS, RAISED_SECONDS, Others
from tidegate.fleet.reading import FRESH_SECONDS
from tidegate.fleet.size import Sight, size
from tidegate.policy.size import Size

LEAVE = Size(mode="leave")
BOTH_LOW = {"cpu": reading(35), "memory": reading(40)}


def foreign(before: int, after: int, ago: float) -> History:
    return History((Step(NOW - 86400, after),), desired=after, foreign=Foreign(NOW - ago, before, after))


DECISIONS: dict[str, tuple[Sight, int, str]] = {
    "without any data the size stays": (sight({"cpu": reading()}, signals={"cpu": CPU}), 10, "no_data"),
    "a signal that nobody reads is a dead one": (sight({}, signals={"cpu": CPU}), 10, "no_data"),
    "a dead signal keeps the size while the others are low": (
        sight({"cpu": reading(7), "memory": reading()}),
        10,
        "no_data",
    ),
    "a stale signal is a dead one": (sight({"cpu": reading(7, ended=FRESH_SECONDS)}), 10, "no_data"),
    "a stale signal adds nothing either": (sight({"cpu": reading(100, ended=FRESH_SECONDS)}), 10, "no_data"),
    "a signal that was just born has not been low for long": (sight({"cpu": reading(7, 7, 7)}), 10, "watching"),
    "an alarm without a target says nothing about the size": (
        sight({"gpu-memory": reading(9e9)}, signals={"gpu-memory": GPU_MEMORY}),
        10,
        "no_data",
    ),
    "a size that somebody raised is not lowered for an hour": (
        sight({"cpu": reading(7)}, history=foreign(4, 10, RAISED_SECONDS - 1)),
        10,
        "respecting",
    ),
    "after an hour it is": (sight({"cpu": reading(7)}, history=foreign(4, 10, RAISED_SECONDS)), 5, "scale_in"),
    "a size that somebody raised may be raised further": (
        sight({"cpu": reading(84)}, history=foreign(4, 10, 60)),
        12,
        "scale_out",
    ),
    "a size that somebody lowered is not raised for five minutes": (
        sight({"cpu": reading(84)}, history=foreign(12, 10, LOWERED_SECONDS - 1)),
        10,
        "respecting",
    ),
    "after five minutes it is": (
        sight({"cpu": reading(84)}, history=foreign(12, 10, LOWERED_SECONDS)),
        12,
        "scale_out",
    ),
    "a foreign change that was changed since is over": (
        sight({"cpu": reading(7)}, history=replace(foreign(4, 12, 60), steps=(Step(NOW - 86400, 10),))),
        5,
        "scale_in",
    ),
    "a suspended Launch keeps it from growing": (
        sight({"cpu": reading(84)}, of=fleet(suspended=frozenset({"Launch"}))),
        10,
        "suspended",
    ),
    "a suspended Launch doesn't keep it from shrinking": (
        sight({"cpu": reading(56)}, of=fleet(suspended=frozenset({"Launch"}))),
        8,
        "scale_in",
    ),
    "a suspended Terminate keeps it from shrinking": (
        sight({"cpu": reading(56)}, of=fleet(suspended=frozenset({"Terminate"}))),
        10,
        "suspended",
    ),
    "suspended alarms keep it from both": (
        sight({"cpu": reading(84)}, of=fleet(suspended=frozenset({"AlarmNotification"}))),
        10,
        "suspended",
    ),
    "policies of its own set its size": (sight({"cpu": reading(84)}, others=Others(("cpu70",))), 10, "own_policies"),
    "an instance refresh is waited for": (
        sight({"cpu": reading(84)}, others=Others(refresh="InProgress")),
        10,
        "refreshing",
    ),
    "another operator sets its size": (
        sight({"cpu": reading(84)}, of=replace(fleet(), operator="EKS")),
        10,
        "other_operator",
    ),
    "a group that is being deleted is left alone": (
        sight({"cpu": reading(84)}, of=replace(fleet(), deleting=True)),
        10,
        "deleting",
    ),
    "a profile may leave the size alone": (sight({"cpu": reading(84)}, size=LEAVE), 10, "size_left"),
}


@pytest.mark.parametrize(("seen", "desired", "code"), DECISIONS.values(), ids=DECISIONS)
def test_the_size_that_is_decided(seen: Sight, desired: int, code: str) -> None:
    decided = size(seen)
    assert (decided.desired, decided.code) == (desired, code), decided.reason


REASONS = {
    "growth": (sight({"cpu": then(66, 84)}), "cpu is 84, target 70: 12 needed: from 10 to 12"),
    "a step": (
        sight({"queue": reading(500)}),
        "queue is 500, target 5: 100 needed: from 10 to 20, one step",
    ),
    "the maximum": (
        sight({"cpu": reading(100)}, of=fleet(10, bounds=(1, 12))),
        "cpu is 100, target 70: 15 needed: from 10 to 12, the maximum",
    ),
    "shrinking": (sight(BOTH_LOW), "35, target 70: 5 needed at the most in 10 minutes: from 10 to 5"),
    "silence": (sight({"cpu": reading(7), "memory": reading()}), "no fresh data of memory: the size stays"),
    "a gap": (sight({"cpu": reading(7, 7)}), "1 would do; cpu has not been seen for 10 minutes without a gap"),
    "respect": (
        sight({"cpu": reading(7)}, history=foreign(4, 10, 600)),
        "somebody else set the size from 4 to 10 600 s ago, which is not undone for 3000 s more",
    ),
}


@pytest.mark.parametrize(("seen", "says"), REASONS.values(), ids=REASONS)
def test_the_reason_that_is_given(seen: Sight, says: str) -> None:
    assert says in size(seen).reason


def test_a_gap_of_a_signal_in_the_low_time_is_waited_out() -> None:
    told = reading(*[35.0] * 20)
    gap = replace(told, points=told.points[:10] + told.points[18:])
    assert size(sight({"cpu": gap})).code == "watching"
    short = replace(told, points=told.points[:10] + told.points[13:])
    assert size(sight({"cpu": short})).code == "scale_in"
