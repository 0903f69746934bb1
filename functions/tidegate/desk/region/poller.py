"""Lambda's poller in front of an SQS queue (event source mapping): batches, deletes, partial failures.

Source: lambda/latest/dg/services-sqs-errorhandling.html and with-sqs.html (the shape of the event). One invocation runs
at a time; in an account a standard queue starts with five, and a FIFO queue has one for each message group, so a wave's
latencies here are upper bounds.
"""

from typing import Any, Final

from botocore.exceptions import ClientError

from tidegate.desk.region.app import Queue
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.function import Function
from tidegate.desk.region.invocation import Answer
from tidegate.desk.region.place import REGION, queue_arn
from tidegate.desk.region.world import World

MOMENT: Final = 0.001
"""SQS shows a message again when its visibility timeout is over, not in the same millisecond."""


class Poller:
    """Receives from one queue and invokes one function."""

    def __init__(self, world: World, queue: Queue, url: str, function: Function, clients: Clients) -> None:
        self._world: Final = world
        self.queue: Final = queue
        self._url: Final = url
        self.function: Final = function
        self._clients = clients
        self._has_role = False
        self._planned: set[float] = set()

    def work_as(self, clients: Clients) -> None:
        """Use the function's role, as Lambda does."""
        self._clients, self._has_role = clients, True

    def ring(self, seconds: float = 0.0) -> None:
        """Look into the queue in a while; one look serves all that has arrived by then."""
        due = self._world.now() + seconds
        if due not in self._planned:
            self._planned.add(due)
            self._world.invoke_after(seconds, lambda: self._look(due), rank=self.function.shape.rank)

    def _look(self, due: float) -> None:
        self._planned.discard(due)
        try:
            self.poll()
        except ClientError as error:
            # What the role may not do, Lambda can't do for the function: the messages stay where they are.
            self._world.record("lambda", "refused", f"the poller of {self.queue.name}: {error}")

    def poll(self) -> int:
        """Receive one batch and invoke the function with it; return how many messages it had."""
        visible_again = self._world.now() + self.queue.visibility_timeout + MOMENT
        messages = self._receive()
        if not messages:
            return 0
        text = f"{len(messages)} message{'s' if len(messages) > 1 else ''}"
        answer = self.function.invoke(event_of(messages, queue_arn(self._url)), text, messages=len(messages))
        failed = stay(answer, {each["MessageId"] for each in messages})
        if failed:
            text = f"{len(failed)} of {len(messages)} messages stay in the queue"
            self._world.record("lambda", "kept", text, function=self.function.shape.name)
            self.ring(max(0.0, visible_again - self._world.now()))
        # Whatever happens to this batch, the next one doesn't wait for it.
        self.ring()
        self._delete([each for each in messages if each["MessageId"] not in failed])
        return len(messages)

    def _receive(self) -> list[dict[str, Any]]:
        sqs = self._clients("sqs")
        if self._has_role:
            # The poller scales by the queue's depth, so the role must let it look.
            sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"])
        answer = sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self.queue.batch_size, 10),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            # Waiting would never end: the clock that moto asks stands still meanwhile.
            WaitTimeSeconds=0,
        )
        return answer.get("Messages", [])

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(messages)]
        if entries:
            self._clients("sqs").delete_message_batch(QueueUrl=self._url, Entries=entries)


def stay(answer: Answer, everything: set[str]) -> set[str]:
    """Return the ids that stay in the queue: all of them when the handler raised or died."""
    if answer.error:
        return everything
    said: dict[str, list[dict[str, str]] | None] = answer.payload or {}
    failures = said.get("batchItemFailures") or []
    failed = {each["itemIdentifier"] for each in failures}
    # An id that wasn't in the batch makes Lambda treat the whole batch as failed.
    return everything if failed - everything else failed


def event_of(messages: list[dict[str, Any]], arn: str) -> dict[str, Any]:
    """Return the event that carries received messages of a queue to a handler."""
    return {
        "Records": [
            {
                "messageId": each["MessageId"],
                "receiptHandle": each["ReceiptHandle"],
                "body": each["Body"],
                "attributes": each["Attributes"],
                "messageAttributes": each.get("MessageAttributes", {}),
                "md5OfBody": each["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION,
            }
            for each in messages
        ]
    }
