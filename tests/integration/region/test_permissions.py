"""A role's calls need its permissions; a person's don't."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.iam import enforce
from tidegate.desk.region.region import Region

GROUPS = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/tidegate-drill"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:tidegate-drill-spot-interruption"

OPTED_IN = {"Null": {"autoscaling:ResourceTag/tidegate:profile": "false"}}
ONE_TAG = {"ForAllValues:StringEquals": {"aws:TagKeys": ["tidegate:detached"]}}


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def terminate(region: Region) -> tuple[str, str, dict[str, Any]]:
    machine = region.fleet().machines()[0].id
    wanted = {"InstanceId": machine, "ShouldDecrementDesiredCapacity": False}
    return "autoscaling", "terminate_instance_in_auto_scaling_group", wanted


def terminate_untagged(region: Region) -> tuple[str, str, dict[str, Any]]:
    machine = region.fleet(profile=None).machines()[0].id
    wanted = {"InstanceIds": [machine], "AutoScalingGroupName": "chat", "ShouldDecrementDesiredCapacity": False}
    return "autoscaling", "terminate_instance_in_auto_scaling_group", wanted


def tag(key: str) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        machine = region.fleet().machines()[0].id
        return "ec2", "create_tags", {"Resources": [machine], "Tags": [{"Key": key, "Value": "x"}]}

    return call


def transact(region: Region) -> tuple[str, str, dict[str, Any]]:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    items = [
        {"Put": {"TableName": "tidegate-drill", "Item": item}},
        {"Update": {"TableName": "tidegate-drill", "Key": item | {"sk": {"S": "c"}}, **update}},
    ]
    return "dynamodb", "transact_write_items", {"TransactItems": items}


def send(region: Region) -> tuple[str, str, dict[str, Any]]:
    entries = [{"Id": "1", "MessageBody": "x"}]
    return "sqs", "send_message_batch", {"QueueUrl": region.deployment.queue_url, "Entries": entries}


def read_mode(region: Region) -> tuple[str, str, dict[str, Any]]:
    return "ssm", "get_parameters", {"Names": [region.deployment.mode, region.deployment.kill_switch]}


PARAMETERS = "arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/drill/"
TERMINATE = "autoscaling:TerminateInstanceInAutoScalingGroup"

CASES: list[Any] = [
    (terminate, [allow(TERMINATE, GROUPS, Condition=OPTED_IN)], None),
    (
        terminate,
        [allow(TERMINATE, GROUPS.removesuffix("*") + "other")],
        "AccessDenied",
    ),
    (terminate, [], "AccessDenied"),
    (terminate_untagged, [allow(TERMINATE, GROUPS, Condition=OPTED_IN)], "AccessDenied"),
    (terminate, [allow(TERMINATE), {**allow(TERMINATE), "Effect": "Deny"}], "AccessDenied"),
    (tag("tidegate:detached"), [allow("ec2:CreateTags", "*", Condition=ONE_TAG)], None),
    (tag("Name"), [allow("ec2:CreateTags", "*", Condition=ONE_TAG)], "UnauthorizedOperation"),
    (transact, [allow("dynamodb:PutItem", TABLE), allow("dynamodb:UpdateItem", TABLE)], None),
    (transact, [allow("dynamodb:PutItem", TABLE)], "AccessDeniedException"),
    (transact, [allow("dynamodb:*", TABLE + "-other")], "AccessDeniedException"),
    (send, [allow("sqs:SendMessage", QUEUE)], None),
    (send, [allow("sqs:SendMessage", QUEUE + "-dead-letters")], "AccessDeniedException"),
    (send, [allow("sqs:ReceiveMessage", QUEUE)], "AccessDeniedException"),
    (read_mode, [allow("ssm:GetParameters", PARAMETERS + "*")], None),
    (read_mode, [allow("ssm:GetParameters", PARAMETERS + "mode")], "AccessDeniedException"),
]


@pytest.mark.parametrize(("call", "statements", "code"), CASES)
def test_a_role_may_do_what_its_policy_says(
    region: Region, call: Any, statements: list[dict[str, Any]], code: str | None
) -> None:
    service, operation, parameters = call(region)
    # A role without any permission still needs a policy to be made.
    clients = enforce.assume(region.clients, [*statements, allow("s3:ListAllMyBuckets")])

    if code is None:
        getattr(clients(service), operation)(**parameters)
        return
    with pytest.raises(ClientError) as refused:
        getattr(clients(service), operation)(**parameters)

    said: Any = refused.value.response
    assert said["Error"]["Code"] == code
    assert region.denied


def test_an_unknown_condition_operator_is_no_permission(region: Region) -> None:
    service, operation, parameters = read_mode(region)
    odd = {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    clients = enforce.assume(region.clients, [allow("ssm:GetParameters", "*", Condition=odd)])

    with pytest.raises(NotImplementedError, match="DateLessThan"):
        getattr(clients(service), operation)(**parameters)
