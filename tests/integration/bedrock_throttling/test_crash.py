"""What reports and alarms of models lead to at the least and at the most; `test_waking.py` plays it under any crash."""

from tests.integration.bedrock_throttling.scenes import NAME, POLICY, SCENE, signals, tells, written
from tidegate.desk.region.region import Region
from tidegate.model.reports import KEPT_SECONDS


def test_undisturbed_each_model_is_woken_each_report_written_once_and_what_means_nothing_let_go_or_buried() -> None:
    end, calls = SCENE.play()
    assert end.woken == (("model/chat", "drill-n1"), ("model/chat", "third"), ("model/embed", "lone"))
    assert end.written == ("drilled", "first", "lone", "third")
    assert (len(end.buried), end.waiting) == (1, 0)
    assert sorted(set(calls)) == ["dynamodb:GetItem", "dynamodb:TransactWriteItems", "sqs:SendMessageBatch"]


def test_ten_reports_in_a_batch_are_one_write_and_one_wake() -> None:
    with Region(policy=POLICY) as region:
        for number in range(10):
            region.emit(tells(event_id=f"event-{number}"))
        region.run(5)
        assert region.calls_of(NAME) == ("dynamodb:TransactWriteItems", "sqs:SendMessageBatch")
        assert [wake["event"] for wake in region.wakes()] == ["event-9"]


def test_killed_between_the_report_and_its_wake_the_next_delivery_wakes_and_writes_nothing_twice() -> None:
    with Region(policy=POLICY) as region:
        region.crash_after(1, NAME)
        region.emit(tells(event_id="first"))
        region.run(5)
        assert (written(region), list(region.wakes())) == (("first",), [])
        region.run(60)
        assert (written(region), [wake["event"] for wake in region.wakes()]) == (("first",), ["first"])


def test_a_report_that_comes_with_a_repeated_one_wakes_its_model_all_the_same() -> None:
    """A wake for both under the older one's id would be swallowed as a repetition."""
    with Region(policy=POLICY) as region:
        first, *_, third, _, _ = signals()
        region.emit(first)
        region.run(30)
        region.emit(third)
        region.emit(first)
        region.run(30)
        assert [wake["event"] for wake in region.wakes()] == ["first", "third"]


def test_a_report_is_forgotten_after_an_hour() -> None:
    with Region(policy=POLICY) as region:
        region.emit(tells())
        region.run(5)
        (item,) = (one for one in region.items() if str(one["sk"]).startswith("REPORT#"))
        assert 0 <= float(item["expires"]) - KEPT_SECONDS - float(item["time"]) < 5
