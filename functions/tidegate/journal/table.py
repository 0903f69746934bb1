"""The journal's table in DynamoDB: conditional writes, consistent reads. What stands where, `layout.py` says."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from random import uniform
from typing import TYPE_CHECKING, Any, Final, cast

from tidegate.journal import layout
from tidegate.journal.items import Item, attributes, plain
from tidegate.journal.layout import Key
from tidegate.journal.writes import Write, Writes, named

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOST_WRITES: Final = 100  # of one transaction: API_TransactWriteItems.html
_BUSY: Final = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons why an action was cancelled that pass: another transaction on its item, or too much at once. boto3 repeats no
transaction for them. API_TransactWriteItems.html, Errors"""

_ATTEMPTS: Final = 5
"""Tries of a transaction that met another one on the same item: a whole wave shares the counter of its pool."""

_BREATH_SECONDS: Final = 0.02
"""A transaction takes some 20 ms: those that met wait at random up to that, then twice, and so on: 1.2 s in all."""


class Canceled(Exception):
    """A condition of a transaction didn't hold: somebody else wrote meanwhile. Nothing was written."""


class Journal(Writes):
    """The table of one stage. Items are kept for `days` from when they are written."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, days: int, pause: Callable[[float], None]) -> None:
        super().__init__(table, days=days)
        self._dynamodb = dynamodb
        self._pause = pause

    def write(self, writes: Iterable[Write]) -> None:
        """Do all of these or none. Raises `Canceled` when a condition fails."""
        self.write_news(tuple[()](), lambda _: (), always=tuple(writes))

    def write_news[T](
        self, news: Iterable[T], writes: Callable[[Sequence[T]], Sequence[Write]], *, always: Sequence[Write] = ()
    ) -> tuple[T, ...]:
        """Write what is new among `news`, all in one transaction with `always`; return what was.

        `writes` returns one conditional write for each item, in order, and after those what follows from them. A
        condition that fails says that its item is no news, so the transaction is built again without it: a repeated
        delivery changes nothing, and what follows (a counter, say) counts each item once. Raises `Canceled` when a
        condition of the others fails.
        """
        rest: list[T] = list(news)
        conflicts = 0
        while rest or always:
            try:
                self._dynamodb.transact_write_items(TransactItems=[*writes(rest), *always])
                return tuple(rest)
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                codes = [str(reason.get("Code")) for reason in cast(Any, error.response)["CancellationReasons"]]
                known = {number for number, code in enumerate(codes[: len(rest)]) if code == "ConditionalCheckFailed"}
                busy = not _BUSY.isdisjoint(codes)
                conflicts += busy
                if not known and "ConditionalCheckFailed" in codes:
                    raise Canceled(str(error)) from error
                if conflicts >= _ATTEMPTS or not (known or busy):
                    raise
                if not known:
                    self._pause(uniform(0, _BREATH_SECONDS * 2**conflicts))  # noqa: S311 - to miss each other
                rest = [item for number, item in enumerate(rest) if number not in known]
        return ()

    def get(self, key: Key) -> Item | None:
        """Return an item as it is now."""
        answer = self._dynamodb.get_item(TableName=self._table, Key=attributes(named(key)), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def texts(self, keys: Collection[Key], name: str) -> Mapping[Key, str]:
        """Return the text attribute `name` of each of up to 100 items that have it; one consistent read."""
        return {key: str(item[name]) for key, item in self.several(keys).items() if name in item}

    def several(self, keys: Collection[Key]) -> Mapping[Key, Item]:
        """Return those of up to 100 items that there are, as they are now; one read."""
        if not keys:
            return {}
        wanted = [attributes(named(key)) for key in keys]
        answer = self._dynamodb.batch_get_item(RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}})
        if answer.get("UnprocessedKeys"):
            raise RuntimeError(f"DynamoDB answered for a part of {len(keys)} items only")
        items = map(plain, answer["Responses"].get(self._table, []))
        return {(str(item["pk"]), str(item["sk"])): item for item in items}

    def between(self, target: str, first: str, last: str) -> tuple[Item, ...]:
        """Return a target's items from sort key `first` to `last`, as they are now, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=attributes({":pk": target, ":first": first, ":last": last}),
            ConsistentRead=True,
        )
        return tuple(plain(item) for page in pages for item in page["Items"])

    def latest(self, target: str, prefix: str, *, most: int) -> tuple[Item, ...]:
        """Return the newest items of a target whose sort key begins with `prefix`, newest first."""
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=attributes({":pk": target, ":prefix": prefix}),
            ScanIndexForward=False,
            Limit=most,
        )
        return tuple(map(plain, answer["Items"]))

    def open_targets(self) -> Mapping[str, bool]:
        """Return the targets that are unfinished, and whether incidents of theirs are open: up to a second late."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, IndexName=layout.OPEN_INDEX)
        found: dict[str, bool] = {}
        for item in (plain(item) for page in pages for item in page["Items"]):
            target, incident = str(item[layout.OPEN]), str(item["sk"]).startswith(layout.OPEN_INCIDENTS)
            found[target] = found.get(target, False) or incident
        return found

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        """Return the target that a live drill record names; None when there is none, or it has expired.

        DynamoDB may keep an expired item for days, so its time is compared here.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
        """
        item = self.get(layout.drill_record(nonce)) if nonce else None
        if item is None or float(item.get("expires", 0)) <= now:
            return None
        return layout.drilled(str(item["target"])) if "target" in item else None
