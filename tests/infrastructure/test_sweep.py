"""The sweep: the schedule that starts it every minute, and what becomes of a start that fails."""

import json
from typing import Any

import pytest

from tests.infrastructure.roles import SWEEP
from tests.infrastructure.templates import Template, function_id, resources
from tidegate.loop import delivery


@pytest.fixture
def schedule(template: Template) -> Any:
    """The one schedule of the stack."""
    (found,) = resources(template, "AWS::Scheduler::Schedule").values()
    return found


def test_the_schedule_starts_the_sweep_every_minute_at_once(template: Template, schedule: Any) -> None:
    assert schedule.keys() == {"FlexibleTimeWindow", "ScheduleExpression", "Target"}
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": [function_id(template, SWEEP), "Arn"]}


def test_a_sweep_is_told_the_minute_that_is_meant(schedule: Any) -> None:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    assert json.loads(schedule["Target"]["Input"]) == {"time": "<aws.scheduler.scheduled-time>"}


def test_a_start_that_lambda_turns_away_is_tried_once_more_and_not_after_a_minute(schedule: Any) -> None:
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1}


def test_the_schedule_is_made_once_its_role_may_start_the_sweep(template: Template) -> None:
    (schedule,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::Scheduler::Schedule")
    kinds = {template["Resources"][name]["Type"] for name in schedule["DependsOn"]}
    assert kinds == {"AWS::IAM::Policy", "AWS::IAM::Role"}


def test_a_sweep_that_fails_is_not_repeated_and_one_that_waits_is_dropped_after_a_minute(template: Template) -> None:
    (config,) = resources(template, "AWS::Lambda::EventInvokeConfig").values()
    assert config == {
        "FunctionName": {"Ref": function_id(template, SWEEP)},
        "Qualifier": "$LATEST",
        "MaximumEventAgeInSeconds": 60,
        "MaximumRetryAttempts": 0,
    }


def test_a_sweep_ends_before_the_next_one_begins(template: Template) -> None:
    function = resources(template, "AWS::Lambda::Function")[function_id(template, SWEEP)]
    assert function["Timeout"] == delivery.SWEEP_TIMEOUT_SECONDS < 60 * delivery.SWEEP_EVERY_MINUTES
