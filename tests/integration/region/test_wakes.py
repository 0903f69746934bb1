"""The FIFO queue of wakes: one wake at a time for each target, and no target waits for another."""

from collections.abc import Callable
from typing import Any

import pytest

from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Killed
from tidegate.loop import delivery

WAKES = "tidegate-drill-wakes.fifo"
LETTERS = "tidegate-drill-wakes-dead-letters.fifo"


def quiet(event: Any, context: Any) -> None:
    """Do nothing."""


class Reconcile:
    """Remembers which wake it got at which moment, and fails for some."""

    def __init__(self, *sick: str, error: BaseException | None = None) -> None:
        self.sick = set(sick)
        self.got: list[tuple[int, str]] = []
        self._error = error or ValueError("a bug")
        self.now: Callable[[], float] = float

    def __call__(self, event: Any, context: Any) -> None:
        (record,) = event["Records"]
        self.got.append((int(self.now()), record["body"]))
        assert record["attributes"]["MessageGroupId"] == record["body"][0]
        if record["body"] in self.sick:
            raise self._error


def opened(reconcile: Reconcile) -> Region:
    return Region(handlers={"reconcile": reconcile, "sweep": quiet}, loop=True)


def send(region: Region, *bodies: str) -> None:
    for body in bodies:
        url = region.deployment.wakes_url
        region.client("sqs").send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=body[0], MessageDeduplicationId=body
        )


def test_wakes_are_reconciled_one_by_one_and_in_order() -> None:
    reconcile = Reconcile()
    with opened(reconcile) as region:
        send(region, "a1", "b1", "a2")
        region.run(1)
        assert [body for _, body in reconcile.got] == ["a1", "b1", "a2"]
        assert (region.wakes(), region.queue_depths()[WAKES]) == (("a1", "b1", "a2"), 0)


@pytest.mark.parametrize("error", [ValueError("a bug"), Killed("out of memory")])
def test_a_sick_target_holds_up_its_own_wakes_and_no_others(error: BaseException) -> None:
    reconcile = Reconcile("a1", error=error)
    with opened(reconcile) as region:
        reconcile.now = region.world.now
        send(region, "a1", "a2", "b1")
        region.run(10)
        send(region, "b2", "a3")
        region.run(10)
        assert [body for _, body in reconcile.got] == ["a1", "b1", "b2"]
        reconcile.sick.clear()
        region.run(10)

    assert [body for _, body in reconcile.got[3:]] == ["a1", "a2", "a3"]
    assert {t for t, _ in reconcile.got[3:]} <= {delivery.VISIBILITY_TIMEOUT_SECONDS, 26}


def test_after_its_deliveries_a_wake_is_given_up_and_the_next_one_comes() -> None:
    reconcile = Reconcile("a1")
    with opened(reconcile) as region:
        reconcile.now = region.world.now
        send(region, "a1", "a2")
        region.run(200)
        assert reconcile.got == [(0, "a1"), (25, "a1"), (50, "a1"), (75, "a2")]
        assert [each["body"] for each in region.dead_letters()] == ["a1"]
        assert (region.queue_depths()[WAKES], region.queue_depths()[LETTERS]) == (0, 1)


def test_a_duplicate_is_no_wake() -> None:
    reconcile = Reconcile()
    with opened(reconcile) as region:
        send(region, "a1", "a1")
        region.run(200)
        send(region, "a1")
        region.run(1)
        assert region.wakes() == ("a1",)
        region.run(100)
        send(region, "a1")
        region.run(1)
        assert region.wakes() == ("a1", "a1")
        assert [body for _, body in reconcile.got] == ["a1", "a1"]


def test_the_same_id_in_another_group_is_another_wake() -> None:
    with opened(Reconcile()) as region:
        client, url = region.client("sqs"), region.deployment.wakes_url
        for group in ("a", "b"):
            client.send_message(QueueUrl=url, MessageBody=group, MessageGroupId=group, MessageDeduplicationId="x")
        assert region.wakes() == ("a", "b")


def test_a_wake_that_nobody_took_within_the_hour_is_gone_and_holds_nobody_up() -> None:
    with Region() as region:
        client, url = region.client("sqs"), region.deployment.wakes_url
        send(region, "a1")
        region.run(delivery.RETENTION_SECONDS + 1)
        send(region, "a2")
        assert [each["Body"] for each in client.receive_message(QueueUrl=url)["Messages"]] == ["a2"]
