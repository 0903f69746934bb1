"""Reports and alarms of models in the emulated Region: through rule and queue to the wake of their model."""

import json
from typing import Any

import pytest

from tests.integration.bedrock_throttling.scenes import NAME, POLICY, end_of, poison, rings, tells, written
from tests.integration.waking import Case, reasons, record, refuse
from tidegate.desk.region.region import Region


def cases() -> dict[str, Case]:
    return {
        "a report wakes its model": Case(tells(), ("chat",)),
        "one about a route in another Region": Case(tells(route="paris"), ("chat",)),
        "one about a route of nobody's": Case(tells("embed", "own"), ("embed",)),
        "one of a model that is gone": Case(tells("gone"), (), "no_model"),
        "one of a route that is gone": Case(tells(route="gone"), (), "no_route"),
        "one of another stage": Case(tells(stage="live"), ()),
        "one of two hours ago": Case(tells(age=7200), (), "stale"),
        "a drill's without a record": Case(tells(drill="n2"), (), "drill_without_record"),
        "a drill's whose record has expired": Case(tells(drill="old"), (), "drill_without_record"),
        "a drill's with the record of another model": Case(tells("embed", drill="n1"), (), "drill_elsewhere"),
        "a drill's with the record of the fleet of that name": Case(tells(drill="fleet"), (), "drill_elsewhere"),
        "a drill's with its record": Case(tells(drill="n1"), ("chat",)),
        "an alarm on throttles": Case(rings(), ("chat",)),
        "an alarm on their ratio": Case(rings(kind="throttle_ratio"), ("chat",)),
        "an alarm of a model that is gone": Case(rings("gone"), (), "no_model"),
        "an alarm of another stage": Case(rings(stage="live"), ()),
        "an alarm that a drill sends": Case(rings(drill="n1"), ("chat",)),
    }


@pytest.fixture
def region() -> Any:
    """A Region with two models, and with records of drills."""
    with Region(policy=POLICY) as opened:
        record(opened, "n1", "model/chat")
        record(opened, "fleet", "chat")
        record(opened, "old", "model/chat", seconds=-1)
        yield opened


@pytest.mark.parametrize("name", cases())
def test_what_becomes_of_an_event(region: Region, name: str) -> None:
    case = cases()[name]
    region.emit(case.event)
    region.run(60)
    assert [wake["target"] for wake in region.wakes()] == [f"model/{model}" for model in case.woken]
    assert reasons(region, NAME) == ([case.code] if case.code else [])
    told = case.event["detail-type"] == "Tidegate Model Route Report"
    assert written(region) == ((case.event["id"],) if told and case.woken else ())
    end = end_of(region)
    assert (end.buried, end.waiting) == ((), 0)


def test_no_other_reaction_hears_of_a_model(region: Region) -> None:
    for event in (tells(), rings(), rings(kind="throttle_ratio")):
        region.emit(event)
    region.run(60)
    assert {name: region.calls_of(name) for name in region.functions if name != NAME and region.calls_of(name)} == {}


def test_a_client_may_report_with_the_bus_own_time(region: Region) -> None:
    event = tells()
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    answer = region.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0
    region.run(5)
    (wake,) = region.wakes()
    assert wake["target"] == "model/chat"
    assert wake["why"] == "a client met 7 x throttled on route home of chat, in the document of epoch 1795593540"


def test_what_nobody_can_read_is_buried_with_its_reason(region: Region) -> None:
    poison(region)
    event = tells()
    event["detail"]["version"] = 2
    region.emit(event)
    first, second = end_of(region).buried
    assert "unreadable: the message is no JSON" in second
    assert "detail.version is 2: 1 is needed, that of this release" in first


BROKEN = {"waking": ("SendMessageBatch", "waking failed"), "writing": ("TransactWriteItems", "writing it down failed")}


@pytest.mark.parametrize(("operation", "why"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("lasting", [False, True], ids=["for a minute", "for good"])
def test_what_aws_refuses_is_done_by_a_later_delivery_or_buried_with_its_reason(
    region: Region, operation: str, why: str, lasting: bool
) -> None:
    refuse(region, NAME, operation, seconds=1e9 if lasting else 60)
    region.emit(tells(event_id="third"))
    end = end_of(region)
    assert (len(end.woken), len(end.buried), end.waiting) == ((0, 1, 0) if lasting else (1, 0, 0))
    assert all(why in one for one in end.buried)
