"""What alarms lead to at the least and at the most; `test_waking.py` plays their scene under any crash."""

from tests.integration.capacity_alarm.scenes import LONG, POLICY, SCENE, alarms, fleets
from tidegate.desk.region.region import Region


def test_undisturbed_each_alarm_wakes_its_fleets_once_and_what_means_nothing_is_let_go_or_buried() -> None:
    end, calls = SCENE.play()
    expected = {"chat": ("drill-n1", "first", "second"), LONG: ("cut",), "batch": ("site",), "embed": ("site",)}
    assert end.woken == tuple(sorted((f"fleet/{fleet}", event) for fleet in expected for event in expected[fleet]))
    assert (len(end.buried), end.waiting) == (1, 0)
    # One look at the fleets and one call to wake six times, however many alarms a batch holds.
    assert sorted(set(calls)) == [
        "autoscaling:DescribeAutoScalingGroups",
        "dynamodb:GetItem",
        "sqs:SendMessageBatch",
    ]


def test_an_alarm_that_comes_with_a_repeated_one_wakes_its_fleet_all_the_same() -> None:
    """A wake for both under the first one's id would be swallowed as a repetition."""
    with Region(policy=POLICY) as region:
        first, second, *_ = alarms()
        fleets(region)
        region.emit(first)
        region.run(30)
        region.emit(first)
        region.emit(second)
        region.run(30)
        assert [wake["event"] for wake in region.wakes()] == ["first", "second"]
