"""What an application may do under the policy that the stack prints for it, call by call."""

from typing import Any, Final

import pytest

from tests.infrastructure.roles import CLIENT, allowed
from tests.infrastructure.templates import Template, resolve, resources
from tidegate.desk.region.iam import evaluate
from tidegate.desk.region.iam.permissions import needs
from tidegate.policy.document import parameter
from tidegate.policy.report import DETAIL_TYPE, SOURCE

ENTRY: Final = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": "{}"}

CALLS: Final[dict[str, tuple[str, str, dict[str, Any], bool]]] = {
    "follow a model": ("ssm", "GetParameter", {"Name": parameter("dev", "chat")}, True),
    "follow a model of another stage": ("ssm", "GetParameter", {"Name": parameter("live", "chat")}, False),
    "read the mode": ("ssm", "GetParameter", {"Name": "/tidegate/dev/mode"}, False),
    "publish a route": ("ssm", "PutParameter", {"Name": parameter("dev", "chat")}, False),
    "withdraw a route": ("ssm", "DeleteParameter", {"Name": parameter("dev", "chat")}, False),
    "report a route": ("events", "PutEvents", {"Entries": [ENTRY]}, True),
    "report many": ("events", "PutEvents", {"Entries": [ENTRY] * 10}, True),
    "begin a drill": ("events", "PutEvents", {"Entries": [ENTRY | {"Source": "tidegate.drill"}]}, False),
    "slip one in": ("events", "PutEvents", {"Entries": [ENTRY, ENTRY | {"Source": "tidegate.drill"}]}, False),
    "send another kind": ("events", "PutEvents", {"Entries": [ENTRY | {"DetailType": "Order"}]}, False),
    "use another bus": ("events", "PutEvents", {"Entries": [ENTRY | {"EventBusName": "orders"}]}, False),
    "call a model": ("bedrock", "InvokeModel", {"modelId": "amazon.nova-lite-v1:0"}, False),
}


@pytest.fixture
def statements(template: Template) -> list[dict[str, Any]]:
    """What the one managed policy says."""
    (policy,) = resources(template, "AWS::IAM::ManagedPolicy").values()
    assert not {"Roles", "Users", "Groups", "ManagedPolicyName"} & policy.keys()
    return resolve(template, policy["PolicyDocument"]["Statement"])


def test_it_allows_exactly_what_its_table_says(template: Template, statements: list[dict[str, Any]]) -> None:
    assert allowed(template, statements) == CLIENT


@pytest.mark.parametrize(("service", "operation", "parameters", "may"), CALLS.values(), ids=CALLS)
def test_what_an_application_may_do_with_it(
    statements: list[dict[str, Any]], service: str, operation: str, parameters: dict[str, Any], may: bool
) -> None:
    needed = needs(service, operation, parameters)
    assert all(evaluate.allowed(need, statements) for need in needed) == may
