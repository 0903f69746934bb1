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
        reasons = ((message, " ".join(reason.split())[:1024]) for message, reason in letters)
        said = [
            (message, {"MessageAttributes": {"reason": {"DataType": "String", "StringValue": reason}}})
            for message, reason in reasons
        ]
        _send(self._sqs, self._queue_url, said, to="the dead-letter queue")


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
        delayed = [(message, {"DelaySeconds": ceil(seconds)}) for message, seconds in messages.items()]
        _send(self._sqs, self._queue_url, delayed, to="the function's own queue")


def _send(sqs: "SQSClient", queue_url: str, messages: Sequence[tuple[Message, Mapping[str, Any]]], *, to: str) -> None:
    """Send some messages again, each with what else is to be said of it. Raises RuntimeError if one is turned away."""
    entries: list[Any] = [
        {"Id": str(number), "MessageBody": message.body, **more} for number, (message, more) in enumerate(messages)
    ]
    answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    if answer.get("Failed"):
        raise RuntimeError(f"{to} turned away {len(answer['Failed'])} of {len(messages)} messages")


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
