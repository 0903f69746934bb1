"""The emulated Region deploys what the stack deploys: what is proved there says something about an account."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.templates import (
    Template,
    drained_queue,
    function_id,
    mapping_of,
    policy,
    resolve,
    resources,
    template_of,
)
from tidegate.desk.region.app import APP, STAGE, SWEEP, FunctionShape, Queue, Schedule
from tidegate.desk.region.invocation import Context
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region
from tidegate.journal import layout
from tidegate.policy.read import parse
from tidegate.policy.throttle_alarm import prefix

LAMBDAS_OWN = {"LAMBDA_TASK_ROOT", "AWS_LAMBDA_FUNCTION_NAME"}
NOT_NEEDED = {"AWS_DATA_PATH"}
"""This process's own botocore is the one whose service model the asset brings."""

NAMES = {"TIDEGATE_STAGE", "TIDEGATE_TABLE", "TIDEGATE_MODE", "TIDEGATE_KILL_SWITCH"}
ADDRESSES = {"TIDEGATE_WAKES", "TIDEGATE_DEAD_LETTERS", "TIDEGATE_INBOX"}
"""What differs from one deployment to the next."""

A_FUNCTION = pytest.mark.parametrize("shape", APP, ids=lambda shape: shape.name)
A_DRAIN = pytest.mark.parametrize(
    "shape", [each for each in APP if isinstance(each.source, Queue)], ids=lambda shape: shape.name
)


@pytest.fixture
def region() -> Iterator[Region]:
    """A Region in which nothing happens."""
    with Region() as opened:
        yield opened


def deployed(template: Template, shape: FunctionShape) -> Any:
    """Return the properties of the function of the stack that a shape stands for."""
    return resources(template, "AWS::Lambda::Function")[function_id(template, str(shape.handler))]


def test_they_have_the_same_functions(template: Template) -> None:
    functions = resources(template, "AWS::Lambda::Function").values()
    assert sorted(one["Handler"] for one in functions) == sorted(str(shape.handler) for shape in APP)


@A_FUNCTION
def test_a_function_has_the_same_time_and_memory(template: Template, shape: FunctionShape, region: Region) -> None:
    function = deployed(template, shape)
    context = Context(shape.full_name, "", 0.0, region.world)
    assert (shape.timeout, context.memory_limit_in_mb) == (function["Timeout"], function["MemorySize"])


@A_FUNCTION
def test_a_function_finds_the_same_variables(template: Template, shape: FunctionShape, region: Region) -> None:
    here = region.deployment.environment(shape, Path("/var/task"))
    there = deployed(template, shape)["Environment"]["Variables"]
    assert here.keys() - LAMBDAS_OWN == there.keys() - NOT_NEEDED
    fixed = there.keys() - NOT_NEEDED - NAMES - ADDRESSES
    assert {name: here[name] for name in fixed} == {name: there[name] for name in fixed}


@A_FUNCTION
def test_a_function_is_started_by_the_same_kind_of_source(template: Template, shape: FunctionShape) -> None:
    there = function_id(template, str(shape.handler))
    mappings = resources(template, "AWS::Lambda::EventSourceMapping").values()
    schedules = resources(template, "AWS::Scheduler::Schedule").values()
    assert isinstance(shape.source, Queue) == ({"Ref": there} in [one["FunctionName"] for one in mappings])
    started = [one["Target"]["Arn"]["Fn::GetAtt"][0] for one in schedules]
    assert isinstance(shape.source, Schedule) == (there in started)


@A_DRAIN
def test_a_queue_delivers_as_many_messages_for_as_long_and_as_often(
    template: Template, shape: FunctionShape, region: Region
) -> None:
    assert isinstance(shape.source, Queue)
    assert shape.source.batch_size == mapping_of(template, str(shape.handler))["BatchSize"]
    url = region.deployment.inboxes[shape.name].url
    here = region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    there = drained_queue(template, str(shape.handler))
    assert int(here["VisibilityTimeout"]) == there["VisibilityTimeout"]
    assert json.loads(here["RedrivePolicy"])["maxReceiveCount"] == there["RedrivePolicy"]["maxReceiveCount"]
    # AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html: four days, unless the stack says otherwise
    assert int(here["MessageRetentionPeriod"]) == there.get("MessageRetentionPeriod", 4 * 86400)


@A_DRAIN
def test_a_queue_orders_and_deduplicates_alike(template: Template, shape: FunctionShape, region: Region) -> None:
    url = region.deployment.inboxes[shape.name].url
    here = region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    there = drained_queue(template, str(shape.handler))
    assert here.get("FifoQueue", "false") == str(there.get("FifoQueue", False)).lower()
    assert here.get("ContentBasedDeduplication", "false") == str(there.get("ContentBasedDeduplication", False)).lower()
    for name in ("DeduplicationScope", "FifoThroughputLimit"):
        assert here.get(name) == there.get(name)


@A_DRAIN
def test_the_same_events_reach_a_queue_and_wait_for_it_as_long(template: Template, shape: FunctionShape) -> None:
    assert isinstance(shape.source, Queue)
    queue = mapping_of(template, str(shape.handler))["EventSourceArn"]
    rules = [one for one in resources(template, "AWS::Events::Rule").values() if one["Targets"][0]["Arn"] == queue]
    there = [(one["EventPattern"], one["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"]) for one in rules]
    asked = shape.source.rules("dev", policy().profiles) if shape.source.rules else ()
    here = [(dict(rule.pattern), rule.max_age) for rule in asked]
    assert sorted(here, key=str) == sorted(there, key=str)


def test_the_sweep_starts_as_often_and_is_repeated_as_little(template: Template) -> None:
    (schedule,) = resources(template, "AWS::Scheduler::Schedule").values()
    (config,) = resources(template, "AWS::Lambda::EventInvokeConfig").values()
    assert isinstance(SWEEP.source, Schedule)
    assert f"rate({SWEEP.source.seconds / 60:.0f} minute)" == schedule["ScheduleExpression"]
    assert SWEEP.source.retries == config["MaximumRetryAttempts"]
    assert SWEEP.source.max_age == config["MaximumEventAgeInSeconds"]


def test_the_sweep_is_given_the_same_input(template: Template) -> None:
    given: list[Any] = []

    def sweep(event: Any, context: Any) -> None:
        given.append(event)

    with Region(handlers={SWEEP.name: sweep}, loop=True) as region:
        region.run(61)
    (schedule,) = resources(template, "AWS::Scheduler::Schedule").values()
    said = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", "2026-03-02T09:01:00Z")
    assert given == [json.loads(said)]


def test_the_table_has_the_same_keys_index_and_expiry(template: Template, region: Region) -> None:
    (there,) = resolve(template, list(resources(template, "AWS::DynamoDB::Table").values()))
    client, name = region.client("dynamodb"), region.deployment.table
    here = client.describe_table(TableName=name)["Table"]
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    indexes = [
        {key: one[key] for key in ("IndexName", "KeySchema", "Projection")} for one in here["GlobalSecondaryIndexes"]
    ]
    assert here["KeySchema"] == there["KeySchema"]
    assert here["AttributeDefinitions"] == there["AttributeDefinitions"]
    assert indexes == there["GlobalSecondaryIndexes"]
    assert here["BillingModeSummary"]["BillingMode"] == there["BillingMode"]
    assert expiry["AttributeName"] == there["TimeToLiveSpecification"]["AttributeName"]


def test_the_journal_reads_that_index(template: Template) -> None:
    (table,) = resources(template, "AWS::DynamoDB::Table").values()
    (index,) = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["KeySchema"][0]["AttributeName"]) == (layout.OPEN_INDEX, layout.OPEN)


DEPLOYED = f"arn:aws:bedrock:{REGION}:123456789012:custom-model-deployment/a1b2c3d4e5f6"
MODEL: dict[str, Any] = {
    "residency": "US",
    "step_down_percent": 20,
    "route": [
        {"name": "home", "kind": "bedrock", "id": "amazon.nova-lite-v1:0", "region": REGION},
        {"name": "states", "kind": "bedrock-profile", "id": "us.amazon.nova-lite-v1:0"},
        {"name": "ours", "kind": "bedrock", "id": DEPLOYED, "region": REGION},
        {"name": "ohio", "kind": "bedrock", "id": "amazon.nova-lite-v1:0", "region": "us-east-2"},
        {"name": "own", "kind": "openai-compatible", "id": "nova", "endpoint": "http://10.0.0.1:8000/v1"},
    ],
}


def judged(alarm: Any) -> dict[str, Any]:
    """What an alarm is judged by, whether CloudFormation or CloudWatch tells it."""
    kept = ("Threshold", "ComparisonOperator", "EvaluationPeriods", "TreatMissingData", "Statistic", "Period")
    found = {key: alarm[key] for key in (*kept, "MetricName", "Dimensions") if alarm.get(key)}
    for one in alarm.get("Metrics", ()):
        # The id of the expression that is compared with the threshold is the stack's own matter.
        name = "expression" if one.get("ReturnData", True) else one["Id"]
        stat = one.get("MetricStat")
        found[name] = (stat["Metric"], stat["Period"], stat["Stat"]) if stat else one["Expression"]
    return found


def test_routes_to_models_have_the_same_alarms() -> None:
    def policy(stage: str) -> dict[str, Any]:
        return {"stage": {stage: {"region": REGION}}, "model": {"chat": MODEL}}

    stack = resources(template_of(parse(policy("dev"), where="test")), "AWS::CloudWatch::Alarm").values()
    with Region(policy=policy(STAGE)) as region:
        said = region.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix(STAGE))["MetricAlarms"]

    here = {one["AlarmName"].removeprefix(prefix(STAGE)): judged(one) for one in said}
    wanted = {one["AlarmName"].removeprefix(prefix("dev")): judged(one) for one in stack if "AlarmName" in one}
    assert here == wanted
    assert len(here) == 6
