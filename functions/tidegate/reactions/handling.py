"""What the handlers of all reactions do: take a batch, read its messages, bury what is beyond help, count."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tidegate import process, runtime
from tidegate.loop.mail import Answer, DeadLetters, Graveyard, Message, hand_back, read_batch
from tidegate.reactions.event import Unreadable

type Letter = tuple[Message, str]
"""A message, and why nothing more can be done for it."""


type Respond[W] = Callable[[Sequence[Message], W, DeadLetters, float], Answer]
"""Handles some messages in a world at a time (epoch seconds), and returns those that are to be delivered again."""


def handle[W](event: Mapping[str, Any], respond: Respond[W], world: Callable[[float], W]) -> Answer:
    """Handle one batch of a reaction's queue, as Lambda passes it, in the `world` of this moment.

    Raises ValueError when the event is anything else.
    """
    now = time.time()
    graveyard = Graveyard(runtime.client("sqs"), process.settings().dead_letters)
    with runtime.throttles_counted():
        return respond(read_batch(event), world(now), graveyard, now)


def read_all[T](messages: Iterable[Message], read: Callable[[str], T]) -> tuple[dict[Message, T], list[Letter]]:
    """Return what each message says, and those that nobody can read."""
    said: dict[Message, T] = {}
    unreadable: list[Letter] = []
    for message in messages:
        try:
            said[message] = read(message.body)
        except Unreadable as error:
            unreadable.append((message, f"unreadable: {error}"))
    return said, unreadable


def bury(dead_letters: DeadLetters, letters: Sequence[Letter]) -> list[Message]:
    """Return the messages that could not even be buried: they are delivered again, and the redrive policy has them."""
    if not letters:
        return []
    for message, reason in letters:
        runtime.logger.error("to the dead-letter queue", message_id=message.id, reason=reason)
    try:
        dead_letters.bury(letters)
    except Exception as error:  # noqa: BLE001 - nothing is lost while the message stays in its queue
        runtime.logger.error("the dead-letter queue takes nothing", error=str(error))
        return [message for message, _ in letters]
    return []


def settle[T](
    said: Mapping[Message, T],
    troubles: Mapping[T, str],
    unreadable: Sequence[Letter],
    dead_letters: DeadLetters,
    *,
    most: int,
) -> Answer:
    """Return which messages are to be delivered again: what is in trouble, until it has been delivered `most` times.

    After that it is buried, as what nobody can read is at once.
    """
    troubled = {message: troubles[one] for message, one in said.items() if one in troubles}
    again = [message for message in troubled if message.receives < most]
    letters = [*unreadable, *((message, why) for message, why in troubled.items() if message not in again)]
    return hand_back([*again, *bury(dead_letters, letters)])


def count(name: str, dimension: str, values: Iterable[str]) -> None:
    """Emit a metric for each value of its dimension: how often it came."""
    for value, number in Counter(values).items():
        runtime.emit(name, number, **{dimension: value})
