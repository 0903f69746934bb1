"""What failed launches lead to at the least and at the most; `test_waking.py` plays their scene under any crash."""

from tests.integration.launch_failure.scenes import SCENE, failures, groups
from tidegate.desk.region.region import Region


def test_undisturbed_each_fleet_is_woken_and_what_means_nothing_is_let_go_or_buried() -> None:
    end, calls = SCENE.play()
    assert end.woken == (("fleet/batch", "lone"), ("fleet/chat", "drill-n1"), ("fleet/chat", "third"))
    assert (len(end.buried), end.waiting) == (1, 0)
    assert sorted(set(calls)) == ["autoscaling:DescribeAutoScalingGroups", "dynamodb:GetItem", "sqs:SendMessageBatch"]


def test_a_failure_that_comes_with_a_repeated_one_wakes_its_fleet_all_the_same() -> None:
    """A wake for both under the older one's id would be swallowed as a repetition."""
    with Region() as region:
        first, second, *_ = failures()
        groups(region)
        region.emit(first)
        region.run(30)
        region.emit(second)
        region.emit(first)
        region.run(30)
        assert [wake["event"] for wake in region.wakes()] == ["first", "second"]
