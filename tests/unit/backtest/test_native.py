"""Native target tracking as AWS tells it: a table of single evaluations, one sentence each."""

from collections.abc import Mapping, Sequence

import pytest

from tidegate.desk.backtest.native import Capacity, Native, track
from tidegate.desk.backtest.world import Setting, World

TEN = Capacity(desired=10, warm=10, served=10)
HIGH, LOW, RIGHT = [77.0] * 15, [35.0] * 15, [66.0] * 15
TARGETS = {"cpu": 70.0}
BOTH = {"cpu": 70.0, "memory": 80.0}

DECISIONS: dict[str, tuple[Mapping[str, Sequence[float | None]], Capacity, int]] = {
    "three minutes above the target add in proportion": ({"cpu": [*RIGHT[:12], 71, 72, 77]}, TEN, 11),
    "two minutes do nothing": ({"cpu": [*RIGHT[:13], 100, 100]}, TEN, 10),
    "a missing one among three does nothing": ({"cpu": [*RIGHT[:12], 100, None, 100]}, TEN, 10),
    "what was asked for already is not asked for again": ({"cpu": HIGH}, Capacity(11, 10, 10), 11),
    "machines that warm up don't count": ({"cpu": [100.0] * 15}, Capacity(14, 10, 14, settled=False), 15),
    "the maximum holds": ({"cpu": [100.0] * 15}, Capacity(10, 10, 10, max_size=12), 12),
    "fifteen minutes far below the target take what the newest can spare": ({"cpu": LOW}, TEN, 5),
    "fewer are taken rather than more": ({"cpu": [59.0] * 15}, TEN, 9),
    "fourteen minutes take none": ({"cpu": LOW[:14]}, TEN, 10),
    "a little below the target takes none": ({"cpu": [63.5] * 15}, TEN, 10),
    "the minimum holds": ({"cpu": [1.0] * 15}, Capacity(10, 10, 10, min_size=4), 4),
    "none is taken while machines come or warm up": ({"cpu": LOW}, Capacity(10, 10, 10, settled=False), 10),
    "a missing minute takes none": ({"cpu": [*LOW[:7], None, *LOW[:7]]}, TEN, 10),
    "without data nothing happens": ({"cpu": []}, TEN, 10),
}


@pytest.mark.parametrize(("values", "has", "desired"), DECISIONS.values(), ids=DECISIONS)
def test_one_policy(values: Mapping[str, Sequence[float | None]], has: Capacity, desired: int) -> None:
    assert track(values, TARGETS, has) == desired


def test_of_two_policies_the_one_that_asks_for_most_adds() -> None:
    assert track({"cpu": HIGH, "memory": [96.0] * 15}, BOTH, TEN) == 12


def test_of_two_policies_both_have_to_agree_to_take() -> None:
    assert track({"cpu": LOW, "memory": [60.0] * 15}, BOTH, TEN) == 8
    assert track({"cpu": LOW, "memory": [75.0] * 15}, BOTH, TEN) == 10


def test_a_policy_without_data_keeps_the_others_from_taking_and_not_from_adding() -> None:
    assert track({"cpu": LOW, "memory": []}, BOTH, TEN) == 10
    assert track({"cpu": HIGH, "memory": []}, BOTH, TEN) == 11


def test_on_a_group_it_adds_after_three_minutes_and_takes_after_fifteen() -> None:
    work = [1.0] * 10 + [2.0] * 30 + [1.0] * 30
    world, changes = World(Setting(start=2), {"cpu": work}), list[tuple[float, int]]()
    tracking = Native(TARGETS, warmup_seconds=120)
    while not world.over:
        if change := tracking.tend(world):
            changes.append((change.at / 60, change.after))
        world.tick()
    # Two machines at 100 % look like three; at 10 + 3 + 1 minutes that is known, 2 to boot, 2 to warm up, and so on.
    assert changes[0] == (14, 3)
    assert changes[-1] == (40 + 15 + 1, 2)
