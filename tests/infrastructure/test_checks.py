"""The template is held to cdk-nag's and cfn-lint's rules, and those rules really are on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs

from cdk.stages import build
from tests.infrastructure.templates import Template, context, policy
from tidegate.policy.read import parse

LAST_STOPS = {
    "Tidegate-dev/SpotInterruption/Reaction/Inbox/DeadLetters/Queue/Resource",
    "Tidegate-dev/SpotInterruption/Reaction/Undelivered/Queue/Resource",
    "Tidegate-dev/CapacityAlarm/Reaction/Inbox/DeadLetters/Queue/Resource",
    "Tidegate-dev/CapacityAlarm/Reaction/Undelivered/Queue/Resource",
    "Tidegate-dev/LaunchFailure/Reaction/Inbox/DeadLetters/Queue/Resource",
    "Tidegate-dev/LaunchFailure/Reaction/Undelivered/Queue/Resource",
    "Tidegate-dev/BedrockThrottling/Reaction/Inbox/DeadLetters/Queue/Resource",
    "Tidegate-dev/BedrockThrottling/Reaction/Undelivered/Queue/Resource",
    "Tidegate-dev/Wakes/Inbox/DeadLetters/Queue/Resource",
}
NOTICES = "Tidegate-dev/SpotInterruption/Reaction/Worker"
ALARMS = "Tidegate-dev/CapacityAlarm/Reaction/Worker"
LAUNCHES = "Tidegate-dev/LaunchFailure/Reaction/Worker"
REPORTS = "Tidegate-dev/BedrockThrottling/Reaction/Worker"
RECONCILE = "Tidegate-dev/Reconcile/Worker"
SWEEP, DRILL, REMOVAL = (f"Tidegate-dev/{one}/Worker" for one in ("Sweep", "Drill", "Removal"))
WORKERS = {NOTICES, ALARMS, LAUNCHES, REPORTS, RECONCILE, SWEEP, DRILL, REMOVAL}
HERE = "<AWS::Region>:<AWS::AccountId>"
ANY_GROUP = f"arn:<AWS::Partition>:autoscaling:{HERE}:autoScalingGroup:*:autoScalingGroupName/*"
OWN_ALARMS = f"arn:<AWS::Partition>:cloudwatch:{HERE}:alarm:tidegate/dev/*"
ANY_ROUTE = f"arn:<AWS::Partition>:ssm:{HERE}:parameter/tidegate/dev/routes/*"
ANY_PROFILE = "arn:<AWS::Partition>:bedrock:*:<AWS::AccountId>:inference-profile/*"
ANY_APPLICATION_PROFILE = "arn:<AWS::Partition>:bedrock:*:<AWS::AccountId>:application-inference-profile/*"
ANY_INSTANCE = f"arn:<AWS::Partition>:ec2:{HERE}:instance/*"


def functions(*workers: str) -> set[str]:
    return {f"{worker}/Function/Resource" for worker in workers}


def policies(*workers: str) -> set[str]:
    return {f"{worker}/Role/DefaultPolicy/Resource" for worker in workers}


ACCEPTED = {
    "AwsSolutions-IAM5[Resource::*]": policies(*WORKERS - {REPORTS}),
    f"AwsSolutions-IAM5[Resource::{ANY_GROUP}]": policies(NOTICES, RECONCILE, REMOVAL),
    f"AwsSolutions-IAM5[Resource::{ANY_INSTANCE}]": policies(NOTICES, RECONCILE),
    f"AwsSolutions-IAM5[Resource::{OWN_ALARMS}]": policies(SWEEP, DRILL, REMOVAL),
    f"AwsSolutions-IAM5[Resource::{ANY_ROUTE}]": {
        *policies(RECONCILE, DRILL, REMOVAL),
        "Tidegate-dev/Client/Policy/Resource",
    },
    f"AwsSolutions-IAM5[Resource::{ANY_PROFILE}]": policies(RECONCILE, DRILL),
    f"AwsSolutions-IAM5[Resource::{ANY_APPLICATION_PROFILE}]": policies(RECONCILE, DRILL),
    "AwsSolutions-L1": functions(*WORKERS),
    "AwsSolutions-SQS3": {
        "Tidegate-dev/SpotInterruption/Reaction/Undelivered/Queue/Resource",
        "Tidegate-dev/CapacityAlarm/Reaction/Undelivered/Queue/Resource",
        "Tidegate-dev/LaunchFailure/Reaction/Undelivered/Queue/Resource",
        "Tidegate-dev/BedrockThrottling/Reaction/Undelivered/Queue/Resource",
    },
    "Serverless-LambdaAsyncFailureDestination": {"Tidegate-dev/Sweep/NowOrNever/Resource"},
    "Serverless-LambdaDLQ": functions(*WORKERS),
    "Serverless-LambdaEventSourceMappingDestination": {
        f"{worker}/Drain/Resource" for worker in (NOTICES, ALARMS, LAUNCHES, REPORTS, RECONCILE)
    },
    "Serverless-LambdaLatestVersion": functions(*WORKERS),
    "Serverless-LambdaTracing": functions(*WORKERS),
    "Serverless-SQSRedrivePolicy": LAST_STOPS,
}
"""Where each rule found something that is accepted with a reason."""


def app(folder: Path) -> App:
    """Return the whole app, not synthesized yet."""
    return build(policy(), context=context(), outdir=str(folder))


def findings(folder: Path, kind: str) -> dict[str, set[str]]:
    """Return where each rule found something, from the report that synth leaves in `folder`."""
    report = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
    assert {plugin["pluginName"] for plugin in report["pluginReports"]} >= {"AwsSolutions", "Serverless"}
    found: dict[str, set[str]] = {}
    for plugin in report["pluginReports"]:
        for one in plugin[kind]:
            places = {construct["constructPath"] for construct in one["violatingConstructs"]}
            found[one["ruleName"]] = found.get(one["ruleName"], set()) | places
    return found


def test_the_whole_app_synthesizes_without_a_finding_but_those_accepted_with_a_reason(tmp_path: Path) -> None:
    app(tmp_path).synth()
    assert findings(tmp_path, "violations") == {}
    assert findings(tmp_path, "suppressedViolations") == ACCEPTED


def test_a_stage_with_account_and_region_synthesizes_without_a_finding(tmp_path: Path) -> None:
    placed = parse({"stage": {"live": {"account": "210987654321", "region": "eu-central-1"}}}, where="test")
    build(placed, context=context(), outdir=str(tmp_path)).synth()
    assert findings(tmp_path, "violations") == {}


def test_a_queue_without_encryption_in_transit_and_dead_letters_is_caught(tmp_path: Path) -> None:
    bad = app(tmp_path)
    sqs.Queue(cast(Stack, bad.node.find_child("Tidegate-dev")), "Bad")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        bad.synth()
    here = {"Tidegate-dev/Bad/Resource"}
    assert findings(tmp_path, "violations") == {
        "AwsSolutions-SQS3": here,
        "AwsSolutions-SQS4": here,
        "Serverless-SQSRedrivePolicy": here,
    }


def test_cfn_lint_has_nothing_to_say(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    # W3005: CDK writes a DependsOn that a reference implies already.
    lint = [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W3005", "--", path]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
