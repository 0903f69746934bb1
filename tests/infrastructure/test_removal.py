"""The custom resource: what is deleted before it, what stays for as long as it does, and how long it is waited for."""

import json
import re
from typing import Any

import pytest

from tests.infrastructure.roles import REMOVAL, SWEEP
from tests.infrastructure.templates import Template, function_id, role_id
from tidegate.loop import delivery


@pytest.fixture
def resource(template: Template) -> str:
    """The logical id of the one custom resource."""
    (found,) = (name for name, one in template["Resources"].items() if one["Type"].startswith("Custom::"))
    return found


def references(value: Any) -> set[str]:
    """Return the logical ids that a part of the template refers to."""
    text = json.dumps(value)
    return set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r'"Fn::GetAtt": \["(\w+)"', text))


def needed(template: Template, name: str) -> set[str]:
    """Return everything that CloudFormation makes before a resource, and deletes after it."""
    found: set[str] = set()
    rest = [name]
    while rest:
        one = template["Resources"].get(rest.pop(), {})
        direct = references(one.get("Properties", {})) | set(one.get("DependsOn", []))
        rest += direct - found
        found |= direct
    return found


def test_the_sweep_and_its_schedule_are_deleted_before_it(template: Template, resource: str) -> None:
    schedules = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::Scheduler::Schedule"]
    for maker in (function_id(template, SWEEP), *schedules):
        assert resource in needed(template, maker)


def test_its_function_its_permissions_and_its_log_are_deleted_after_it(template: Template, resource: str) -> None:
    later = needed(template, resource)
    assert {function_id(template, REMOVAL), role_id(template, REMOVAL)} <= later
    kinds = {template["Resources"][name]["Type"] for name in later if name.startswith("Removal")}
    assert kinds == {"AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup"}


def test_it_calls_its_function_and_is_waited_for_as_long_as_three_tries_take(template: Template, resource: str) -> None:
    said = template["Resources"][resource]
    assert said["Properties"] == {
        "ServiceToken": {"Fn::GetAtt": [function_id(template, REMOVAL), "Arn"]},
        "ServiceTimeout": str(delivery.REMOVAL_GIVEN_UP_SECONDS),
    }
    # Lambda waits one minute, then two: lambda/latest/dg/invocation-async-error-handling.html
    assert 3 * delivery.REMOVAL_TIMEOUT_SECONDS + 60 + 120 < delivery.REMOVAL_GIVEN_UP_SECONDS
    assert said.get("DeletionPolicy", "Delete") == "Delete"
