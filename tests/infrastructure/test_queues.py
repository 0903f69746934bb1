"""Every queue of the stack, whichever construct made it."""

from typing import Any

from tests.infrastructure.templates import Template, resolve, resources
from tidegate.loop import delivery

A_FORTNIGHT_SECONDS = 14 * 24 * 3600


def queues(template: Template) -> dict[str, Any]:
    """Return the properties of each queue by its ARN."""
    found = resources(template, "AWS::SQS::Queue")
    return {resolve(template, {"Fn::GetAtt": [name, "Arn"]}): properties for name, properties in found.items()}


def redrives(template: Template) -> dict[str, str]:
    """Return the ARN of each queue's dead-letter queue by the queue's ARN."""
    return {
        arn: resolve(template, properties["RedrivePolicy"]["deadLetterTargetArn"])
        for arn, properties in queues(template).items()
        if "RedrivePolicy" in properties
    }


def undelivered(template: Template) -> set[str]:
    """Return the ARNs of the queues that take what a rule could not deliver."""
    targets = [target for rule in resources(template, "AWS::Events::Rule").values() for target in rule["Targets"]]
    return {resolve(template, target["DeadLetterConfig"]["Arn"]) for target in targets}


def test_every_queue_is_drained_with_dead_letters_or_is_itself_one_of_dead_letters(template: Template) -> None:
    last_stops = set(redrives(template).values()) | undelivered(template)
    assert queues(template).keys() == redrives(template).keys() | last_stops
    assert not redrives(template).keys() & last_stops


def test_no_two_queues_share_their_dead_letters_nor_do_queues_and_rules(template: Template) -> None:
    dead_letters = list(redrives(template).values())
    assert len(dead_letters) == len(set(dead_letters))
    assert not set(dead_letters) & undelivered(template)


def test_dead_letters_are_kept_for_a_fortnight_and_go_no_further(template: Template) -> None:
    for arn, queue in queues(template).items():
        if arn not in redrives(template):
            assert queue["MessageRetentionPeriod"] == A_FORTNIGHT_SECONDS


def test_every_queue_is_encrypted_and_refuses_plain_http(template: Template) -> None:
    policies = {
        policy["Queues"][0]["Ref"]: policy["PolicyDocument"]["Statement"]
        for policy in resources(template, "AWS::SQS::QueuePolicy").values()
    }
    for name, queue in resources(template, "AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True
        assert "KmsMasterKeyId" not in queue  # EventBridge can't use the key aws/sqs
        refused = [one for one in policies[name] if one["Effect"] == "Deny"]
        assert [one["Condition"] for one in refused] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_a_fifo_queue_has_fifo_dead_letters(template: Template) -> None:
    found = queues(template)
    for queue, dead_letters in redrives(template).items():
        assert found[queue].get("FifoQueue") == found[dead_letters].get("FifoQueue")


def test_wakes_go_through_one_fifo_queue_that_orders_and_deduplicates_within_a_target(template: Template) -> None:
    (wakes,) = (queue for queue in queues(template).values() if queue.get("FifoQueue") and "RedrivePolicy" in queue)
    assert wakes["DeduplicationScope"] == "messageGroup"
    assert wakes["FifoThroughputLimit"] == "perMessageGroupId"
    assert wakes["VisibilityTimeout"] == delivery.VISIBILITY_TIMEOUT_SECONDS == 25
    assert wakes["RedrivePolicy"]["maxReceiveCount"] == delivery.MAX_RECEIVES == 3
    assert wakes["MessageRetentionPeriod"] == delivery.RETENTION_SECONDS
    # The same wake twice within five minutes is meant twice: its content must never be what is compared.
    assert not wakes.get("ContentBasedDeduplication")
