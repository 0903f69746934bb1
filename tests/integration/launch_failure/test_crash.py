"""At least once: whenever the handler dies, and however often, late or disordered events come, the end is the same."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.integration.launch_failure.scenes import NAME, end_of, fails, groups, poison
from tests.integration.waking import ORDERS, End, Order, at_once, record, scattered
from tidegate.desk.region.region import Region

type Prepare = Callable[[Region], None]

NEWEST = {"chat": "third", "batch": "lone"}


def failures() -> list[dict[str, Any]]:
    """Return failed launches sent in the last seconds, among them those that wake nobody."""
    return [
        fails("chat", event_id="first", age=3),
        fails("chat", event_id="second", age=2, kind="spot_quota"),
        fails("batch", event_id="lone", age=2, kind="on_demand_capacity"),
        fails("plain", event_id="nobody's"),
        fails("chat", event_id="warm", kind="into_warm_pool"),
        fails("chat", event_id="third"),
        fails("chat", drill="n1", event_id="drilled"),
        fails("chat", drill="n2", event_id="forged"),
    ]


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


def play(prepare: Prepare = nothing, send: Order = at_once) -> tuple[End, tuple[str, ...]]:
    """Return the end of a scenario, and the AWS calls that the handler made."""
    with Region(seed=7) as region:
        groups(region)
        record(region, "n1", "chat")
        prepare(region)
        send(region, failures(), poison)
        return end_of(region, NEWEST), region.calls_of(NAME)


@cache
def undisturbed() -> tuple[End, tuple[str, ...]]:
    return play()


def test_undisturbed_each_fleet_is_woken_and_what_means_nothing_is_let_go_or_buried() -> None:
    end, calls = undisturbed()
    assert end.woken == (("fleet/batch", "lone"), ("fleet/chat", "drill-n1"), ("fleet/chat", "third"))
    assert (len(end.buried), end.waiting) == (1, 0)
    assert sorted(set(calls)) == ["autoscaling:DescribeAutoScalingGroups", "dynamodb:GetItem", "sqs:SendMessageBatch"]


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
