"""Who may do what: the roles against their tables, and what holds for every one of them."""

from typing import Any

import pytest

from tests.infrastructure.roles import (
    DETACHED,
    DRILL,
    FROM_DRILLS,
    GROUP_OPTED_IN,
    HERE,
    OUR_TAG_IN_A_GROUP,
    OWN_ALARMS,
    ROLES,
    SCHEDULE,
    WITHOUT_ACTIONS,
    Permission,
    permissions,
)
from tests.infrastructure.templates import ACCOUNT, Template, resolve, resources, role_id
from tidegate.policy.alarm import prefix

FUNCTIONS = "lambda.amazonaws.com"
SCHEDULES = "scheduler.amazonaws.com"


def role_of_schedule(template: Template) -> str:
    """Return the logical id of the role that the schedule works under."""
    (schedule,) = resources(template, "AWS::Scheduler::Schedule").values()
    return schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]


def every_permission(template: Template) -> list[Permission]:
    """Return what all roles together are allowed."""
    return [one for role in resources(template, "AWS::IAM::Role") for one in permissions(template, role)]


@pytest.mark.parametrize("handler", ROLES)
def test_a_function_may_do_exactly_what_its_table_says(template: Template, handler: str) -> None:
    assert permissions(template, role_id(template, handler)) == ROLES[handler]


def test_the_schedule_may_start_the_sweep_and_nothing_else(template: Template) -> None:
    assert permissions(template, role_of_schedule(template)) == SCHEDULE


def test_every_function_stands_in_the_table(template: Template) -> None:
    functions = resources(template, "AWS::Lambda::Function").values()
    assert sorted(function["Handler"] for function in functions) == sorted(ROLES)


def test_every_role_is_used_by_exactly_one_function_or_by_the_schedule(template: Template) -> None:
    used = [role_id(template, handler) for handler in ROLES] + [role_of_schedule(template)]
    assert sorted(used) == sorted(resources(template, "AWS::IAM::Role"))


def test_every_policy_is_of_exactly_one_role(template: Template) -> None:
    policies = resources(template, "AWS::IAM::Policy").values()
    assert sorted(role["Ref"] for policy in policies for role in policy["Roles"]) == sorted(
        resources(template, "AWS::IAM::Role")
    )


def test_only_lambda_assumes_the_roles_of_functions_and_only_for_this_account_the_scheduler_its_own(
    template: Template,
) -> None:
    def trust(service: str, **more: Any) -> dict[str, Any]:
        return {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}, **more}

    ours = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    schedules = role_of_schedule(template)
    for name, role in resources(template, "AWS::IAM::Role").items():
        said = resolve(template, role["AssumeRolePolicyDocument"]["Statement"])
        assert said == [trust(SCHEDULES, Condition=ours) if name == schedules else trust(FUNCTIONS)]


def test_no_role_has_a_policy_that_stands_elsewhere(template: Template) -> None:
    for role in resources(template, "AWS::IAM::Role").values():
        assert not {"ManagedPolicyArns", "PermissionsBoundary", "Policies"} & role.keys()


def test_only_calls_that_read_reach_every_resource(template: Template) -> None:
    wide = [action for action, resource, _ in every_permission(template) if resource == "*"]
    assert all(action.partition(":")[2].startswith(("Describe", "GetMetricData")) for action in wide)


def test_no_role_has_a_pattern_of_actions_or_may_run_or_pass_anything(template: Template) -> None:
    actions = {action for action, _, _ in every_permission(template)}
    assert not [action for action in actions if "*" in action]
    assert not actions & {"ec2:RunInstances", "iam:PassRole"}
    assert not [action for action in actions if action.startswith(("iam:", "sts:"))]


def test_auto_scaling_is_written_only_where_the_opt_in_tag_stands(template: Template) -> None:
    for action, _, condition in every_permission(template):
        if action.startswith("autoscaling:") and ":Describe" not in action:
            assert condition.keys() == GROUP_OPTED_IN.keys()
            assert condition["Null"].items() >= GROUP_OPTED_IN["Null"].items()


def test_machines_are_ended_only_where_our_tag_stands_and_marked_with_it_only_in_a_group(template: Template) -> None:
    conditions = {"ec2:TerminateInstances": DETACHED, "ec2:CreateTags": OUR_TAG_IN_A_GROUP}
    written = [one for one in every_permission(template) if one[0].startswith("ec2:") and ":Describe" not in one[0]]
    assert {action for action, *_ in written} == conditions.keys()
    assert [one for one in written if one[2] != conditions[one[0]]] == []


def test_alarms_are_written_only_by_the_prefix_of_the_stage_and_without_any_action(template: Template) -> None:
    reads = (":Describe", ":GetMetricData")
    own = [one for one in every_permission(template) if one[0].startswith("cloudwatch:")]
    written = [one for one in own if not any(word in one[0] for word in reads)]

    assert {resource for _, resource, _ in written} == {OWN_ALARMS}
    assert OWN_ALARMS.endswith(f":alarm:{prefix('dev')}*")
    assert {str(condition) for action, _, condition in written if "Put" in action} == {str(WITHOUT_ACTIONS)}


def test_only_the_drill_may_put_events_and_only_in_its_own_name(template: Template) -> None:
    from tidegate.loop.drilling import SOURCE

    holders = {
        role: condition
        for role in resources(template, "AWS::IAM::Role")
        for action, _, condition in permissions(template, role)
        if action.startswith("events:")
    }
    assert holders == {role_id(template, DRILL): FROM_DRILLS}
    assert FROM_DRILLS["StringEquals"]["events:source"] == SOURCE


def test_the_tag_that_may_be_written_is_the_one_that_the_function_writes() -> None:
    from tidegate.fleet.strays import DETACHED_TAG

    assert OUR_TAG_IN_A_GROUP["ForAllValues:StringEquals"] == {"aws:TagKeys": [DETACHED_TAG]}
    assert DETACHED["Null"] == {f"ec2:ResourceTag/{DETACHED_TAG}": "false"}


def test_only_the_rules_of_this_stack_may_send_to_its_queues(template: Template) -> None:
    rules = {resolve(template, {"Fn::GetAtt": [name, "Arn"]}) for name in resources(template, "AWS::Events::Rule")}
    for policy in resources(template, "AWS::SQS::QueuePolicy").values():
        for statement in resolve(template, policy["PolicyDocument"]["Statement"]):
            if statement["Effect"] == "Allow":
                assert statement["Principal"] == {"Service": "events.amazonaws.com"}
                assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] in rules


def test_nobody_from_outside_may_invoke_a_function(template: Template) -> None:
    kinds = {one["Type"] for one in template["Resources"].values()}
    assert not kinds & {"AWS::Lambda::Permission", "AWS::Lambda::Url"}


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
