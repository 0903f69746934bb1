"""The table's index of what is open: sparse, of keys only, right after every kind of write, and a reserved word."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.region import Region

TABLE = "tidegate-drill"
NAMES = {"#open": "open"}


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def put(pk: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {**key(pk), "open": {"S": "fleet/chat"}, "stage": {"N": "1"}}, **more}}


def close(pk: str) -> dict[str, Any]:
    update = {"UpdateExpression": "REMOVE #open", "ExpressionAttributeNames": NAMES}
    return {"Update": {"TableName": TABLE, "Key": key(pk), **update}}


def still_open(region: Region, page: int = 100) -> list[str]:
    query = {
        "TableName": TABLE,
        "IndexName": "open",
        "KeyConditionExpression": "#open = :target",
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": {":target": {"S": "fleet/chat"}},
        "PaginationConfig": {"PageSize": page},
    }
    pages = region.client("dynamodb").get_paginator("query").paginate(**query)
    return [item["pk"]["S"] for each in pages for item in each["Items"]]


def test_an_item_is_open_until_a_transaction_closes_it(region: Region) -> None:
    client = region.client("dynamodb")
    client.transact_write_items(TransactItems=[put("a"), put("b"), put("c")])
    client.put_item(TableName=TABLE, Item=key("never"))
    assert (still_open(region), still_open(region, page=2)) == (["a", "b", "c"], ["a", "b", "c"])

    client.transact_write_items(TransactItems=[close("a"), {"Delete": {"TableName": TABLE, "Key": key("b")}}])

    assert still_open(region) == ["c"]
    assert len(region.items()) == 3


def test_a_cancelled_transaction_closes_nothing(region: Region) -> None:
    client = region.client("dynamodb")
    client.transact_write_items(TransactItems=[put("a")])

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        client.transact_write_items(
            TransactItems=[close("a"), put("b", ConditionExpression="attribute_exists(pk)"), put("c")]
        )

    assert still_open(region) == ["a"]


def test_a_scan_of_the_index_finds_open_items_and_nothing_but_keys(region: Region) -> None:
    client = region.client("dynamodb")
    client.transact_write_items(TransactItems=[put("a"), put("b")])
    client.put_item(TableName=TABLE, Item=key("never"))

    pages = client.get_paginator("scan").paginate(TableName=TABLE, IndexName="open", PaginationConfig={"PageSize": 1})

    assert [item for page in pages for item in page["Items"]] == [
        {**key(pk), "open": {"S": "fleet/chat"}} for pk in ("a", "b")
    ]


ONE: dict[str, Any] = {"ExpressionAttributeValues": {":x": {"N": "1"}}}

RESERVED: list[Any] = [
    ("scan", {"FilterExpression": "attribute_exists(open)"}, "FilterExpression"),
    ("scan", {"ProjectionExpression": "pk, open"}, "ProjectionExpression"),
    ("query", {"IndexName": "open", "KeyConditionExpression": "open = :x", **ONE}, "KeyConditionExpression"),
    ("put_item", {"Item": key("a"), "ConditionExpression": "pk = :x OR size(open) < :x", **ONE}, "ConditionExpression"),
    ("scan", {"FilterExpression": "opened = :x AND NOT size (pk) BETWEEN :x AND :x", **ONE}, None),
    ("scan", {"FilterExpression": "#open = :x", "ExpressionAttributeNames": NAMES, **ONE}, None),
    ("put_item", {"Item": key("a") | {"open": {"S": "fleet/chat"}}}, None),
]


@pytest.mark.parametrize(("operation", "parameters", "kind"), RESERVED)
def test_a_reserved_word_names_no_attribute(
    region: Region, operation: str, parameters: dict[str, Any], kind: str | None
) -> None:
    call = getattr(region.client("dynamodb"), operation)
    if kind is None:
        call(TableName=TABLE, **parameters)
        return
    with pytest.raises(ClientError, match=f"Invalid {kind}: .* reserved keyword: open"):
        call(TableName=TABLE, **parameters)


def test_nor_does_it_within_a_transaction(region: Region) -> None:
    with pytest.raises(ClientError, match="Invalid ConditionExpression"):
        region.client("dynamodb").transact_write_items(
            TransactItems=[put("a", ConditionExpression="attribute_not_exists(open)")]
        )
