"""What a stage keeps and tells, and how stages differ."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cdk.stages import build
from tests.infrastructure.templates import Template, context, resolve, resources, without_hashes
from tidegate.policy.read import parse
from tidegate.policy.throttle_alarm import prefix


def stages(tmp_path: Path, **tables: dict[str, Any]) -> dict[str, Any]:
    """Synthesize a policy with these stages; return each stack's place and properties from the assembly's manifest."""
    build(parse({"stage": tables}, where="test"), context=context(), outdir=str(tmp_path)).synth()
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    return {name: one for name, one in manifest["artifacts"].items() if one["type"] == "aws:cloudformation:stack"}


def test_the_table_is_on_demand_recoverable_unnamed_and_outlives_the_stack(template: Template) -> None:
    (table,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table")
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"] == {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "open", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "open",
                "KeySchema": [{"AttributeName": "open", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
    }


def test_a_fresh_deployment_observes_and_its_kill_switch_is_off(template: Template) -> None:
    # Word for word: when one of these lines changes, CloudFormation writes over what a person has set.
    assert sorted(resources(template, "AWS::SSM::Parameter").values(), key=lambda one: one["Name"]) == [
        {
            "Name": "/tidegate/dev/kill-switch",
            "Type": "String",
            "Value": "off",
            "AllowedPattern": "^(off|on)$",
            "Description": "on: begin nothing new; what was begun finishes, and the journal goes on.",
        },
        {
            "Name": "/tidegate/dev/mode",
            "Type": "String",
            "Value": "observe",
            "AllowedPattern": "^(observe|act)$",
            "Description": "observe: decide, record, change nothing. act: release machines too.",
        },
    ]


def test_the_outputs_name_what_a_person_needs_next(template: Template) -> None:
    outputs = {
        name: without_hashes(template, resolve(template, output["Value"]))
        for name, output in template["Outputs"].items()
    }
    assert outputs == {
        "Mode": "/tidegate/dev/mode",
        "KillSwitch": "/tidegate/dev/kill-switch",
        "Table": "StateTable",
        "AlarmTopic": "AlarmsTopic",
        "WakeQueue": "https://sqs.us-east-1.amazonaws.com/123456789012/WakesInboxQueue.fifo",
        "DrillFunction": "DrillWorkerFunction",
        "ClientPolicy": "ClientPolicy",
    }
    assert all(output["Description"] for output in template["Outputs"].values())


def test_nothing_but_the_table_outlives_the_stack(template: Template) -> None:
    policies = ("DeletionPolicy", "UpdateReplacePolicy")
    kept = [
        one for one in template["Resources"].values() if any(one.get(name, "Delete") != "Delete" for name in policies)
    ]
    assert [one["Type"] for one in kept] == ["AWS::DynamoDB::Table"]


def test_there_is_nothing_in_the_stack_but_what_these_tests_look_at(template: Template) -> None:
    assert Counter(one["Type"] for one in template["Resources"].values()) == {
        "AWS::CloudWatch::Alarm": 23,
        "AWS::DynamoDB::Table": 1,
        "AWS::Events::Rule": 6,
        "AWS::IAM::ManagedPolicy": 1,
        "AWS::IAM::Policy": 9,
        "AWS::IAM::Role": 9,
        "AWS::Lambda::EventInvokeConfig": 1,
        "AWS::Lambda::EventSourceMapping": 5,
        "AWS::Lambda::Function": 8,
        "AWS::Logs::LogGroup": 8,
        "AWS::SNS::Topic": 1,
        "AWS::SNS::TopicPolicy": 1,
        "AWS::SQS::Queue": 14,
        "AWS::SQS::QueuePolicy": 14,
        "AWS::SSM::Parameter": 2,
        "AWS::Scheduler::Schedule": 1,
        "Custom::TidegateRemoval": 1,
    }


def test_each_stage_is_a_stack_in_its_own_place_with_its_own_parameters(tmp_path: Path) -> None:
    found = stages(tmp_path, dev={}, live={"account": "210987654321", "region": "eu-central-1"})
    assert {name: stack["environment"] for name, stack in found.items()} == {
        "Tidegate-dev": "aws://unknown-account/unknown-region",
        "Tidegate-live": "aws://210987654321/eu-central-1",
    }
    assert {name: stack["properties"]["tags"] for name, stack in found.items()} == {
        "Tidegate-dev": {"tidegate:stage": "dev"},
        "Tidegate-live": {"tidegate:stage": "live"},
    }
    live = json.loads((tmp_path / "Tidegate-live.template.json").read_text(encoding="utf-8"))
    names = {parameter["Name"] for parameter in resources(live, "AWS::SSM::Parameter").values()}
    assert names == {"/tidegate/live/mode", "/tidegate/live/kill-switch"}


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::CloudWatch::Alarm",
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::Scheduler::Schedule",
    ],
)
def test_nothing_bears_a_fixed_name_that_a_second_deployment_would_collide_with(template: Template, kind: str) -> None:
    # Those of models tell by their names whose they are; stage, model and route are in them.
    ours = prefix("dev")
    found = [one for one in resources(template, kind).values() if not one.get("AlarmName", "").startswith(ours)]
    assert found
    assert not [one for one in found if "Name" in one or f"{kind.rpartition('::')[2]}Name" in one]
