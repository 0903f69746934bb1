"""A table that takes what DynamoDB takes in one transaction, and remembers how much that was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from tidegate.fleet.incident import Incident, to_values
from tidegate.journal import layout
from tidegate.journal.items import attributes
from tidegate.journal.table import Journal
from tidegate.journal.writes import named

MOST = 100
"""Actions of one transaction; no two of them on one item, all of them 4 MB, one item 400 KB.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MOST_BYTES = 400 * 1024


class TransactionCanceledException(Exception):
    """Never raised here: no condition fails."""


class Exceptions:
    """The client's exceptions, as boto3 hands them out."""

    TransactionCanceledException = TransactionCanceledException


@dataclass
class StrictTable:
    """DynamoDB's client: it reads `items`, and writes nothing."""

    items: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    transactions: list[tuple[layout.Key, ...]] = field(default_factory=list[tuple[layout.Key, ...]])
    exceptions = Exceptions

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:  # noqa: N803 - boto3's own spelling
        keys = tuple(map(_key, TransactItems))
        sizes = [len(str(each)) for each in TransactItems]
        if not 1 <= len(keys) <= MOST or len(set(keys)) < len(keys) or max(sizes) > MOST_BYTES:
            raise ValueError(
                f"DynamoDB refuses {len(keys)} actions on {len(set(keys))} items, up to {max(sizes)} bytes"
            )
        self.transactions.append(keys)

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        return {"Responses": {}}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def get_paginator(self, _: str) -> "StrictTable":
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"Items": self.items}

    @property
    def written(self) -> set[layout.Key]:
        return {key for keys in self.transactions for key in keys}


def journal(table: StrictTable) -> Journal:
    return Journal(cast(Any, table), "journal", days=90, pause=lambda _: None)


def remembers(*incidents: Incident) -> StrictTable:
    """Return a table in which these incidents are open."""
    table = StrictTable()
    for one in incidents:
        said = {name: value for name, value in to_values(one).items() if value is not None}
        key = layout.open_incident(layout.fleet(one.group), *one.key)
        table.items.append(attributes({**named(key), **said}))
    return table


def _key(action: dict[str, Any]) -> layout.Key:
    (one,) = action.values()
    key = one.get("Key") or one["Item"]
    return key["pk"]["S"], key["sk"]["S"]
