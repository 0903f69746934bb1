"""Lambda's poller in front of an SQS queue (event source mapping): batches, deletes, partial failures.

Source: lambda/latest/dg/services-sqs-errorhandling.html and with-sqs.html (the shape of the event). One invocation runs
at a time; in an account a standard queue starts with five, so a wave's latencies here are upper bounds.
"""

from dataclasses import dataclass
from time import time
from typing import Any, Final

from botocore.exceptions import ClientError

from tidegate.desk.region.clients import Clients
from tidegate.desk.region.function import Function
from tidegate.desk.region.wire import Killed
from tidegate.desk.region.world import World

MOMENT: Final = 0.001
"""SQS shows a message again when its visibility timeout is over, not in the same millisecond."""


@dataclass(frozen=True, slots=True)
class Source:
    """The queue that a poller reads."""

    url: str
    arn: str
    batch_size: int
    visibility_timeout: float

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.url.rsplit("/", 1)[-1]


class Poller:
    """Receives from one queue and invokes one function."""

    def __init__(self, world: World, source: Source, function: Function, clients: Clients) -> None:
        self._world: Final = world
        self.source: Final = source
        self.function: Final = function
        self._clients = clients
        self._log_group: str | None = None
        self._planned: set[float] = set()

    def work_as(self, clients: Clients, log_group: str) -> None:
        """Use the function's role, as Lambda does, and write the function's log under it."""
        self._clients, self._log_group = clients, log_group

    def ring(self, seconds: float = 0.0) -> None:
        """Look into the queue in a while; one look serves all that has arrived by then."""
        due = self._world.now() + seconds
        if due not in self._planned:
            self._planned.add(due)
            self._world.invoke_after(seconds, lambda: self._look(due))

    def _look(self, due: float) -> None:
        self._planned.discard(due)
        try:
            self.poll()
        except ClientError as error:
            # What the role may not do, Lambda can't do for the function: the messages stay where they are.
            self._world.record("lambda", "refused", f"the poller of {self.source.name}: {error}")

    def poll(self) -> int:
        """Receive one batch and invoke the function with it; return how many messages it had."""
        messages = self._receive()
        if not messages:
            return 0
        text = f"{self.function.name} with {len(messages)} message{'s' if len(messages) > 1 else ''}"
        self._world.record("lambda", "invoke", text, messages=len(messages))
        failed = self._invoke(messages)
        if failed:
            self._world.record("lambda", "kept", f"{len(failed)} of {len(messages)} messages stay in the queue")
            self.ring(self.source.visibility_timeout + MOMENT)
        # Whatever happens to this batch, the next one doesn't wait for it.
        self.ring()
        self._delete([each for each in messages if each["MessageId"] not in failed])
        return len(messages)

    def _invoke(self, messages: list[dict[str, Any]]) -> set[str]:
        """Return the ids that stay in the queue: all of them when the function raises or dies."""
        everything: set[str] = {each["MessageId"] for each in messages}
        written, cold = len(self.function.logs), not self.function.warm
        try:
            answer: Any = self.function.invoke({"Records": [self._record(each) for each in messages]})
        except Killed as death:
            self._world.record("lambda", "died", f"{self.function.name} died: {death}")
            return everything
        except Exception as error:  # noqa: BLE001 - as Lambda: whatever a handler raises, the batch has failed
            self._world.record("lambda", "failed", f"{self.function.name} raised {type(error).__name__}: {error}")
            return everything
        finally:
            self._write_log(self.function.logs[written:], cold=cold)
        failures: list[dict[str, str]] = answer["batchItemFailures"] if answer else []
        failed = {each["itemIdentifier"] for each in failures}
        # An id that wasn't in the batch makes Lambda treat the whole batch as failed.
        return everything if failed - everything else failed

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.source.arn,
            "awsRegion": self.source.arn.split(":")[3],
        }

    def _receive(self) -> list[dict[str, Any]]:
        sqs = self._clients("sqs")
        if self._log_group:
            # The poller scales by the queue's depth, so the role must let it look.
            sqs.get_queue_attributes(QueueUrl=self.source.url, AttributeNames=["ApproximateNumberOfMessages"])
        answer = sqs.receive_message(
            QueueUrl=self.source.url,
            MaxNumberOfMessages=min(self.source.batch_size, 10),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            # Waiting would never end: the clock that moto asks stands still meanwhile.
            WaitTimeSeconds=0,
        )
        return answer.get("Messages", [])

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(messages)]
        if entries:
            self._clients("sqs").delete_message_batch(QueueUrl=self.source.url, Entries=entries)

    def _write_log(self, lines: list[str], *, cold: bool) -> None:
        """Under a role: what Lambda writes for the function. A role that may not log loses its lines, no more."""
        if not self._log_group or not lines:
            return
        logs, stream = self._clients("logs"), {"logGroupName": self._log_group, "logStreamName": "instance"}
        now = round(time() * 1000)
        try:
            if cold:
                logs.create_log_stream(**stream)
            logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": line} for line in lines])
        except ClientError as error:
            self._world.record("lambda", "refused", f"the log of {self.function.name}: {error}")
