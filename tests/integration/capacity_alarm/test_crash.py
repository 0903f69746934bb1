"""At least once: whenever the handler dies, and however often, late or disordered alarms come, the end is the same."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.integration.capacity_alarm.scenes import (
    LONG,
    NAME,
    POLICY,
    End,
    end_of,
    fleets,
    own,
    poison,
    record,
    rings,
)
from tidegate.desk.region.events import BUS_SECONDS
from tidegate.desk.region.region import Region

type Send = Callable[[Region, list[dict[str, Any]]], None]
type Prepare = Callable[[Region], None]


def alarms() -> list[dict[str, Any]]:
    """Return one alarm of each kind, sent now, among them those that wake nobody."""
    return [
        rings(own("chat"), event_id="first"),
        rings(own("chat", "memory"), event_id="second"),
        rings(own(LONG), event_id="cut"),
        rings("site-busy", kind="alarm_composite", event_id="site"),
        rings("gone-busy", event_id="gone"),
        rings(own("chat"), drill="n1", event_id="drilled"),
        rings(own("chat"), drill="n2", event_id="forged"),
    ]


def at_once(region: Region, events: list[dict[str, Any]]) -> None:
    for event in events:
        region.emit(event)
    region.world.after(BUS_SECONDS, lambda: poison(region))


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


def play(prepare: Prepare = nothing, send: Send = at_once) -> tuple[End, tuple[str, ...]]:
    """Return the end of a scenario, and the AWS calls that the handler made."""
    with Region(policy=POLICY, seed=7) as region:
        fleets(region)
        record(region, "n1", "chat")
        prepare(region)
        send(region, alarms())
        return end_of(region), region.calls_of(NAME)


@cache
def undisturbed() -> tuple[End, tuple[str, ...]]:
    return play()


def test_undisturbed_each_alarm_wakes_its_fleets_once_and_what_means_nothing_is_let_go_or_buried() -> None:
    end, calls = undisturbed()
    expected = {"chat": ("drill-n1", "first", "second"), LONG: ("cut",), "batch": ("site",), "embed": ("site",)}
    assert end.woken == tuple(sorted((f"fleet/{fleet}", event) for fleet in expected for event in expected[fleet]))
    assert (len(end.buried), end.waiting) == (1, 0)
    # One look at the fleets and one call to wake six times, however many alarms a batch holds.
    assert sorted(set(calls)) == [
        "autoscaling:DescribeAutoScalingGroups",
        "dynamodb:GetItem",
        "sqs:SendMessageBatch",
    ]


def test_killed_right_after_any_of_its_calls_the_next_delivery_finishes_the_same() -> None:
    end, calls = undisturbed()
    for number, call in enumerate(calls, 1):
        died, _ = play(lambda region, number=number: region.crash_after(number, NAME))
        assert died == end, f"killed after call {number} of {len(calls)}, {call}"


def twice(region: Region, events: list[dict[str, Any]]) -> None:
    for event in events:
        region.emit(event, copies=2)
    poison(region)


def again_later(region: Region, events: list[dict[str, Any]]) -> None:
    """Within the five minutes in which the queue of wakes swallows repetitions."""
    for event in events:
        region.emit(event)
        region.emit(event, delay=200)
    poison(region)


def backwards_one_by_one(region: Region, events: list[dict[str, Any]]) -> None:
    for number, event in enumerate(reversed(events)):
        region.emit(event, delay=number * 3)
    poison(region)


ORDERS = {
    "every event twice at once": twice,
    "every event again minutes later": again_later,
    "backwards, one by one": backwards_one_by_one,
}


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_the_end_is_the_same(send: Send) -> None:
    assert play(send=send)[0] == undisturbed()[0]


@pytest.mark.parametrize("seed", range(4))
def test_disordered_doubled_and_killed_at_random_the_end_is_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chances, not secrets

    def prepare(region: Region) -> None:
        region.crash_after(random.randrange(1, 5), NAME)

    def send(region: Region, events: list[dict[str, Any]]) -> None:
        for event in events:
            region.emit(event, delay=random.uniform(0, 5))
            region.emit(event, delay=random.uniform(5, 40))
        poison(region)

    assert play(prepare, send)[0] == undisturbed()[0]


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
