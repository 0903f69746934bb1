"""Makes queues, table and rules in moto, as the stack's constructs make them in an account."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tidegate.desk.region.app import STAGE, Queue, Rule
from tidegate.desk.region.place import queue_arn


@dataclass(frozen=True, slots=True)
class Inbox:
    """The addresses of a queue that a function drains, and of its dead letters."""

    url: str
    dead_letters_url: str


def make_inbox(sqs: Any, queue: Queue) -> Inbox:
    """Create a queue and its dead-letter queue."""
    dead_letters = make_queue(sqs, queue.dead_letters, {}, fifo=queue.fifo)
    redrive = {"deadLetterTargetArn": queue_arn(dead_letters), "maxReceiveCount": queue.max_receives}
    attributes = {
        "VisibilityTimeout": str(queue.visibility_timeout),
        "MessageRetentionPeriod": str(queue.retention),
        "RedrivePolicy": json.dumps(redrive),
    }
    return Inbox(make_queue(sqs, queue.name, attributes, fifo=queue.fifo), dead_letters)


def make_queue(sqs: Any, name: str, attributes: dict[str, str], *, fifo: bool) -> str:
    """Create a queue and return its address. A FIFO one deduplicates within each message group, as cdk/queues.py says.

    Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
    """
    order = {"FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    return sqs.create_queue(QueueName=name, Attributes={**attributes, **(order if fifo else {})})["QueueUrl"]


def make_table(client: Any, name: str) -> None:
    """Create the table: on-demand, `pk` and `sk`, items that expire; those with an `open` stand in an index of keys.

    The index is sparse (amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html). In an account it
    follows the table within moments; here, at once.
    """
    keys = (("pk", "HASH"), ("sk", "RANGE"))
    index: Any = {"IndexName": "open", "KeySchema": [{"AttributeName": "open", "KeyType": "HASH"}]}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "open")],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        GlobalSecondaryIndexes=[index | {"Projection": {"ProjectionType": "KEYS_ONLY"}}],
    )
    client.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})


def make_rules(events: Any, rules: Iterable[Rule], inbox: Inbox) -> None:
    """Create each rule with the queue as target, which waits no longer for an event than the rule says."""
    for each in rules:
        name = f"tidegate-{STAGE}-{each.name}"
        events.put_rule(Name=name, EventPattern=json.dumps(each.pattern))
        age = {"MaximumEventAgeInSeconds": each.max_age}
        target: Any = {"Id": "queue", "Arn": queue_arn(inbox.url), "RetryPolicy": age}
        dead_letters = {"DeadLetterConfig": {"Arn": queue_arn(inbox.dead_letters_url)}}
        events.put_targets(Rule=name, Targets=[target | dead_letters])
