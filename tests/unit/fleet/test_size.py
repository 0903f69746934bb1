"""The size that a fleet's signals ask for: a table of single decisions, one sentence each."""

from dataclasses import replace

import pytest

from tests.fakes import NOW, group
from tests.size_sights import CPU, MEMORY, fleet, reading, sight, then
from tidegate.fleet.history import History, Step
from tidegate.fleet.size import Sight, size
from tidegate.policy.size import Size

GROWN = History((Step(NOW - 86400, 8), Step(NOW - 90, 10)), desired=10)
"""Two of ten machines have come a minute and a half ago."""

BOTH_LOW = {"cpu": reading(35), "memory": reading(40)}
STRICT = Size(tolerance_percent=0)

DECISIONS: dict[str, tuple[Sight, int, str]] = {
    # Out.
    "a minute far above the target adds at once": (sight({"cpu": then(66, 84)}), 12, "scale_out"),
    "a little above it adds nothing after one minute": (sight({"cpu": then(66, 72)}), 10, "right_size"),
    "a little above it for three minutes adds": (sight({"cpu": then(66, 71, 72, 73)}), 11, "scale_out"),
    "a minute that is over already adds nothing": (sight({"cpu": then(66, 84, 66)}), 10, "right_size"),
    "without a tolerance a little counts at once": (sight({"cpu": then(66, 71)}, size=STRICT), 11, "scale_out"),
    "of two signals the higher one decides": (sight({"cpu": reading(77), "memory": reading(96)}), 12, "scale_out"),
    "a high signal adds while another one is low": (sight({"cpu": reading(7), "memory": reading(96)}), 12, "scale_out"),
    "a high signal adds while another one is dead": (sight({"cpu": reading(84), "memory": reading()}), 12, "scale_out"),
    "one look doubles the size at the most": (sight({"queue": reading(500)}), 20, "scale_out"),
    "the profile may allow less": (
        sight({"queue": reading(500)}, size=Size(scale_out_limit_percent=25)),
        12,
        "scale_out",
    ),
    "one machine may always come": (
        sight({"cpu": reading(100)}, of=fleet(2), size=Size(scale_out_limit_percent=1)),
        3,
        "scale_out",
    ),
    "a step that is under way is not taken again": (
        sight({"queue": reading(500)}, of=fleet(10, desired=20)),
        20,
        "stepping",
    ),
    "a step that asked for less is taken further": (
        sight({"cpu": reading(100)}, of=fleet(10, desired=12)),
        15,
        "scale_out",
    ),
    "what is spare comes on top": (sight({"cpu": reading(91)}, size=Size(spare=2)), 15, "scale_out"),
    "what is spare isn't taken": (sight({"cpu": reading(60)}, size=Size(spare=1)), 10, "right_size"),
    "what is more than spare is": (sight({"cpu": reading(42)}, size=Size(spare=2)), 8, "scale_in"),
    "the maximum holds": (sight({"cpu": reading(100)}, of=fleet(10, bounds=(1, 12))), 12, "scale_out"),
    "at the maximum nothing is left to add": (sight({"cpu": reading(100)}, of=fleet(10, bounds=(1, 10))), 10, "at_max"),
    # Warming up.
    "machines that warm up don't count": (sight({"cpu": reading(86)}, history=GROWN), 10, "right_size"),
    "once warm they do": (sight({"cpu": reading(86)}, size=Size(warmup_seconds=0), history=GROWN), 13, "scale_out"),
    # In.
    "a size that was too large for ten minutes shrinks": (sight({"cpu": reading(56)}), 8, "scale_in"),
    "one look halves it at the most": (sight({"cpu": reading(7)}), 5, "scale_in"),
    "the profile may allow less at a time": (
        sight({"cpu": reading(7)}, size=Size(scale_in_limit_percent=20)),
        8,
        "scale_in",
    ),
    "one machine may always go": (
        sight({"cpu": reading(7)}, of=fleet(2), size=Size(scale_in_limit_percent=1)),
        1,
        "scale_in",
    ),
    "the minimum holds": (sight({"cpu": reading(7)}, of=fleet(10, bounds=(8, 100))), 8, "scale_in"),
    "at the minimum nothing is left to take": (
        sight({"cpu": reading(7)}, of=fleet(10, bounds=(10, 100))),
        10,
        "right_size",
    ),
    "a machine that barely fits stays": (sight({"cpu": reading(60)}), 10, "right_size"),
    "without a tolerance it goes": (sight({"cpu": reading(60)}, size=STRICT), 9, "scale_in"),
    "three high minutes nine minutes ago keep the size": (
        sight({"cpu": reading(*[35.0] * 8, 66, 66, 66, *[35.0] * 7)}),
        10,
        "right_size",
    ),
    "both signals are low: the higher one says how far": (sight(BOTH_LOW), 5, "scale_in"),
    "a low signal takes nothing while another one isn't": (
        sight({"cpu": reading(7), "memory": reading(79)}),
        10,
        "right_size",
    ),
    "nothing is taken while machines come or go": (
        sight({"cpu": reading(35)}, of=fleet(9, desired=10)),
        10,
        "unsettled",
    ),
    "nothing is taken while machines are being replaced": (sight({"cpu": reading(35)}, busy=True), 10, "unsettled"),
    # What is counted.
    "a queue counts for the whole group": (sight({"queue": reading(61)}), 13, "scale_out"),
    "an empty queue takes machines down to the minimum": (sight({"queue": reading(0)}, of=fleet(2)), 1, "scale_in"),
    "from nothing a queue brings one machine": (
        sight({"queue": reading(61)}, of=fleet(0, bounds=(0, 9))),
        1,
        "scale_out",
    ),
    "sizes are in units of capacity": (sight({"cpu": reading(84)}, of=fleet(5, weight=4)), 24, "scale_out"),
    "units go as well": (sight({"cpu": reading(56)}, of=fleet(5, weight=4)), 16, "scale_in"),
}


@pytest.mark.parametrize(("seen", "desired", "code"), DECISIONS.values(), ids=DECISIONS)
def test_the_size_that_is_decided(seen: Sight, desired: int, code: str) -> None:
    decided = size(seen)
    assert (decided.desired, decided.code) == (desired, code), decided.reason


def test_a_saturated_fleet_that_has_just_grown_is_not_taken_for_a_small_one() -> None:
    grown = History((Step(NOW - 86400, 4), Step(NOW - 200, 10)), desired=10)
    decided = size(
        sight({"cpu": reading(100)}, size=Size(scale_in_after_seconds=120, warmup_seconds=300), history=grown)
    )
    assert decided.desired == 10


def test_a_fleet_that_has_shrunk_is_not_taken_for_a_busy_one() -> None:
    # Ten machines at 49 %; three of them went, and since then seven are at 70 %.
    shrunk = History((Step(NOW - 86400, 10), Step(NOW - 180, 7)), desired=7)
    decided = size(sight({"cpu": reading(*[49.0] * 17, 70, 70, 70)}, of=fleet(7), history=shrunk))
    assert (decided.desired, decided.code) == (7, "right_size")


def test_a_metric_of_five_minutes_decides_by_its_newest_datapoint() -> None:
    slow = reading(*[66.0] * 5, 72, period=300, ended=100)
    assert size(sight({"cpu": slow})).desired == 11


def test_a_low_fleet_is_looked_at_again_soon_and_a_right_one_is_not() -> None:
    assert size(sight({"cpu": reading(*[66.0] * 14, *[35.0] * 6)})).soon
    assert not size(sight({"cpu": reading(66)})).soon


def test_needs_are_told_the_most_first() -> None:
    needs = size(sight({"cpu": reading(63), "memory": reading(79)})).needs
    assert [(one.signal, one.units) for one in needs] == [("memory", 10), ("cpu", 9)]


def test_of_a_mixed_group_only_what_serves_counts() -> None:
    chat = replace(group("chat", *range(4)), desired=4, min_size=1, max_size=9)
    waiting = replace(chat.machines[next(iter(chat.machines))], state="Standby")
    chat = replace(chat, machines={**chat.machines, waiting.id: waiting})
    decided = size(sight({"cpu": reading(84), "memory": reading(40)}, of=chat, signals={"cpu": CPU, "memory": MEMORY}))
    assert (decided.desired, decided.code) == (4, "right_size")
