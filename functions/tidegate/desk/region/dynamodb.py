"""DynamoDB transactions: all or nothing without copying the table, and the client's token honoured."""

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, cast

from moto.core.responses import ActionResult
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    DynamodbException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.world import World

TOKEN_SECONDS: Final = 600.0
"""How long a ClientRequestToken is remembered: amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MAX_ACTIONS: Final = 100
"""TransactItems of the same page."""

MISMATCH: Final = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"
"""The same token with other content: the same page."""

type Operation = dict[str, Any]


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""
    plain = DynamoHandler.transact_write_items
    seen: dict[str, tuple[float, str]] = {}

    def transact_write_items(handler: DynamoHandler) -> ActionResult:
        """TransactWriteItems: a token seen within ten minutes succeeds again and changes nothing; moto ignores it."""
        token: str | None = handler.body.get("ClientRequestToken")
        content = json.dumps(handler.body["TransactItems"], sort_keys=True, default=str)
        known = seen.get(token or "")
        if known and world.now() - known[0] < TOKEN_SECONDS:
            if known[1] != content:
                raise DynamodbException(MISMATCH, "The request uses the same client token with other parameters.")
            return ActionResult({})
        answer = plain(handler)
        if token:
            seen[token] = (world.now(), content)
        return answer

    return [
        Amendment(DynamoHandler, "transact_write_items", transact_write_items),
        Amendment(DynamoDBBackend, "transact_write_items", write_all_or_nothing),
    ]


def write_all_or_nothing(backend: DynamoDBBackend, transact_items: list[dict[str, Operation]]) -> None:
    """TransactWriteItems: every condition is checked before anything is written, so nothing needs to be undone.

    moto copies each table before every transaction instead, some 700 MB after a thousand of them. A write that
    turns out to be invalid (a wrong type in an update) is undone by the items it touched.
    """
    if len(transact_items) > MAX_ACTIONS:
        raise TooManyTransactionsException
    actions = [action_of(backend, each) for each in transact_items]
    if len({json.dumps([each.table, each.key], sort_keys=True) for each in actions}) < len(actions):
        raise MultipleTransactionsException
    failures = [failure(backend, each) for each in actions]
    if any(failures):
        raise TransactionCanceledException([each or (None, None, None) for each in failures])
    before = [deepcopy(backend.get_item(each.table, each.key)) for each in actions]
    try:
        for each in actions:
            write(backend, each)
    except BaseException:
        for each, item in zip(actions, before, strict=True):
            put_back(backend, each, item)
        raise


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a transaction: what is done to which item."""

    kind: str
    table: str
    key: dict[str, Any]
    operation: Operation


def action_of(backend: DynamoDBBackend, item: dict[str, Operation]) -> Action:
    """Read one action; a Put names its key within the item."""
    kind, operation = next(iter(item.items()))
    table = backend.get_table(operation["TableName"])
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    key = {name: operation["Item"][name] for name in names} if kind == "Put" else operation["Key"]
    return Action(kind, operation["TableName"], key, operation)


def failure(backend: DynamoDBBackend, action: Action) -> tuple[str, str, Any] | None:
    """The cancellation reason of an action whose condition doesn't hold, with the item if it was asked for."""
    operation = action.operation
    expression = operation.get("ConditionExpression")
    if expression is None:
        return None
    current = backend.get_item(action.table, action.key)
    names, values = operation.get("ExpressionAttributeNames"), operation.get("ExpressionAttributeValues")
    if get_filter_expression(expression, names, values).expr(cast(Any, current)):
        return None
    wanted = operation.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    old = current.to_json()["Attributes"] if wanted and current else None
    return ("ConditionalCheckFailed", "The conditional request failed", old)


def write(backend: DynamoDBBackend, action: Action) -> None:
    """Do one action whose condition holds."""
    operation = action.operation
    if action.kind == "Put":
        backend.put_item(action.table, operation["Item"])
    elif action.kind == "Delete":
        backend.delete_item(action.table, action.key)
    elif action.kind == "Update":
        backend.update_item(
            action.table,
            action.key,
            update_expression=operation["UpdateExpression"],
            expression_attribute_names=operation.get("ExpressionAttributeNames") or {},
            expression_attribute_values=operation.get("ExpressionAttributeValues") or {},
        )


def put_back(backend: DynamoDBBackend, action: Action, item: Any) -> None:
    """Undo one action."""
    if item is None:
        backend.delete_item(action.table, action.key)
    else:
        backend.put_item(action.table, item.to_json()["Attributes"])
