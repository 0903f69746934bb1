"""Which permissions an operation needs, on which resource: moto takes the operation's name for the permission.

Source: the service authorization reference, service-authorization/latest/reference/, one page for each service.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.ec2.models import ec2_backends

from tidegate.desk.region.iam.alarms import on_alarm
from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.iam.groups import on_group
from tidegate.desk.region.place import ACCOUNT, REGION

type Parameters = Mapping[str, Any]

RENAMED: Final = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
"""Operations that are permitted under another's name: list_amazonsqs.html"""

IN_TRANSACTION: Final = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
"""A transaction needs what its actions need: amazondynamodb/latest/developerguide/transaction-apis-iam.html"""


def needs(service: str, operation: str, parameters: Parameters) -> list[Need]:
    """The permissions of a call. Of a service that isn't known here: the operation itself, on any resource."""
    action = RENAMED.get(f"{service}:{operation}", f"{service}:{operation}")
    reader = READERS.get(service)
    return reader(action, parameters) if reader else [Need(action, None)]


def on_table(action: str, parameters: Parameters) -> list[Need]:
    """DynamoDB: each table a request names, its index where one is read, and the actions inside a transaction.

    Source: amazondynamodb/latest/developerguide/using-identity-based-policies.html (reading an index needs its ARN)
    """
    if "TransactItems" in parameters:
        actions = [next(iter(each.items())) for each in parameters["TransactItems"]]
        return [Need(IN_TRANSACTION[kind], table(inner["TableName"])) for kind, inner in actions]
    if "RequestItems" in parameters:
        return [Need(action, table(name)) for name in parameters["RequestItems"]]
    if "TableName" not in parameters:
        return [Need(action, None)]
    index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
    return [Need(action, table(parameters["TableName"]) + index)]


def table(name: str) -> str:
    """Return the ARN of a table by its name; requests may give the ARN itself."""
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def on_queue(action: str, parameters: Parameters) -> list[Need]:
    """SQS: the queue of the address."""
    url = parameters.get("QueueUrl")
    return [Need(action, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/', 1)[-1]}" if url else None)]


def on_parameters(action: str, parameters: Parameters) -> list[Need]:
    """SSM: each parameter by its name; what lists those below a path needs it on the path.

    Source: systems-manager/latest/userguide/sysman-paramstore-access.html, and what a refusal of GetParametersByPath
    names, https://github.com/aws/aws-dotnet-extensions-configuration/issues/108
    """
    names = parameters.get("Names") or [parameters.get("Name") or parameters.get("Path", "")]
    return [Need(action, f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name.removeprefix('/')}") for name in names]


def on_log_stream(action: str, parameters: Parameters) -> list[Need]:
    """CloudWatch Logs: the stream in its group, which a group's ARN ending in `:*` covers."""
    group, stream = parameters.get("logGroupName", ""), parameters.get("logStreamName", "")
    return [Need(action, f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{stream}")]


def on_instances(action: str, parameters: Parameters) -> list[Need]:
    """EC2: describing takes no resource; the rest acts on what ResourceId.N or InstanceId.N name, with their tags."""
    if action.startswith("ec2:Describe"):
        return [Need(action, "*")]
    ids = [value for key, value in parameters.items() if key.startswith(("ResourceId.", "InstanceId."))]
    keys = [value for key, value in parameters.items() if key.startswith("Tag.") and key.endswith(".Key")]
    return [
        Need(action, f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{each}", {"aws:TagKeys": keys, **tags_of(each)})
        for each in ids
    ]


def tags_of(instance_id: str) -> dict[str, list[str]]:
    """Return the condition keys that a machine's tags are, under both of their names."""
    tags = ec2_backends[ACCOUNT][REGION].describe_tags(filters={"resource-id": [instance_id]})
    prefixes = ("ec2:ResourceTag", "aws:ResourceTag")
    return {f"{prefix}/{tag['key']}": [tag["value"]] for prefix in prefixes for tag in tags}


def on_bus(action: str, parameters: Parameters) -> list[Need]:
    """EventBridge: each entry of PutEvents acts on its bus, with its source and type as conditions.

    Source: eventbridge/latest/userguide/eb-use-conditions.html
    """
    return [
        Need(
            action,
            f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{entry.get('EventBusName', 'default').rsplit('/', 1)[-1]}",
            {"events:source": [entry.get("Source", "")], "events:detail-type": [entry.get("DetailType", "")]},
        )
        for entry in parameters.get("Entries", [])
    ] or [Need(action, None)]


READERS: Final[Mapping[str, Callable[[str, Parameters], list[Need]]]] = {
    "autoscaling": on_group,
    "cloudwatch": on_alarm,
    "dynamodb": on_table,
    "ec2": on_instances,
    "events": on_bus,
    "logs": on_log_stream,
    "sqs": on_queue,
    "ssm": on_parameters,
}
