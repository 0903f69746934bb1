"""From the bus to the function: rules, queue and function of the capacity alarm reaction."""

import json
from pathlib import Path
from typing import Any

import pytest

from cdk.stages import build
from tests.infrastructure.roles import CAPACITY_ALARM as HANDLER
from tests.infrastructure.templates import (
    Template,
    context,
    drained_queue,
    function_id,
    mapping_of,
    policy,
    resources,
)
from tidegate.policy.read import Policy, parse
from tidegate.reactions.capacity_alarm import pattern

ADOPTING = parse(
    {
        "stage": {"dev": {}},
        "profile": {
            "default": {"signal": {f"s{number}": {"alarm": f"{number:0>200}-{{group}}-busy"} for number in range(20)}},
            "other": {"signal": {"load": {"alarm": "{group}-busy"}, "all": {"alarm": "site * busy"}}},
        },
    },
    where="test",
)


def rules(template: Template) -> dict[str, Any]:
    """Return the reaction's rules by the names that its pattern gives them."""
    found = {
        name.removeprefix("CapacityAlarmReaction")[:-8]: rule
        for name, rule in resources(template, "AWS::Events::Rule").items()
        if name.startswith("CapacityAlarmReaction")
    }
    assert {rule["State"] for rule in found.values()} == {"ENABLED"}
    return found


@pytest.fixture(scope="module")
def adopting(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of a policy whose profiles adopt more alarms than fit into one rule."""
    folder = tmp_path_factory.mktemp("adopting")
    build(ADOPTING, context=context(), outdir=str(folder)).synth()
    return json.loads(Path(folder, "Tidegate-dev.template.json").read_text(encoding="utf-8"))


def said(policy: Policy) -> dict[str, Any]:
    return dict(pattern.rules("dev", policy.profiles))


def test_the_rules_match_what_the_pattern_says_and_nothing_else(template: Template, adopting: Template) -> None:
    assert {name: rule["EventPattern"] for name, rule in rules(template).items()} == said(policy())
    assert {name: rule["EventPattern"] for name, rule in rules(adopting).items()} == said(ADOPTING)


def test_adopted_alarms_take_as_many_rules_as_they_fill(adopting: Template) -> None:
    assert sorted(rules(adopting)) == ["AdoptedAlarms1", "AdoptedAlarms2", "AdoptedAlarms3", "OwnAlarms"]


def test_every_rule_has_one_target_the_queue_with_retries_until_the_event_is_too_old(adopting: Template) -> None:
    for rule in rules(adopting).values():
        (target,) = rule["Targets"]
        assert target["Arn"] == mapping_of(adopting, HANDLER)["EventSourceArn"]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185}
        assert target["DeadLetterConfig"]["Arn"] != target["Arn"]
        assert not {"Input", "InputPath", "InputTransformer"} & target.keys()


def test_a_message_comes_back_after_its_function_has_ended_and_is_given_up_after_two_minutes(
    template: Template,
) -> None:
    function = resources(template, "AWS::Lambda::Function")[function_id(template, HANDLER)]
    queue = drained_queue(template, HANDLER)
    assert function["Timeout"] == pattern.FUNCTION_TIMEOUT_SECONDS == 20
    assert queue["VisibilityTimeout"] == pattern.VISIBILITY_TIMEOUT_SECONDS == 25
    assert queue["RedrivePolicy"]["maxReceiveCount"] == pattern.MAX_RECEIVES == 5
