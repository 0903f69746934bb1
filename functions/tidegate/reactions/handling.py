"""What the handlers of all reactions do with their messages: read them, bury what is beyond help, count."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tidegate import runtime
from tidegate.loop.mail import DeadLetters, Message
from tidegate.reactions.event import Unreadable

type Letter = tuple[Message, str]
"""A message, and why nothing more can be done for it."""


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


def count(name: str, dimension: str, values: Iterable[str]) -> None:
    """Emit a metric for each value of its dimension: how often it came."""
    for value, number in Counter(values).items():
        runtime.emit(name, number, **{dimension: value})
