"""The journal in DynamoDB: one table for incidents, counters of pools, and drills under way.

Items have the string keys `pk` and `sk`, and expire by `expires` (epoch seconds):

| item | pk | sk |
|---|---|---|
| incident: a machine lost on one day | `INCIDENT#i-0b66...` | `2026-11-24` |
| mark: a machine that was at risk on one day | `AT_RISK#i-0b66...` | `2026-11-24` |
| mark: perhaps a loss, gone before it was written down | `LOST_TRACK#i-0b66...` | `2026-11-24` |
| pool: losses and recommendations of one day | `POOL#g5.xlarge/us-east-1b` | `2026-11-24` |
| drill: the record without which a drill's event does nothing | `DRILL#nonce` | `DRILL` |
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

DAY_SECONDS: Final = 86400
_ATTEMPTS: Final = 5
"""Tries of a transaction that met another one on the same item: a whole wave shares the counter of its pool."""

Key = tuple[str, str]
Value = str | float | bool


class Journal:
    """The table of one stage."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._days = days

    def write_news[T](
        self, news: Iterable[T], writes: "Callable[[Sequence[T]], Sequence[TransactWriteItemTypeDef]]"
    ) -> None:
        """Write what is new among `news`, all in one transaction; what was written before is left out.

        `writes` returns one conditional write for each item, in order, and after those what follows from them. A
        condition that fails says that its item is no news, so the transaction is built again without it: a repeated
        delivery changes nothing, and what follows (a counter, say) counts each item once.
        """
        rest: list[T] = list(news)
        conflicts = 0
        while rest:
            try:
                self._dynamodb.transact_write_items(TransactItems=list(writes(rest)))
                return
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                codes = [str(reason.get("Code")) for reason in cast(Any, error.response)["CancellationReasons"]]
                known = {number for number, code in enumerate(codes) if code == "ConditionalCheckFailed"}
                conflicts += "TransactionConflict" in codes
                if conflicts >= _ATTEMPTS or not (known or "TransactionConflict" in codes):
                    raise
                rest = [item for number, item in enumerate(rest) if number not in known]

    def put_new(self, key: Key, values: Mapping[str, Value], *, at: float) -> "TransactWriteItemTypeDef":
        """Return the write of an item that is not there yet, to be kept for the journal's days from `at`."""
        item = _attributes({"pk": key[0], "sk": key[1], **values, "expires": self.expiry(at)})
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}

    def raise_stage(self, key: Key, stage: int, time_name: str, *, at: float) -> "TransactWriteItemTypeDef":
        """Return the write that raises the stage of an incident, and notes when; it never lowers one."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": _attributes({"pk": key[0], "sk": key[1]}),
                "UpdateExpression": "SET stage = :stage, #time = :at",
                "ConditionExpression": "stage < :stage",
                "ExpressionAttributeNames": {"#time": time_name},
                "ExpressionAttributeValues": _attributes({":stage": stage, ":at": at}),
            }
        }

    def count(self, key: Key, counters: Mapping[str, int], *, at: float) -> "TransactWriteItemTypeDef":
        """Return the write that adds to the counters of one item; each starts at zero."""
        adds = ", ".join(f"#{name} :{name}" for name in counters)
        values = {f":{name}": number for name, number in counters.items()}
        return {
            "Update": {
                "TableName": self._table,
                "Key": _attributes({"pk": key[0], "sk": key[1]}),
                "UpdateExpression": f"ADD {adds} SET expires = :expires",
                "ExpressionAttributeNames": {f"#{name}": name for name in counters},
                "ExpressionAttributeValues": _attributes({**values, ":expires": self.expiry(at)}),
            }
        }

    def texts(self, keys: Collection[Key], name: str) -> Mapping[Key, str]:
        """Return the text attribute `name` of each of up to 100 items that are there; one consistent read."""
        if not keys:
            return {}
        wanted = [_attributes({"pk": pk, "sk": sk}) for pk, sk in keys]
        answer = self._dynamodb.batch_get_item(RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}})
        if answer.get("UnprocessedKeys"):
            raise RuntimeError(f"DynamoDB answered for a part of {len(keys)} items only")
        items = cast("list[dict[str, dict[str, str]]]", answer["Responses"].get(self._table, []))
        return {(item["pk"]["S"], item["sk"]["S"]): item[name]["S"] for item in items}

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        """Return the fleet that a live drill record names; None when there is none, or it has expired.

        DynamoDB may keep an expired item for days, so its time is compared here.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
        """
        if not nonce:
            return None
        key = _attributes({"pk": f"DRILL#{nonce}", "sk": "DRILL"})
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if item is None or float(item.get("expires", {}).get("N", "0")) <= now:
            return None
        return item.get("target", {}).get("S")

    def expiry(self, at: float) -> int:
        """Return when an item of `at` may be forgotten, in epoch seconds."""
        return int(at) + self._days * DAY_SECONDS


def _attributes(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _attribute(value) for name, value in values.items()}


def _attribute(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": f"{value:.3f}".rstrip("0").rstrip(".")}
