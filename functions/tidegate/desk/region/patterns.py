"""Event patterns: objects within arrays, and operators that EventBridge doesn't know.

moto knows exact values, prefix, suffix, anything-but, exists, wildcard, equals-ignore-case, numeric, cidr and $or. Two
things it does otherwise are amended. One stays: `exists: false` on a field of an object in an array asks whether any of
the objects lacks it, where EventBridge asks whether all do.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, cast

from moto.events.exceptions import InvalidEventPatternException
from moto.events.models import EventPattern, EventPatternParser

from tidegate.desk.region.amend import Amendment

OPERATORS: Final = frozenset(
    {"prefix", "suffix", "anything-but", "exists", "wildcard", "equals-ignore-case", "numeric", "cidr"}
)
"""Comparison operators: eventbridge/latest/userguide/eb-create-pattern-operators.html"""


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    plain_match: Any = EventPattern.matches_event
    plain_validate: Any = vars(EventPatternParser)["_validate_event_pattern"]

    def matches_event(pattern: EventPattern, event: Any) -> bool:
        """A pattern reaches into arrays of objects; all that it asks of one array must hold of the same object.

        Sources: eventbridge/latest/userguide/eb-event-patterns-arrays.html, aws/event-ruler's "array consistency"
        """
        return any(plain_match(pattern, each) for each in alternatives(event))

    def validate(parser: EventPatternParser, pattern: dict[str, Any]) -> None:
        """PutRule refuses an operator that it doesn't know; moto takes it, and it matches everything."""
        plain_validate(parser, pattern)
        for name, wanted in pattern.items():
            filters = cast(list[Any], wanted) if isinstance(wanted, list) and name != "$or" else []
            kinds = {kind for each in filters if isinstance(each, dict) for kind in cast(dict[str, Any], each)}
            if odd := kinds - OPERATORS:
                raise InvalidEventPatternException(reason=f"Unrecognized match type {min(odd)}")

    return [
        Amendment(EventPattern, "matches_event", matches_event),
        Amendment(EventPatternParser, "_validate_event_pattern", validate),
    ]


def alternatives(node: Any) -> Iterator[Any]:
    """Yield an event as often as its arrays hold objects, each time with one of them in the array's place."""
    if isinstance(node, dict):
        held = cast(dict[str, Any], node)
        for values in product(*(list(alternatives(value)) for value in held.values())):
            yield dict(zip(held, values, strict=True))
    elif isinstance(node, list) and any(isinstance(each, dict) for each in cast(list[Any], node)):
        for each in cast(list[Any], node):
            yield from alternatives(each)
    else:
        yield node
