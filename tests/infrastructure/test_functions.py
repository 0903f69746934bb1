"""Every function of the stack: what Lambda is told about it, and what it is told itself."""

from importlib import import_module
from typing import Any

import pytest

from tests.infrastructure.roles import (
    BEDROCK_THROTTLING,
    CAPACITY_ALARM,
    DRILL,
    LAUNCH_FAILURE,
    RECONCILE,
    REMOVAL,
    ROLES,
    SPOT_INTERRUPTION,
    SWEEP,
)
from tests.infrastructure.templates import Template, function_id, resolve, resources, without_hashes

SECONDS = {
    SPOT_INTERRUPTION: 10,
    CAPACITY_ALARM: 20,
    LAUNCH_FAILURE: 10,
    BEDROCK_THROTTLING: 10,
    RECONCILE: 20,
    SWEEP: 30,
    DRILL: 30,
    REMOVAL: 180,
}

QUEUES = "https://sqs.us-east-1.amazonaws.com/123456789012/"
COMMON = {
    "TIDEGATE_STAGE": "dev",
    "TIDEGATE_TABLE": "StateTable",
    "TIDEGATE_MODE": "/tidegate/dev/mode",
    "TIDEGATE_KILL_SWITCH": "/tidegate/dev/kill-switch",
    "POWERTOOLS_SERVICE_NAME": "tidegate",
    "POWERTOOLS_METRICS_NAMESPACE": "Tidegate",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "AWS_RETRY_MODE": "standard",
    "AWS_MAX_ATTEMPTS": "2",
    "AWS_DATA_PATH": "/var/task/models",
}
WAKES = {"TIDEGATE_WAKES": f"{QUEUES}WakesInboxQueue.fifo"}
ENVIRONMENT = {
    SPOT_INTERRUPTION: {
        **COMMON,
        **WAKES,
        "TIDEGATE_DEAD_LETTERS": f"{QUEUES}SpotInterruptionReactionInboxDeadLettersQueue",
        "TIDEGATE_INBOX": f"{QUEUES}SpotInterruptionReactionInboxQueue",
    },
    CAPACITY_ALARM: {
        **COMMON,
        **WAKES,
        "TIDEGATE_DEAD_LETTERS": f"{QUEUES}CapacityAlarmReactionInboxDeadLettersQueue",
    },
    LAUNCH_FAILURE: {
        **COMMON,
        **WAKES,
        "TIDEGATE_DEAD_LETTERS": f"{QUEUES}LaunchFailureReactionInboxDeadLettersQueue",
    },
    BEDROCK_THROTTLING: {
        **COMMON,
        **WAKES,
        "TIDEGATE_DEAD_LETTERS": f"{QUEUES}BedrockThrottlingReactionInboxDeadLettersQueue",
    },
    RECONCILE: COMMON,
    SWEEP: {**COMMON, **WAKES},
    DRILL: COMMON,
    REMOVAL: COMMON,
}


@pytest.fixture(params=ROLES)
def handler(request: Any) -> str:
    """The handler of each function."""
    return request.param


@pytest.fixture
def function(template: Template, handler: str) -> Any:
    """The function's properties, with its environment as Lambda would show it."""
    return resolve(template, resources(template, "AWS::Lambda::Function")[function_id(template, handler)])


def test_the_handler_string_names_a_function_that_exists(handler: str) -> None:
    module, _, name = handler.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_it_is_given_so_many_seconds(function: Any, handler: str) -> None:
    assert function["Timeout"] == SECONDS[handler]


def test_it_finds_what_it_needs_by_its_environment_and_nothing_else(
    template: Template, function: Any, handler: str
) -> None:
    said = {name: without_hashes(template, value) for name, value in function["Environment"]["Variables"].items()}
    assert said == ENVIRONMENT[handler]


def test_it_runs_the_locked_python_on_arm_without_tracing(function: Any) -> None:
    assert (function["Runtime"], function["Architectures"], function["MemorySize"]) == ("python3.13", ["arm64"], 1024)
    assert "TracingConfig" not in function
    assert "ReservedConcurrentExecutions" not in function  # it would count against the account's whole concurrency


def test_it_starts_once_its_role_may_do_what_it_has_to(template: Template, handler: str) -> None:
    function = template["Resources"][function_id(template, handler)]
    kinds = {template["Resources"][name]["Type"] for name in function["DependsOn"]}
    assert kinds - {"Custom::TidegateRemoval"} == {"AWS::IAM::Policy", "AWS::IAM::Role"}


def test_all_run_the_same_code(template: Template) -> None:
    assert len({str(one["Code"]) for one in resources(template, "AWS::Lambda::Function").values()}) == 1


def test_each_has_a_log_of_its_own_that_is_kept_for_a_month_and_goes_with_the_stack(template: Template) -> None:
    logs = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::Logs::LogGroup"}
    functions = resources(template, "AWS::Lambda::Function").values()
    assert sorted(one["LoggingConfig"]["LogGroup"]["Ref"] for one in functions) == sorted(logs)
    for log in logs.values():
        assert log["Properties"] == {"RetentionInDays": 30}
        assert log["DeletionPolicy"] == "Delete"
