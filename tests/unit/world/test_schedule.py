"""Others who write to the group: scheduled actions, and a tool that writes the base back."""

from tests.unit.world.worlds import bought, happened
from tidegate.desk.world.operations import remix
from tidegate.desk.world.schedule import Rewrite, ScheduledAction
from tidegate.desk.world.shape import Shape
from tidegate.desk.world.standing import standing
from tidegate.fleet.distribution import Distribution


def test_a_scheduled_action_sets_bounds_and_size() -> None:
    actions = [ScheduledAction(t=100, min_size=8), ScheduledAction(t=1000, min_size=0, desired=3, max_size=5)]
    one = standing(Shape(), others=actions)
    one.run(900)
    assert (bought(one), one.min_size) == ((1, 7), 8)
    one.run(900)
    assert (bought(one), one.min_size, one.max_size) == ((1, 2), 0, 5)


def test_whoever_writes_the_base_back_leaves_the_rest() -> None:
    one = standing(Shape(), others=[Rewrite(1000, 1)])
    remix(one, Distribution(4, 20, {"SpotAllocationStrategy": "price-capacity-optimized"}), 7)
    one.run(1000)
    assert one.distribution == Distribution(1, 20, {"SpotAllocationStrategy": "price-capacity-optimized"})
    assert one.desired == 7


def test_what_auto_scaling_refuses_changes_nothing() -> None:
    one = standing(Shape(max_size=9), others=[ScheduledAction(t=10, desired=12), Rewrite(20, 10)])
    one.run(100)
    assert (one.desired, one.distribution.base) == (6, 1)
    assert happened(one, "set") == [(10, "set"), (20, "set")]
    assert all(event.text.startswith("refused: ") for event in one.events)
