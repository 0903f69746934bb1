"""What the journal in the local cloud's table says of a machine, for a person or a test to read."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tidegate.journal import layout


def incident_of(dynamodb: Any, table: str, fleet: str, instance: str) -> dict[str, Any]:
    """Return the incident of a machine, open or over, as plain values; empty while there is none."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :target",
        ExpressionAttributeValues={":target": {"S": layout.fleet(fleet)}},
    )
    read = TypeDeserializer().deserialize
    items: list[dict[str, Any]] = [
        {name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]
    ]
    kinds = (layout.OPEN_INCIDENTS, layout.INCIDENTS)
    of_machine = (one for one in items if one["sk"].startswith(kinds) and one["instance"] == instance)
    return next(of_machine, dict[str, Any]())
