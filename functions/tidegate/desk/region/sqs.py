"""Queues: FIFO deduplication as AWS does it, a bell that tells the pollers of a new message, and speed."""

from collections.abc import Callable
from typing import Final

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.world import World

DEDUPLICATION_SECONDS: Final = 300.0
"""AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html"""


def amendments(world: World, bell: Callable[[str, float], None]) -> list[Amendment]:
    """Return what changes in moto; `bell` hears the queue's name, and in how many seconds a message is there."""
    plain = Queue.add_message
    sent: dict[tuple[str, str], float] = {}

    def add_message(queue: Queue, message: Message) -> None:
        """SendMessage: an id repeated within five minutes is swallowed, even after its message was deleted.

        (moto compares with the messages still in the queue only.)
        """
        if queue.fifo_queue and message.deduplication_id:
            key = (queue.queue_arn, message.deduplication_id)
            if key in sent and world.now() - sent[key] < DEDUPLICATION_SECONDS:
                return
            sent[key] = world.now()
        plain(queue, message)
        bell(queue.name, max(0.0, (message.delayed_until - unix_time_millis()) / 1000))

    return [Amendment(Queue, "add_message", add_message), *quicker(world)]


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
