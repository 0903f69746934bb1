"""From the bus to the function: rules, queue and function of the spot interruption reaction."""

import json
from typing import Any

import pytest

from tests.infrastructure.roles import SPOT_INTERRUPTION as HANDLER
from tests.infrastructure.templates import PROJECT, Template, drained_queue, function_id, mapping_of, resources
from tidegate.reactions.spot_interruption import pattern


@pytest.fixture
def rules(template: Template) -> dict[str, Any]:
    """The reaction's rules by the names that its pattern gives them."""
    found = resources(template, "AWS::Events::Rule")
    return {
        name: rule
        for name in pattern.RULES
        for logical_id, rule in found.items()
        if logical_id.startswith(f"SpotInterruptionReaction{name}")
    }


@pytest.fixture
def function(template: Template) -> Any:
    """The function's properties."""
    return resources(template, "AWS::Lambda::Function")[function_id(template, HANDLER)]


@pytest.fixture
def mapping(template: Template) -> Any:
    """The event source mapping of the function."""
    return mapping_of(template, HANDLER)


@pytest.fixture
def queue(template: Template) -> Any:
    """The queue that the function drains."""
    return drained_queue(template, HANDLER)


def test_the_rules_match_what_the_pattern_says_and_nothing_else(rules: dict[str, Any]) -> None:
    assert {name: rule["EventPattern"] for name, rule in rules.items()} == pattern.RULES
    assert {rule["State"] for rule in rules.values()} == {"ENABLED"}


def test_every_rule_listens_to_aws_and_to_drills(rules: dict[str, Any]) -> None:
    assert {tuple(rule["EventPattern"]["source"]) for rule in rules.values()} == {("aws.ec2", "tidegate.drill")}


def test_every_recorded_event_of_this_reaction_is_matched_by_exactly_one_rule() -> None:
    recorded = [json.loads(path.read_text(encoding="utf-8")) for path in (PROJECT / "tests/events").glob("**/*.json")]
    notices = [event for event in recorded if event["detail-type"] in (pattern.WARNING, pattern.RECOMMENDATION)]
    assert notices, "no recorded event of this reaction in tests/events"
    for event in notices:
        hits = [rule for rule in pattern.RULES.values() if all(event[key] in values for key, values in rule.items())]
        assert len(hits) == 1


def test_a_warning_is_not_delivered_once_its_machine_is_gone(rules: dict[str, Any]) -> None:
    ages = {name: rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] for name, rule in rules.items()}
    assert ages == pattern.MAX_EVENT_AGE_SECONDS
    assert ages["InterruptionWarning"] == 120


def test_every_rule_has_one_target_the_queue_with_retries_until_the_event_is_too_old(
    rules: dict[str, Any], mapping: Any
) -> None:
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["Arn"] == mapping["EventSourceArn"]
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 185
        assert target["DeadLetterConfig"]["Arn"] != target["Arn"]
        assert (
            not {"Input", "InputPath", "InputTransformer"} & target.keys()
        )  # the handler reads the event as AWS sent it


def test_a_message_comes_back_after_its_function_has_ended_and_while_its_machine_still_runs(
    function: Any, queue: Any
) -> None:
    assert function["Timeout"] == pattern.FUNCTION_TIMEOUT_SECONDS == 10
    assert queue["VisibilityTimeout"] == pattern.VISIBILITY_TIMEOUT_SECONDS == 15
    assert function["Timeout"] < queue["VisibilityTimeout"]
    receives = queue["RedrivePolicy"]["maxReceiveCount"]
    assert receives == pattern.MAX_RECEIVES
    assert receives * queue["VisibilityTimeout"] <= pattern.MAX_EVENT_AGE_SECONDS["InterruptionWarning"]
