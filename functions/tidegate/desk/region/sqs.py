"""Queues: FIFO deduplication and expiry as AWS does them, a bell that tells the pollers of a new message, and speed."""

from typing import Any, Final, Protocol

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.world import World

DEDUPLICATION_SECONDS: Final = 300.0
"""AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html"""


class Bell(Protocol):
    """Hears of each message that a queue has taken."""

    def __call__(self, queue: str, body: str, seconds: float) -> None:
        """Hear the queue's name, the message's body, and in how many seconds it can be received."""
        ...


def amendments(world: World, bell: Bell) -> list[Amendment]:
    """Return what changes in moto; a duplicate that a queue swallows rings no bell.

    What moto does itself about message groups is right: while a message of a group is in flight, or waits for its
    visibility timeout, no later one of that group is delivered
    (AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html).
    """
    plain_add, plain_receive = Queue.add_message, SQSBackend.receive_message
    sent: dict[tuple[str, str, str], float] = {}

    def add_message(queue: Queue, message: Message) -> None:
        """SendMessage: an id repeated within five minutes is swallowed, even after its message was deleted.

        (moto compares with the messages still in the queue only, whatever their group: `DeduplicationScope` of
        API_SetQueueAttributes.html may confine it to the message group.)
        """
        if queue.fifo_queue and message.deduplication_id:
            by_group = vars(queue).get("deduplication_scope") == "messageGroup"
            key = (queue.queue_arn, message.group_id or "" if by_group else "", message.deduplication_id)
            if key in sent and world.now() - sent[key] < DEDUPLICATION_SECONDS:
                return
            sent[key] = world.now()
        plain_add(queue, message)
        bell(queue.name, message.body, max(0.0, (message.delayed_until - unix_time_millis()) / 1000))

    def receive_message(backend: SQSBackend, queue_name: str, *args: Any, **kwargs: Any) -> list[Message]:
        """ReceiveMessage: what is past its retention period is gone (API_SetQueueAttributes.html).

        (moto keeps it, finds it at each look, and lets it hold up its message group.)
        """
        queue = backend.get_queue(queue_name)
        messages: list[Message] = queue._messages  # pyright: ignore[reportPrivateUsage] - moto offers no other way
        for each in list(messages):
            if not backend.is_message_valid_based_on_retention_period(queue_name, each):
                messages.remove(each)
                queue.pending_messages.discard(each)
        return plain_receive(backend, queue_name, *args, **kwargs)

    return [
        Amendment(Queue, "add_message", add_message),
        Amendment(SQSBackend, "receive_message", receive_message),
        *quicker(world),
    ]


def quicker(world: World) -> list[Amendment]:
    """Return what asks the world for the time. moto asks the calendar, for each message in a queue, several times."""
    began = unix_time_millis() - world.now() * 1000

    def visible(message: Message) -> bool:
        return began + world.now() * 1000 > message.visible_at

    def delayed(message: Message) -> bool:
        return began + world.now() * 1000 < message.delayed_until

    def retained(backend: SQSBackend, queue_name: str, message: Message) -> bool:
        """MessageRetentionPeriod (API_SetQueueAttributes.html); moto computes all attributes to read this one."""
        seconds = float(vars(backend.get_queue(queue_name))["message_retention_period"])
        return began + world.now() * 1000 < float(message.sent_timestamp or 0) + seconds * 1000

    return [
        Amendment(Message, "visible", property(visible)),
        Amendment(Message, "delayed", property(delayed)),
        Amendment(SQSBackend, "is_message_valid_based_on_retention_period", retained),
    ]
