"""At least once: whenever the handler dies, and however often, late or disordered events come, the end is the same."""

import json
import time
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.integration.spot_interruption.ends import End, Send, nothing, play, unwoken
from tidegate.desk.region.events import BUS_SECONDS
from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.poller import event_of
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Killed


def all_at_once(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine))
        region.emit(warning(machine))


def with_a_drill(region: Region, machines: list[Machine]) -> None:
    """The batch holds the warnings of a drill with its record, and of one without."""
    record = {"pk": {"S": "DRILL#n1"}, "sk": {"S": "DRILL"}, "target": {"S": "chat"}}
    item = record | {"expires": {"N": str(int(time.time()) + 600)}}
    region.client("dynamodb").put_item(TableName=region.deployment.table, Item=item)
    third, fourth = region.fleets["chat"].spot_machines()[2:]
    for machine, nonce in ((third, "n1"), (fourth, "n2")):
        detail = {"instance-id": machine.id, "instance-action": "terminate", "tidegate-drill": nonce}
        region.emit(warning(machine) | {"source": "tidegate.drill", "detail": detail})
    for machine in machines:
        region.emit(warning(machine))


def with_what_nobody_can_read(region: Region, machines: list[Machine]) -> None:
    def send() -> None:
        region.client("sqs").send_message(QueueUrl=region.deployment.queue_url, MessageBody="{")

    for machine in machines:
        region.emit(warning(machine))
    region.world.after(BUS_SECONDS, send)


def again_when_they_have_left(region: Region, machines: list[Machine]) -> None:
    for event in [warning(machine) for machine in machines]:
        region.emit(event)
        region.emit(event, delay=100)


def with_one_that_leaves_meanwhile(region: Region, machines: list[Machine]) -> None:
    """Right before each first release, one machine of that call begins to leave: the whole call is refused."""
    ways = {"TerminateInstanceInAutoScalingGroup": ("chat", "Terminating"), "DetachInstances": ("batch", "Detaching")}

    def leave(call: Call) -> None:
        if call.caller == "tidegate" and call.operation in ways:
            group, state = ways.pop(call.operation)
            region.fleets[group].set_state(next(one for one in machines if one.group == group), state)

    region.chaos(leave)
    for machine in machines:
        region.emit(warning(machine))


BATCHES: dict[str, tuple[Send, str]] = {
    "warnings and recommendations": (all_at_once, "dynamodb:TransactWriteItems"),
    "a drill": (with_a_drill, "dynamodb:GetItem"),
    "what nobody can read": (with_what_nobody_can_read, "sqs:SendMessageBatch"),
    "machines that have left": (again_when_they_have_left, "dynamodb:BatchGetItem"),
    "a machine that is refused": (with_one_that_leaves_meanwhile, "autoscaling:DetachInstances"),
}


@cache
def undisturbed(send: Send = all_at_once) -> tuple[End, tuple[str, ...]]:
    return play(nothing, send)


def test_undisturbed_every_machine_is_released_once_and_everything_is_accounted_for() -> None:
    end, _ = undisturbed()
    assert sorted(end.releases.values()) == [("detach", 1), ("detach", 1), ("terminate", 1), ("terminate", 1)]
    assert len(end.tagged) == 2
    assert end.desired == end.in_service == {"chat": 5, "batch": 5}
    assert end.woken == {"fleet/chat", "fleet/batch"}
    assert (end.unwoken, end.buried, end.waiting) == (frozenset(), frozenset(), 0)
    incidents = [item for item in end.table if item["sk"].startswith("OPEN#")]
    assert [item["stage"] for item in incidents] == [2, 2, 2, 2]
    pools = [item for item in end.table if item["pk"].startswith("POOL#")]
    assert (sum(item["losses"] for item in pools), sum(item["recommendations"] for item in pools)) == (4, 4)


RELEASED = {"a drill": 5, "a machine that is refused": 2}


@pytest.mark.parametrize("name", BATCHES)
def test_killed_right_after_any_of_its_calls_the_next_delivery_finishes_the_same(name: str) -> None:
    send, needed = BATCHES[name]
    end, calls = undisturbed(send)
    assert needed in calls
    assert ([number for _, number in end.releases.values()], end.unwoken) == ([1] * RELEASED.get(name, 4), frozenset())
    for number, call in enumerate(calls, 1):
        died, _ = play(lambda region, number=number: region.crash_after(number), send)
        assert died == end, f"killed after call {number} of {len(calls)}, {call}"


@pytest.mark.parametrize("spared", [0, 3])
def test_killed_at_one_kind_of_call_after_another_it_still_finishes_the_same(spared: int) -> None:
    """Six deaths take 90 s of the two minutes; `spared` kinds of calls go through before the first death."""
    met: list[str] = []

    def prepare(region: Region) -> None:
        def chaos(call: Any) -> None:
            if call.caller == "tidegate" and call.operation not in met and len(met) < spared + 6:
                met.append(call.operation)
                if len(met) > spared:
                    raise Killed(f"before {call.operation}")

        region.chaos(chaos)

    end, _ = play(prepare, all_at_once)
    assert len(met) == spared + 6
    assert end == undisturbed()[0]


def twice(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine), copies=2)
        region.emit(warning(machine), copies=2)


def twice_with_a_pause(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        for event in (recommendation(machine), warning(machine)):
            region.emit(event)
            region.emit(event, delay=200)


def late(region: Region, machines: list[Machine]) -> None:
    for number, machine in enumerate(machines):
        region.emit(recommendation(machine, age=100), delay=number)
        region.emit(warning(machine, age=100), delay=number)


def out_of_order(region: Region, machines: list[Machine]) -> None:
    events = [event for machine in machines for event in (warning(machine), recommendation(machine))]
    Random(3).shuffle(events)  # noqa: S311 - an order, not a secret
    for number, event in enumerate(events):
        region.emit(event, delay=number * 3)


ORDERS = {
    "every event twice at once": twice,
    "every event again after its machine is gone": twice_with_a_pause,
    "every event late, within its deadline": late,
    "recommendations after warnings, one by one": out_of_order,
}


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_the_end_is_the_same(send: Callable[[Region, list[Machine]], None]) -> None:
    end, _ = play(nothing, send)
    assert end == undisturbed()[0]


@pytest.mark.parametrize("seed", range(6))
def test_disordered_doubled_and_killed_at_random_the_end_is_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chances, not secrets

    def prepare(region: Region) -> None:
        def chaos(call: Any) -> None:
            if call.caller == "tidegate" and random.random() < 0.03:
                raise Killed(f"before {call.operation}")

        region.chaos(chaos)

    def send(region: Region, machines: list[Machine]) -> None:
        for machine in machines:
            for event in (warning(machine), recommendation(machine)):
                region.emit(event, delay=random.uniform(0, 5))
                region.emit(event, delay=random.uniform(5, 20))

    end, _ = play(prepare, send)
    assert end == undisturbed()[0]


def test_a_fleet_is_woken_after_each_release_even_if_its_first_event_has_woken_it_before() -> None:
    """The first event comes again together with a second one, and again when that delivery has died before its wake."""
    with Region() as region:
        first, second, *_ = (warning(machine) for machine in region.fleet().spot_machines())
        deliver(region, first)
        region.crash_after(5)
        deliver(region, first, second)
        assert (len(region.releases), region.calls[-1]) == (2, "autoscaling:TerminateInstanceInAutoScalingGroup")
        deliver(region, first, second)
        assert unwoken(region) == set()


def deliver(region: Region, *events: dict[str, Any]) -> None:
    """Invoke the handler with a batch of its own."""
    common = {"ReceiptHandle": "", "MD5OfBody": ""}
    attributes = {"ApproximateReceiveCount": "2", "SentTimestamp": "0"}
    messages = [
        {**common, "MessageId": event["id"], "Body": json.dumps(event), "Attributes": attributes} for event in events
    ]
    region.invoke("spot-interruption", event_of(messages, ""))
