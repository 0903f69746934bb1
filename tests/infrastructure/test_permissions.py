"""What each role may do, word for word. A permission more or less than in this table is a failure."""

from typing import Any

import pytest

from tests.infrastructure.templates import ACCOUNT, REGION, Template, resolve, resources, role_policy

SPOT_INTERRUPTION = "tidegate.reactions.spot_interruption.handler.handler"
HERE = f"{REGION}:{ACCOUNT}"

NO_CONDITION: dict[str, Any] = {}
GROUP_OPTED_IN = {"Null": {"autoscaling:ResourceTag/tidegate:profile": "false"}}
ONLY_OUR_TAG = {"ForAllValues:StringEquals": {"aws:TagKeys": ["tidegate:detached"]}}

# Resources by the names this table gives them. Logical ids carry a hash, which is left out.
ANY = "*"
ANY_GROUP = f"arn:aws:autoscaling:{HERE}:autoScalingGroup:*:autoScalingGroupName/*"
ANY_INSTANCE = f"arn:aws:ec2:{HERE}:instance/*"
TABLE = f"arn:aws:dynamodb:{HERE}:table/StateTable"
MODE = f"arn:aws:ssm:{HERE}:parameter/tidegate/dev/mode"
KILL_SWITCH = f"arn:aws:ssm:{HERE}:parameter/tidegate/dev/kill-switch"
WAKES = f"arn:aws:sqs:{HERE}:WakesInboxQueue.fifo"
NOTICES = f"arn:aws:sqs:{HERE}:SpotInterruptionReactionInboxQueue"
DEAD_NOTICES = f"arn:aws:sqs:{HERE}:SpotInterruptionReactionInboxDeadLettersQueue"
LOG = f"arn:aws:logs:{HERE}:log-group:SpotInterruptionReactionWorkerLog:*"

ROLES = {
    SPOT_INTERRUPTION: [
        ("autoscaling:DescribeAutoScalingGroups", ANY, NO_CONDITION),
        ("autoscaling:DescribeAutoScalingInstances", ANY, NO_CONDITION),
        ("autoscaling:DescribeLifecycleHooks", ANY, NO_CONDITION),
        ("autoscaling:DetachInstances", ANY_GROUP, GROUP_OPTED_IN),
        ("autoscaling:TerminateInstanceInAutoScalingGroup", ANY_GROUP, GROUP_OPTED_IN),
        ("dynamodb:BatchGetItem", TABLE, NO_CONDITION),
        ("dynamodb:GetItem", TABLE, NO_CONDITION),
        ("dynamodb:PutItem", TABLE, NO_CONDITION),
        ("dynamodb:UpdateItem", TABLE, NO_CONDITION),
        ("ec2:CreateTags", ANY_INSTANCE, ONLY_OUR_TAG),
        ("logs:CreateLogStream", LOG, NO_CONDITION),
        ("logs:PutLogEvents", LOG, NO_CONDITION),
        ("sqs:DeleteMessage", NOTICES, NO_CONDITION),
        ("sqs:GetQueueAttributes", NOTICES, NO_CONDITION),
        ("sqs:ReceiveMessage", NOTICES, NO_CONDITION),
        ("sqs:SendMessage", DEAD_NOTICES, NO_CONDITION),
        ("sqs:SendMessage", WAKES, NO_CONDITION),
        ("ssm:GetParameters", KILL_SWITCH, NO_CONDITION),
        ("ssm:GetParameters", MODE, NO_CONDITION),
    ]
}

Permission = tuple[str, str, dict[str, Any]]


def permissions(template: Template, handler: str) -> list[Permission]:
    """Return each (action, resource, condition) that the role of `handler` is allowed, sorted."""
    found: list[Permission] = []
    for statement in role_policy(template, handler)["Statement"]:
        assert statement["Effect"] == "Allow"
        found += [
            (action, without_hashes(template, resource), statement.get("Condition", NO_CONDITION))
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        ]
    return sorted(found, key=lambda permission: permission[:2])


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def without_hashes(template: Template, arn: str) -> str:
    for logical_id in template["Resources"]:
        arn = arn.replace(logical_id, logical_id[:-8])
    return arn


@pytest.mark.parametrize("handler", ROLES)
def test_a_role_allows_exactly_what_its_table_says(template: Template, handler: str) -> None:
    assert permissions(template, handler) == ROLES[handler]


def test_every_function_has_a_role_of_its_own_that_stands_in_the_table(template: Template) -> None:
    functions = resources(template, "AWS::Lambda::Function").values()
    assert sorted(function["Handler"] for function in functions) == sorted(ROLES)
    assert len({str(function["Role"]) for function in functions}) == len(ROLES)


def test_there_is_no_role_but_those_of_the_functions(template: Template) -> None:
    roles = resources(template, "AWS::IAM::Role")
    assert len(roles) == len(ROLES)
    for role in roles.values():
        assert not {"ManagedPolicyArns", "Policies"} & role.keys()
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"Service": "lambda.amazonaws.com"})


@pytest.mark.parametrize("handler", ROLES)
def test_only_describe_calls_reach_every_resource(template: Template, handler: str) -> None:
    wide = [action for action, resource, _ in permissions(template, handler) if resource == ANY]
    assert all(action.partition(":")[2].startswith("Describe") for action in wide)


@pytest.mark.parametrize("handler", ROLES)
def test_no_role_has_a_pattern_of_actions_or_may_run_or_pass_anything(template: Template, handler: str) -> None:
    actions = {action for action, _, _ in permissions(template, handler)}
    assert not [action for action in actions if "*" in action]
    assert not actions & {"ec2:RunInstances", "iam:PassRole"}


@pytest.mark.parametrize("handler", ROLES)
def test_auto_scaling_is_written_only_where_the_opt_in_tag_stands(template: Template, handler: str) -> None:
    for action, _, condition in permissions(template, handler):
        if action.startswith("autoscaling:") and ":Describe" not in action:
            assert condition == GROUP_OPTED_IN


def test_the_tag_that_may_be_written_is_the_one_that_the_function_writes() -> None:
    from tidegate.fleet.aws import DETACHED_TAG

    assert ONLY_OUR_TAG["ForAllValues:StringEquals"]["aws:TagKeys"] == [DETACHED_TAG]


def test_only_the_rules_of_this_stack_may_send_to_its_queues(template: Template) -> None:
    rules = {resolve(template, {"Fn::GetAtt": [name, "Arn"]}) for name in resources(template, "AWS::Events::Rule")}
    for policy in resources(template, "AWS::SQS::QueuePolicy").values():
        for statement in resolve(template, policy["PolicyDocument"]["Statement"]):
            if statement["Effect"] == "Allow":
                assert statement["Principal"] == {"Service": "events.amazonaws.com"}
                assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] in rules


def test_only_alarms_of_the_account_may_publish_to_the_topic(template: Template) -> None:
    (policy,) = resources(template, "AWS::SNS::TopicPolicy").values()
    statements = resolve(template, policy["PolicyDocument"]["Statement"])
    (allowed,) = (statement for statement in statements if statement["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{HERE}:alarm:*"},
    }
