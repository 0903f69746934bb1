"""Whether a policy allows what is needed: action, resource, conditions."""

from typing import Any

import pytest

from tidegate.desk.region.iam.evaluate import Need, allowed

QUEUE = "arn:aws:sqs:us-east-1:123456789012:wakes"


def statement(action: Any = "sqs:SendMessage", resource: Any = "*", effect: str = "Allow", **more: Any) -> Any:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


CASES: list[tuple[list[Any], bool]] = [
    ([], False),
    ([statement()], True),
    ([statement("sqs:*")], True),
    ([statement("SQS:sendmessage")], True),
    ([statement("sqs:Send")], False),
    ([statement("sqs:SendMessage?")], False),
    ([statement(["sqs:ReceiveMessage", "sqs:SendMessage"])], True),
    ([statement(resource=QUEUE)], True),
    ([statement(resource=[QUEUE + "x", QUEUE])], True),
    ([statement(resource=QUEUE + "x")], False),
    ([statement(resource="arn:aws:sqs:*:123456789012:wake?")], True),
    ([statement(), statement(effect="Deny")], False),
    ([statement(effect="Deny", resource="arn:aws:sqs:eu-*"), statement()], True),
]


@pytest.mark.parametrize(("statements", "expected"), CASES)
def test_a_need_is_met_by_what_the_statements_say(statements: list[Any], expected: bool) -> None:
    assert allowed(Need("sqs:SendMessage", QUEUE), statements) is expected


def test_an_unknown_resource_asks_for_the_action_only() -> None:
    assert allowed(Need("sqs:SendMessage", None), [statement(resource=QUEUE)])


CONDITIONS: list[tuple[dict[str, Any], dict[str, list[str]], bool]] = [
    ({"Null": {"tag/profile": "false"}}, {"tag/profile": ["default"]}, True),
    ({"Null": {"tag/profile": "false"}}, {}, False),
    ({"Null": {"tag/profile": "true"}}, {}, True),
    ({"Null": {"tag/profile": False}}, {"tag/profile": ["default"]}, True),
    ({"StringEquals": {"key": "a"}}, {"key": ["a"]}, True),
    ({"StringEquals": {"key": ["b", "a"]}}, {"key": ["a"]}, True),
    ({"StringEquals": {"key": "a"}}, {"key": ["b"]}, False),
    ({"StringEquals": {"key": "a"}}, {}, False),
    ({"StringLike": {"key": "a*"}}, {"key": ["ab"]}, True),
    ({"ForAllValues:StringEquals": {"key": ["a"]}}, {"key": ["a"]}, True),
    ({"ForAllValues:StringEquals": {"key": ["a"]}}, {"key": ["a", "b"]}, False),
    ({"ForAllValues:StringEquals": {"key": ["a"]}}, {}, True),
    ({"ForAnyValue:StringEquals": {"key": ["a"]}}, {"key": ["a", "b"]}, True),
    ({"StringEquals": {"key": "a"}, "Null": {"other": "false"}}, {"key": ["a"]}, False),
]


@pytest.mark.parametrize(("condition", "context", "expected"), CONDITIONS)
def test_every_condition_must_hold(condition: Any, context: dict[str, list[str]], expected: bool) -> None:
    need = Need("sqs:SendMessage", QUEUE, context)

    assert allowed(need, [statement(Condition=condition)]) is expected
