"""Reads what the events of all reactions have in common, on behalf of their parsers.

The envelope: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

from tidegate.fleet.drill import NONCE

DRILL_SOURCE: Final = "tidegate.drill"
"""Our own source, for drills: `PutEvents` refuses every source that begins with `aws.`."""

DRILL_KEY: Final = "tidegate-drill"
"""The key in `detail` that holds a drill's nonce."""


class Unreadable(ValueError):
    """An event that is none of ours, or not whole. The text is one line: what, where, what is allowed."""


def read[T](body: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
    """Read the body of one message of a reaction's queue by the parser of its events.

    Raises:
        Unreadable: it is no JSON object, or `parse` can't read it; then the text names the event.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the message is no JSON: {error}") from None
    if not isinstance(event, dict):
        raise Unreadable(f"the message is a JSON {type(event).__name__}, not an event")
    event = cast(dict[str, Any], event)
    try:
        return parse(event)
    except Unreadable as error:
        raise Unreadable(f"event {event.get('id')!r}: {error}") from None


def part(event: Mapping[str, Any], key: str, needed: str, *, at: str = "") -> Mapping[str, Any]:
    """Return an object inside of an event, or of what stands `at` a place in it; `needed` says what it is to hold."""
    value = event.get(key)
    if not isinstance(value, dict):
        raise Unreadable(f"{at}{key} is missing: an object with {needed} is needed")
    return cast(dict[str, Any], value)


def text(event: Mapping[str, Any], key: str, *, at: str = "") -> str:
    """Return a text that may not be empty, out of an event or of what stands `at` a place in it."""
    value = event.get(key)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{at}{key} is {value!r}: text is needed")
    return value


def time(event: Mapping[str, Any]) -> float:
    """Return when the event was sent, in epoch seconds."""
    said = text(event, "time")
    try:
        time = datetime.fromisoformat(said)
    except ValueError:
        raise Unreadable(f"time is {said!r}: a time such as 2026-11-24T08:00:00Z is needed") from None
    if time.tzinfo is None:
        raise Unreadable(f"time is {said!r}: it lacks its offset, such as the Z of 2026-11-24T08:00:00Z")
    return time.timestamp()


def drill(event: Mapping[str, Any], detail: Mapping[str, Any], sources: list[str]) -> str | None:
    """Return the nonce of a drill's event: empty, which no record has, for what can be none. None: it is no drill's."""
    source = event.get("source")
    if source not in sources:
        raise Unreadable(f"source is {source!r}: one of {', '.join(sources)} is needed")
    if source != DRILL_SOURCE:
        return None
    nonce = detail.get(DRILL_KEY)
    return nonce if isinstance(nonce, str) and NONCE.fullmatch(nonce) else ""
