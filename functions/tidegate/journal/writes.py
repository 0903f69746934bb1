"""The writes that a transaction of the journal is made of: data, until the journal writes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tidegate.journal.items import Value, attributes
from tidegate.journal.layout import Key

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

type Write = TransactWriteItemTypeDef

DAY_SECONDS: Final = 86400


class Writes:
    """Makes writes for one table. Items are kept for `days` from when they are written."""

    def __init__(self, table: str, *, days: int) -> None:
        self._table = table
        self._days = days

    def put(self, key: Key, values: Mapping[str, Value | None], *, at: float, new: bool = False) -> Write:
        """Return the write of an item; `new`: only if there is none yet. What is None is left out."""
        said = {name: value for name, value in values.items() if value is not None}
        item = attributes({"expires": self.expiry(at), **named(key), **said})
        condition: Any = {"ConditionExpression": "attribute_not_exists(pk)"} if new else {}
        put: Any = {"TableName": self._table, "Item": item, **condition}
        return {"Put": put}

    def put_version(self, key: Key, values: Mapping[str, Value], *, at: float, after: int) -> Write:
        """Return the write that follows version `after` of an item (0: there is none yet), and no other."""
        item = attributes({"expires": self.expiry(at), **named(key), **values, "version": after + 1})
        condition: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
        if after:
            condition = {
                "ConditionExpression": "version = :after",
                "ExpressionAttributeValues": attributes({":after": after}),
            }
        put: Any = {"TableName": self._table, "Item": item, **condition}
        return {"Put": put}

    def change(self, key: Key, values: Mapping[str, Value], *, below: tuple[str, int] | None = None) -> Write:
        """Return the write that sets attributes of an item that is there.

        `below`: only while this number is below that; once it isn't, or without the item, the condition fails.
        """
        name, limit = below or ("pk", 0)
        condition = f"#{name} < :limit" if below else "attribute_exists(pk)"
        sets = ", ".join(f"#{one} = :{one}" for one in values)
        more = {":limit": limit} if below else {}
        return {
            "Update": {
                "TableName": self._table,
                "Key": attributes(named(key)),
                "UpdateExpression": f"SET {sets}",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {f"#{one}": one for one in (*values, *([name] if below else []))},
                "ExpressionAttributeValues": attributes({f":{one}": value for one, value in values.items()} | more),
            }
        }

    def count(self, key: Key, counters: Mapping[str, int], *, at: float) -> Write:
        """Return the write that adds to the counters of one item; each starts at zero."""
        adds = ", ".join(f"#{name} :{name}" for name in counters)
        values = {f":{name}": number for name, number in counters.items()}
        return {
            "Update": {
                "TableName": self._table,
                "Key": attributes(named(key)),
                "UpdateExpression": f"ADD {adds} SET expires = :expires",
                "ExpressionAttributeNames": {f"#{name}": name for name in counters},
                "ExpressionAttributeValues": attributes({**values, ":expires": self.expiry(at)}),
            }
        }

    def delete(self, key: Key) -> Write:
        """Return the write that deletes an item that is there; without it the condition fails."""
        condition: Any = {"ConditionExpression": "attribute_exists(pk)"}
        delete: Any = {"TableName": self._table, "Key": attributes(named(key)), **condition}
        return {"Delete": delete}

    def expiry(self, at: float) -> int:
        """Return when an item of `at` may be forgotten, in epoch seconds."""
        return int(at) + self._days * DAY_SECONDS


def named(key: Key) -> dict[str, Value]:
    """Return a key as the values of its item."""
    return {"pk": key[0], "sk": key[1]}
