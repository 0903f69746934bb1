"""The journal's table as far as the journal asks for it: transactions with conditions, conflicts, consistent reads.

A transaction on an item that another one is writing is canceled, as DynamoDB does it:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

type Key = tuple[str, str]
type Item = dict[str, Any]

_BELOW: Final = re.compile(r"#(\w+) < :limit")


class TransactionCanceledException(Exception):
    """Why each action of a transaction was canceled."""

    def __init__(self, codes: Sequence[str | None]) -> None:
        super().__init__(f"canceled: {codes}")
        self.response: Final = {"CancellationReasons": [{"Code": code or "None"} for code in codes]}


class Exceptions:
    """The exceptions of a client, as boto3 hangs them on it."""

    TransactionCanceledException = TransactionCanceledException


class Table:
    """A client of DynamoDB for one table. `call` lets the time of an operation pass, and counts it."""

    exceptions = Exceptions

    def __init__(self, call: Callable[[str], None]) -> None:
        self._call: Final = call
        self._writing: Final = set[Key]()
        self.items: Final = dict[Key, Item]()
        self.canceled: Final = Counter[str]()

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> None:  # noqa: N803 - boto3's name
        """Do all of these or none. The items are held while the call is under way."""
        actions = [next(iter(one.items())) for one in TransactItems]
        keys = [_key(body.get("Item") or body["Key"]) for _, body in actions]
        taken = [key in self._writing for key in keys]
        if any(taken):
            self._call("TransactWriteItems")
            self._cancel(["TransactionConflict" if one else None for one in taken])
        self._writing.update(keys)
        try:
            self._call("TransactWriteItems")
        finally:
            self._writing.difference_update(keys)
        failed = [not self._holds(key, body) for key, (_, body) in zip(keys, actions, strict=True)]
        if any(failed):
            self._cancel(["ConditionalCheckFailed" if one else None for one in failed])
        for key, (kind, body) in zip(keys, actions, strict=True):
            self._write(kind, key, body)

    def get_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Return an item."""
        self._call("GetItem")
        found = self.items.get(_key(Key))
        return {"Item": dict(found)} if found else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Return the items that are there."""
        self._call("BatchGetItem")
        ((name, asked),) = RequestItems.items()
        keys = [_key(one) for one in asked["Keys"]]
        return {"Responses": {name: [dict(self.items[key]) for key in keys if key in self.items]}}

    def get_paginator(self, operation: str) -> "Pages":
        """Return what pages through a query, or through the index of what is open."""
        return Pages(self._open if operation == "scan" else self._between)

    def _between(self, asked: Mapping[str, Any]) -> list[Item]:
        self._call("Query")
        values = asked["ExpressionAttributeValues"]
        target, first, last = (values[name]["S"] for name in (":pk", ":first", ":last"))
        keys = sorted(key for key in self.items if key[0] == target and first <= key[1] <= last)
        return [dict(self.items[key]) for key in keys]

    def _open(self, _: Mapping[str, Any]) -> list[Item]:
        self._call("Scan")
        return [dict(item) for item in self.items.values() if "open" in item]

    def _holds(self, key: Key, body: Mapping[str, Any]) -> bool:
        condition, there = body.get("ConditionExpression", ""), self.items.get(key)
        values = body.get("ExpressionAttributeValues", {})
        if condition in ("", "attribute_not_exists(pk)"):
            return not condition or there is None
        if there is None or condition == "attribute_exists(pk)":
            return there is not None
        if condition == "version = :after":
            return there["version"]["N"] == values[":after"]["N"]
        if match := _BELOW.fullmatch(condition):
            return float(there[match[1]]["N"]) < float(values[":limit"]["N"])
        raise NotImplementedError(condition)

    def _write(self, kind: str, key: Key, body: Mapping[str, Any]) -> None:
        if kind == "Put":
            self.items[key] = dict(body["Item"])
        elif kind == "Delete":
            del self.items[key]
        else:
            item = self.items.setdefault(key, {"pk": {"S": key[0]}, "sk": {"S": key[1]}})
            values = body["ExpressionAttributeValues"]
            for name in body.get("ExpressionAttributeNames", {}).values():
                if f":{name}" not in values:
                    continue  # it stands in the condition only
                adds = body["UpdateExpression"].startswith("ADD") and name in item
                item[name] = _sum(item[name], values[f":{name}"]) if adds else values[f":{name}"]

    def _cancel(self, codes: Sequence[str | None]) -> None:
        self.canceled.update({code for code in codes if code})
        raise TransactionCanceledException(codes)


class Pages:
    """A paginator with one page."""

    def __init__(self, read: Callable[[Mapping[str, Any]], list[Item]]) -> None:
        self._read: Final = read

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield the page."""
        yield {"Items": self._read(asked)}


def _key(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _sum(one: Item, other: Item) -> Item:
    return {"N": str(int(one["N"]) + int(other["N"]))}
