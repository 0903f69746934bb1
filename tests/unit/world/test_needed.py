"""What is missing is measured by what the work needs, where that is not simply what is desired."""

import pytest

from tests.unit.world.worlds import MIX_ONLY
from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.play import Scenario, play
from tidegate.desk.world.schedule import ScheduledAction
from tidegate.desk.world.shape import Shape

LARGER = (ScheduledAction(t=600, desired=8),)


@pytest.mark.parametrize(("needed", "dip"), [(None, 2 * 120), (6, 0), (8, 2 * (600 + 120)), (5, 0)])
def test_less_than_needed_is_missing_whatever_is_desired(needed: int | None, dip: float) -> None:
    totals = play(Scenario(seconds=HOUR, shape=Shape(desired=6), others=LARGER, needed=needed), MIX_ONLY).totals
    assert totals.dip == dip


def test_all_on_demand_is_what_is_needed_on_demand() -> None:
    totals = play(Scenario(seconds=HOUR, shape=Shape(desired=6), others=LARGER, needed=4), None).totals
    assert totals.all_on_demand == pytest.approx(4 * 1.006)
