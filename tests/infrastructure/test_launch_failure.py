"""From the bus to the function: rule, queue and function of the launch failure reaction."""

from typing import Any

import pytest

from tests.infrastructure.roles import LAUNCH_FAILURE as HANDLER
from tests.infrastructure.templates import Template, drained_queue, function_id, mapping_of, resources
from tidegate.reactions.launch_failure import pattern


@pytest.fixture
def rule(template: Template) -> Any:
    """The reaction's one rule."""
    found = resources(template, "AWS::Events::Rule").items()
    (only,) = (rule for name, rule in found if name.startswith("LaunchFailureReaction"))
    return only


def test_the_rule_matches_what_the_pattern_says_and_names_no_group(rule: Any) -> None:
    assert (rule["EventPattern"], rule["State"]) == (pattern.RULES["LaunchUnsuccessful"], "ENABLED")
    assert rule["EventPattern"] == {
        "source": ["aws.autoscaling", "tidegate.drill"],
        "detail-type": ["EC2 Instance Launch Unsuccessful"],
    }


def test_the_rule_has_one_target_the_queue_with_retries_until_the_event_is_too_old(
    template: Template, rule: Any
) -> None:
    (target,) = rule["Targets"]
    assert target["Arn"] == mapping_of(template, HANDLER)["EventSourceArn"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185}
    assert target["DeadLetterConfig"]["Arn"] != target["Arn"]
    assert not {"Input", "InputPath", "InputTransformer"} & target.keys()


def test_a_message_comes_back_after_its_function_has_ended_and_is_given_up_after_a_minute(template: Template) -> None:
    function = resources(template, "AWS::Lambda::Function")[function_id(template, HANDLER)]
    queue = drained_queue(template, HANDLER)
    assert function["Timeout"] == pattern.FUNCTION_TIMEOUT_SECONDS == 10
    assert queue["VisibilityTimeout"] == pattern.VISIBILITY_TIMEOUT_SECONDS == 15
    assert queue["RedrivePolicy"]["maxReceiveCount"] == pattern.MAX_RECEIVES == 5
