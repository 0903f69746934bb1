"""At least once: whenever the handler dies, and however often, late or disordered alarms come, the end is the same."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.integration.capacity_alarm.scenes import LONG, NAME, POLICY, end_of, fleets, own, poison, rings
from tests.integration.waking import ORDERS, End, Order, at_once, record, scattered
from tidegate.desk.region.region import Region

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


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


def play(prepare: Prepare = nothing, send: Order = at_once) -> tuple[End, tuple[str, ...]]:
    """Return the end of a scenario, and the AWS calls that the handler made."""
    with Region(policy=POLICY, seed=7) as region:
        fleets(region)
        record(region, "n1", "chat")
        prepare(region)
        send(region, alarms(), poison)
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


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_the_end_is_the_same(send: Order) -> None:
    assert play(send=send)[0] == undisturbed()[0]


@pytest.mark.parametrize("seed", range(4))
def test_disordered_doubled_and_killed_at_random_the_end_is_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chances, not secrets

    def prepare(region: Region) -> None:
        region.crash_after(random.randrange(1, 5), NAME)

    assert play(prepare, scattered(random))[0] == undisturbed()[0]


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
