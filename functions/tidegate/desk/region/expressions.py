"""DynamoDB's reserved words: moto refuses them in an update alone, DynamoDB in every expression.

Source: amazondynamodb/latest/developerguide/ReservedWords.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from moto.dynamodb.responses import DynamoHandler

from tidegate.desk.region.amend import Amendment

OPERATIONS: Final = (
    "batch_get_item",
    "delete_item",
    "get_item",
    "put_item",
    "query",
    "scan",
    "transact_write_items",
    "update_item",
)

KINDS: Final = ("ConditionExpression", "FilterExpression", "KeyConditionExpression", "ProjectionExpression")
"""The parameters that hold expressions, but for UpdateExpression, which moto checks itself."""

OPERATORS: Final = frozenset({"AND", "BETWEEN", "IN", "NOT", "OR"})

NAME: Final = re.compile(r"(?<![#:\w])[A-Za-z_]\w*(?!\w*\s*\()")
"""A name that stands for itself: neither a placeholder nor a function."""


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    return [Amendment(DynamoHandler, each, checked(vars(DynamoHandler)[each])) for each in OPERATIONS]


def checked(plain: Callable[[DynamoHandler], ActionResult]) -> Callable[[DynamoHandler], ActionResult]:
    """Refuse a request in which a reserved word names an attribute."""

    def operation(handler: DynamoHandler) -> ActionResult:
        for kind, word in reserved_words(handler.body):
            said = f"Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {word}"
            raise MockValidationException(said)
        return plain(handler)

    return operation


def reserved_words(request: Any) -> Iterator[tuple[str, str]]:
    """Yield kind of expression and reserved word, for each that names an attribute anywhere in a request."""
    if isinstance(request, list):
        for each in cast(list[Any], request):
            yield from reserved_words(each)
    elif isinstance(request, dict):
        for key, value in cast(dict[str, Any], request).items():
            if key in KINDS:
                yield from ((key, word) for word in NAME.findall(value) if is_reserved(word))
            elif key not in ("Item", "Key"):
                yield from reserved_words(value)


def is_reserved(word: str) -> bool:
    """Whether DynamoDB keeps a word for itself, as a name."""
    return word.upper() in ReservedKeywords.get_reserved_keywords() and word.upper() not in OPERATORS
