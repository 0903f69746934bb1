"""A wake: look at this target now. It carries no decision; whoever is woken observes the world afresh."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import batched
from typing import TYPE_CHECKING, Final

from tidegate.journal import layout

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_ENTRIES_A_CALL: Final = 10  # SendMessageBatch, API reference


class Wakes:
    """The FIFO queue of wakes: one target at a time, any number of targets at once."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Ask for a look at each fleet. `reasons` maps its name to (event id, why)."""
        self.targets({layout.fleet(name): reason for name, reason in reasons.items()})

    def targets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Ask for a look at each target. `reasons` maps it to (event id, why)."""
        self.send((target, event_id, why) for target, (event_id, why) in reasons.items())

    def send(self, wakes: Iterable[tuple[str, str, str]]) -> None:
        """Ask for looks, each at (target, event id, why): one call for every ten.

        The id of the event deduplicates, never the content: the same content may be news within five minutes.
        Raises RuntimeError if SQS turned one away.
        """
        for some in batched(wakes, _ENTRIES_A_CALL, strict=False):
            answer = self._sqs.send_message_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {
                        "Id": str(number),
                        "MessageBody": json.dumps({"target": target, "event": event_id, "why": why}),
                        "MessageGroupId": group_id(target),
                        "MessageDeduplicationId": group_id(f"{target}#{event_id}"),
                    }
                    for number, (target, event_id, why) in enumerate(some)
                ],
            )
            if answer.get("Failed"):
                raise RuntimeError(f"the queue of wakes turned away {len(answer['Failed'])} of {len(some)} wakes")


def group_id(target: str) -> str:
    """Return an id that SQS takes for any target: names of groups may hold characters that its ids may not."""
    return sha256(target.encode()).hexdigest()
