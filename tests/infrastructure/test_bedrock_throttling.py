"""From the bus to the function, alarms on routes, and what a stage has of it that has no model."""

from typing import Any, Final

import pytest

from tests.infrastructure.roles import BEDROCK_THROTTLING as HANDLER
from tests.infrastructure.roles import FOR_MODELS, RECONCILE, REMOVAL, ROLES, permissions
from tests.infrastructure.templates import (
    CHAT,
    Template,
    drained_queue,
    function_id,
    mapping_of,
    resources,
    role_id,
    template_of,
    without_models,
)
from tidegate.policy.read import parse
from tidegate.policy.throttle_alarm import owner, prefix
from tidegate.reactions.bedrock_throttling import pattern

PROFILE: Final = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6"
MANY: Final = {
    "residency": "EU",
    "step_down_percent": 20,
    "route": [
        {"name": "home", "kind": "bedrock", "id": "amazon.nova-lite-v1:0", "region": "eu-central-1"},
        {"name": "europe", "kind": "bedrock-profile", "id": "eu.amazon.nova-lite-v1:0", "regions": "EU"},
        {"name": "ours", "kind": "bedrock-profile", "id": PROFILE, "region": "eu-central-1", "regions": "EU"},
        {"name": "paris", "kind": "bedrock", "id": "amazon.nova-lite-v1:0", "region": "eu-west-3"},
        {"name": "laptop", "kind": "bedrock", "id": "amazon.nova-micro-v1:0", "stages": ["local"]},
        {"name": "own", "kind": "openai-compatible", "id": "nova", "endpoint": "http://10.0.0.1:8000/v1"},
    ],
}


@pytest.fixture(scope="module")
def placed() -> Template:
    """The template of a stage that says its Region, with a model of many routes."""
    models = {"chat": MANY, "embed": CHAT}
    return template_of(parse({"stage": {"dev": {"region": "eu-central-1"}}, "model": models}, where="test"))


@pytest.fixture
def bare() -> Template:
    """The template of a stage that has no model."""
    return without_models()


def rules(template: Template) -> dict[str, Any]:
    """Return the reaction's rules by the names that its pattern gives them."""
    return {
        name.removeprefix("BedrockThrottlingReaction")[:-8]: rule
        for name, rule in resources(template, "AWS::Events::Rule").items()
        if name.startswith("BedrockThrottlingReaction")
    }


def alarms(template: Template) -> dict[str, Any]:
    """Return the alarms on routes by `model/route/watch`."""
    found = resources(template, "AWS::CloudWatch::Alarm").values()
    own = {str(one["AlarmName"]): one for one in found if "AlarmName" in one}
    return {name.removeprefix(prefix("dev")): one for name, one in own.items()}


def test_the_rules_match_what_the_pattern_says_and_go_to_the_queue_until_the_event_is_too_old(
    template: Template,
) -> None:
    found = rules(template)
    assert {name: rule["EventPattern"] for name, rule in found.items()} == pattern.rules("dev")
    for name, rule in found.items():
        (target,) = rule["Targets"]
        assert rule["State"] == "ENABLED"
        assert target["Arn"] == mapping_of(template, HANDLER)["EventSourceArn"]
        seconds = {"ThrottleAlarms": 3600, "ClientReports": 300}[name]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": seconds, "MaximumRetryAttempts": 185}
        assert target["DeadLetterConfig"]["Arn"] != target["Arn"]
        assert not {"Input", "InputPath", "InputTransformer"} & target.keys()


def test_a_message_comes_back_after_its_function_has_ended_and_is_given_up_after_a_minute(template: Template) -> None:
    function = resources(template, "AWS::Lambda::Function")[function_id(template, HANDLER)]
    queue = drained_queue(template, HANDLER)
    assert function["Timeout"] == pattern.FUNCTION_TIMEOUT_SECONDS == 10
    assert queue["VisibilityTimeout"] == pattern.VISIBILITY_TIMEOUT_SECONDS == 15
    assert queue["RedrivePolicy"]["maxReceiveCount"] == pattern.MAX_RECEIVES == 5


def test_only_routes_of_bedrock_that_the_stages_own_region_calls_have_alarms(
    template: Template, placed: Template
) -> None:
    def both(*routes: str) -> set[str]:
        return {f"{route}/{watch}" for route in routes for watch in ("throttles", "throttle-ratio")}

    assert alarms(template).keys() == both("chat/home")
    assert alarms(placed).keys() == both("chat/home", "chat/europe", "chat/ours", "embed/home")


def test_an_alarm_tells_its_route_by_its_name_calls_nobody_and_takes_silence_for_quiet(placed: Template) -> None:
    for name, alarm in alarms(placed).items():
        assert owner("dev", alarm["AlarmName"]) == tuple(name.split("/"))
        assert not {"AlarmActions", "OKActions", "InsufficientDataActions", "DatapointsToAlarm"} & alarm.keys()
        assert (alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (1, "notBreaching")


def metrics(alarm: Any) -> dict[str, tuple[str, str]]:
    """Return name and ModelId of each metric of an alarm on metric math, by its id."""
    found = {one["Id"]: one["MetricStat"] for one in alarm["Metrics"] if "MetricStat" in one}
    assert {(one["Stat"], one["Period"]) for one in found.values()} == {("Sum", 60)}
    read = {id_: one["Metric"] for id_, one in found.items()}
    return {id_: (one["MetricName"], one["Dimensions"][0]["Value"]) for id_, one in read.items()}


def expressions(alarm: Any) -> dict[str, bool]:
    """Return the expressions of an alarm on metric math, and which of them it watches."""
    return {one["Expression"]: one["ReturnData"] for one in alarm["Metrics"] if "Expression" in one}


def test_one_throttle_in_a_minute_rings_under_the_id_by_which_the_route_is_called(placed: Template) -> None:
    said = alarms(placed)["chat/europe/throttles"]
    assert {key: said[key] for key in ("Namespace", "MetricName", "Statistic", "Period")} == {
        "Namespace": "AWS/Bedrock",
        "MetricName": "InvocationThrottles",
        "Statistic": "Sum",
        "Period": 60,
    }
    assert said["Dimensions"] == [{"Name": "ModelId", "Value": "eu.amazon.nova-lite-v1:0"}]
    assert (said["ComparisonOperator"], said["Threshold"]) == ("GreaterThanThreshold", 0)


def test_a_route_that_an_arn_names_is_watched_under_that_and_under_the_id_at_its_end(placed: Template) -> None:
    throttles, ratio = (alarms(placed)[f"chat/ours/{watch}"] for watch in ("throttles", "throttle-ratio"))
    both = {"t0": ("InvocationThrottles", PROFILE), "t1": ("InvocationThrottles", "a1b2c3d4e5f6")}
    assert (expressions(throttles), metrics(throttles)) == ({"SUM([t0, t1])": True}, both)
    assert (throttles["ComparisonOperator"], throttles["Threshold"]) == ("GreaterThanThreshold", 0)
    assert metrics(ratio) == {**both, "a0": ("Invocations", PROFILE), "a1": ("Invocations", "a1b2c3d4e5f6")}
    assert expressions(ratio) == {
        "100 * throttled / SUM([throttled, FILL(a0, 0), FILL(a1, 0)])": True,
        "SUM([t0, t1])": False,
    }


def test_the_ratio_rings_at_the_share_of_its_model(placed: Template) -> None:
    said = alarms(placed)["chat/europe/throttle-ratio"]
    assert (said["ComparisonOperator"], said["Threshold"]) == ("GreaterThanOrEqualToThreshold", 20)
    assert alarms(placed)["embed/home/throttle-ratio"]["Threshold"] == 5
    assert expressions(said) == {"100 * throttled / SUM([throttled, FILL(a0, 0)])": True}
    model = "eu.amazon.nova-lite-v1:0"
    assert metrics(said) == {"throttled": ("InvocationThrottles", model), "a0": ("Invocations", model)}


def test_a_stage_without_models_has_no_queue_no_alarm_and_no_permission_for_them(bare: Template) -> None:
    handlers = {one["Handler"] for one in resources(bare, "AWS::Lambda::Function").values()}
    assert handlers == ROLES.keys() - {HANDLER}
    assert (rules(bare), alarms(bare), resources(bare, "AWS::IAM::ManagedPolicy")) == ({}, {}, {})
    assert permissions(bare, role_id(bare, RECONCILE)) == [one for one in ROLES[RECONCILE] if one not in FOR_MODELS]


def test_documents_of_models_that_a_stage_had_once_go_with_it_all_the_same(bare: Template) -> None:
    assert permissions(bare, role_id(bare, REMOVAL)) == ROLES[REMOVAL]
