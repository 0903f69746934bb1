"""What is done with the messages of a queue: they are read, handed back, or buried with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


Answer = dict[str, list[dict[str, str]]]
"""What Lambda expects of a handler whose event source reports failures by message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a batch, as Lambda's poller delivers it."""

    id: str
    body: str
    receives: int
    """How often it has been delivered, this time included."""

    sent: float = 0.0
    """When it was put into its queue, in epoch seconds."""


class DeadLetters(Protocol):
    """The dead-letter queue of a reaction."""

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        """Put each message there with the reason why nothing more can be done for it."""
        ...


class Graveyard:
    """`DeadLetters` on SQS. A redrive policy would move a message as well, but without a word why."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        """Send up to ten messages in one call. Raises RuntimeError if SQS turned one away."""
        answer = self._sqs.send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {
                    "Id": str(number),
                    "MessageBody": message.body,
                    "MessageAttributes": {
                        "reason": {"DataType": "String", "StringValue": " ".join(reason.split())[:1024]}
                    },
                }
                for number, (message, reason) in enumerate(letters)
            ],
        )
        if answer.get("Failed"):
            raise RuntimeError(f"the dead-letter queue turned away {len(answer['Failed'])} of {len(letters)} messages")


class Later(Protocol):
    """The queue of a reaction, for what is to be handled again at a later time."""

    def again(self, messages: Mapping[Message, float]) -> None:
        """Deliver a copy of each message in so many seconds."""
        ...


class Copies:
    """`Later` on SQS: a copy has a delay of its own, and counts its deliveries anew."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def again(self, messages: Mapping[Message, float]) -> None:
        """Send copies of up to ten messages in one call. Raises RuntimeError if SQS turned one away."""
        answer = self._sqs.send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {"Id": str(number), "MessageBody": message.body, "DelaySeconds": ceil(seconds)}
                for number, (message, seconds) in enumerate(messages.items())
            ],
        )
        if answer.get("Failed"):
            raise RuntimeError(f"the queue turned away {len(answer['Failed'])} of {len(messages)} copies")


def read_batch(event: Mapping[str, Any]) -> tuple[Message, ...]:
    """Read the batch that Lambda passes to a handler behind an SQS queue.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html

    Raises:
        ValueError: it is no such batch. The function is meant to be invoked by its queue alone.
    """
    try:
        return tuple(map(_message, event["Records"]))
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"this is no batch of an SQS queue ({error!r} is wrong): send events to the bus instead"
        ) from None


def _message(record: Mapping[str, Any]) -> Message:
    attributes = record["attributes"]
    receives, sent = int(attributes["ApproximateReceiveCount"]), float(attributes["SentTimestamp"]) / 1000
    return Message(record["messageId"], record["body"], receives, sent)


def hand_back(messages: Sequence[Message]) -> Answer:
    """Return the answer by which Lambda keeps these messages for another delivery and deletes the others."""
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in messages]}
