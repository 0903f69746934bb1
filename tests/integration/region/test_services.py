"""The other services: target groups, the bus, queues and the table."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region


def test_deregistering_twice_is_no_error(region: Region) -> None:
    fleet = region.fleet(spot=2, drain=60)
    client, machine = region.client("elbv2"), fleet.spot_machines()[0].id
    arn = fleet.group.target_group_arns[0]

    for _ in range(2):
        client.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "i-0123456789abcdef0"}, {"Id": machine}])

    health = client.describe_target_health(TargetGroupArn=arn, Targets=[{"Id": machine}])["TargetHealthDescriptions"]
    assert health[0]["TargetHealth"]["State"] == "draining"
    region.run(61)
    health = client.describe_target_health(TargetGroupArn=arn, Targets=[{"Id": machine}])["TargetHealthDescriptions"]
    assert health[0]["TargetHealth"]["State"] == "unused"


def test_a_draining_target_stays_so_when_the_group_grows(region: Region) -> None:
    fleet = region.fleet(spot=2, drain=300)
    machine = fleet.spot_machines()[0].id
    arn = fleet.group.target_group_arns[0]
    region.client("elbv2").deregister_targets(TargetGroupArn=arn, Targets=[{"Id": machine}])

    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=4)
    region.run(100)

    assert fleet.target_states()[machine] == "draining"


PUT: list[Any] = [
    ({"Source": "aws.ec2"}, "NotAuthorizedForSourceException"),
    ({"Source": "aws."}, "NotAuthorizedForSourceException"),
    ({"Detail": "[]"}, "MalformedDetail"),
    ({"Detail": "{"}, "MalformedDetail"),
    ({}, None),
]


@pytest.mark.parametrize(("change", "code"), PUT)
def test_who_may_put_what_on_the_bus(region: Region, change: dict[str, str], code: str | None) -> None:
    entry = {"Source": "tidegate.drill", "DetailType": "x", "Detail": "{}"} | change

    answer = region.client("events").put_events(Entries=[entry])

    assert answer["FailedEntryCount"] == (1 if code else 0)
    assert answer["Entries"][0].get("ErrorCode") == code


def test_a_queue_receives_the_whole_event() -> None:
    received: list[Any] = []

    def handler(event: Any, context: Any) -> None:
        received.extend(json.loads(each["body"]) for each in event["Records"])

    with Region(handler=handler) as region:
        sent = warning("i-0123456789abcdef0")
        region.emit(sent)
        region.run(1)

    assert received == [sent]
    assert sent["account"] == "123456789012"
    assert sent["time"] == "2026-03-02T09:00:00Z"


def test_a_repeated_id_is_swallowed_for_five_minutes_even_after_deletion(region: Region) -> None:
    client, url = region.client("sqs"), region.deployment.wakes_url

    def send() -> int:
        client.send_message(QueueUrl=url, MessageBody="look", MessageGroupId="g", MessageDeduplicationId="d")
        got = client.receive_message(QueueUrl=url).get("Messages", [])
        for each in got:
            client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        region.run(200)
        return len(got)

    assert [send(), send(), send()] == [1, 0, 1]


def put(pk: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "tidegate-drill", "Item": {"pk": {"S": pk}, "sk": {"S": "x"}}, **more}}


def count(pk: str, attribute: str = "losses") -> dict[str, Any]:
    update = {"UpdateExpression": f"ADD {attribute} :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    return {"Update": {"TableName": "tidegate-drill", "Key": {"pk": {"S": pk}, "sk": {"S": "x"}}, **update}}


ONCE = {"ConditionExpression": "attribute_not_exists(pk)"}


def test_a_transaction_is_all_or_nothing(region: Region) -> None:
    client = region.client("dynamodb")
    client.transact_write_items(TransactItems=[put("a", **ONCE), count("pool")])

    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[count("pool"), put("a", **ONCE)])

    said: Any = refused.value.response
    assert [each["Code"] for each in said["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert [each.get("losses") for each in region.items()] == [None, 1]


def test_an_invalid_write_undoes_the_ones_before_it(region: Region) -> None:
    client = region.client("dynamodb")
    client.transact_write_items(TransactItems=[put("a")])

    with pytest.raises(ClientError):
        client.transact_write_items(TransactItems=[count("pool"), put("b"), count("a", "sk")])

    assert [each["pk"] for each in region.items()] == ["a"]


def test_a_client_token_makes_a_repetition_harmless(region: Region) -> None:
    client = region.client("dynamodb")
    for _ in range(2):
        client.transact_write_items(TransactItems=[count("pool")], ClientRequestToken="one")
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        client.transact_write_items(TransactItems=[count("other")], ClientRequestToken="one")

    assert [(each["pk"], each["losses"]) for each in region.items()] == [("pool", 1)]
