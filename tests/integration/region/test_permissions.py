"""A role's calls need its permissions; a person's don't."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.iam import enforce
from tidegate.desk.region.region import Region

GROUPS = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/tidegate-drill"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:tidegate-drill-spot-interruption"

OPTED_IN = {"Null": {"autoscaling:ResourceTag/tidegate:profile": "false"}}
ONE_TAG = {"ForAllValues:StringEquals": {"aws:TagKeys": ["tidegate:detached"]}}


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def terminate(region: Region) -> tuple[str, str, dict[str, Any]]:
    machine = region.fleet().machines()[0].id
    wanted = {"InstanceId": machine, "ShouldDecrementDesiredCapacity": False}
    return "autoscaling", "terminate_instance_in_auto_scaling_group", wanted


def terminate_untagged(region: Region) -> tuple[str, str, dict[str, Any]]:
    machine = region.fleet(profile=None).machines()[0].id
    wanted = {"InstanceIds": [machine], "AutoScalingGroupName": "chat", "ShouldDecrementDesiredCapacity": False}
    return "autoscaling", "terminate_instance_in_auto_scaling_group", wanted


def tag(key: str) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        machine = region.fleet().machines()[0].id
        return "ec2", "create_tags", {"Resources": [machine], "Tags": [{"Key": key, "Value": "x"}]}

    return call


def transact(region: Region) -> tuple[str, str, dict[str, Any]]:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    items = [
        {"Put": {"TableName": "tidegate-drill", "Item": item}},
        {"Update": {"TableName": "tidegate-drill", "Key": item | {"sk": {"S": "c"}}, **update}},
    ]
    return "dynamodb", "transact_write_items", {"TransactItems": items}


def send(region: Region) -> tuple[str, str, dict[str, Any]]:
    entries = [{"Id": "1", "MessageBody": "x"}]
    return "sqs", "send_message_batch", {"QueueUrl": region.deployment.queue_url, "Entries": entries}


def read_open(operation: str, *, index: bool) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        wanted: dict[str, Any] = {"TableName": "tidegate-drill", **({"IndexName": "open"} if index else {})}
        if operation == "query":
            name = "open" if index else "pk"
            wanted |= {"KeyConditionExpression": "#key = :value", "ExpressionAttributeNames": {"#key": name}}
            wanted |= {"ExpressionAttributeValues": {":value": {"S": "x"}}}
        return "dynamodb", operation, wanted

    return call


def end(*, detached: bool) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        machine = region.fleet().machines()[0].id
        if detached:
            tags = [{"Key": "tidegate:detached", "Value": "2026-03-02T09:00:00Z"}]
            region.client("ec2").create_tags(Resources=[machine], Tags=tags)
        return "ec2", "terminate_instances", {"InstanceIds": [machine]}

    return call


def look(region: Region) -> tuple[str, str, dict[str, Any]]:
    return "ec2", "describe_instances", {}


def put_events(*sources: str) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        return (
            "events",
            "put_events",
            {"Entries": [{"Source": each, "DetailType": "x", "Detail": "{}"} for each in sources]},
        )

    return call


def read_mode(region: Region) -> tuple[str, str, dict[str, Any]]:
    return "ssm", "get_parameters", {"Names": [region.deployment.mode, region.deployment.kill_switch]}


def alarm(name: str = "tidegate-drill-chat", **more: Any) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        watched = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60}
        when = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 70, "EvaluationPeriods": 3}
        return "cloudwatch", "put_metric_alarm", {"AlarmName": name, **watched, **when, **more}

    return call


def on_alarms(operation: str, *names: str, **more: Any) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        for name in names:
            _, put, said = alarm(name)(region)
            getattr(region.client("cloudwatch"), put)(**said)
        return "cloudwatch", operation, more or {"AlarmNames": list(names)}

    return call


def get_metrics(region: Region) -> tuple[str, str, dict[str, Any]]:
    metric = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization"}
    query = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
    start, end = "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"
    return "cloudwatch", "get_metric_data", {"MetricDataQueries": [query], "StartTime": start, "EndTime": end}


def resize(**more: Any) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        region.fleet()
        return "autoscaling", "update_auto_scaling_group", {"AutoScalingGroupName": "chat", "MaxSize": 30, **more}

    return call


def remix(profile: str | None = "default", **more: Any) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        region.fleet(profile=profile)
        wanted = {"AutoScalingGroupName": "chat", "DesiredCapacity": 6, **({"MixedInstancesPolicy": BASE} | more)}
        return "autoscaling", "update_auto_scaling_group", wanted

    return call


def only_if(**conditions: Any) -> list[dict[str, Any]]:
    """Allow the update of opted-in groups under more conditions, operator by operator."""
    both = {"Null": OPTED_IN["Null"] | conditions.pop("Null", {}), **conditions}
    return [allow("autoscaling:UpdateAutoScalingGroup", GROUPS, Condition=both)]


def unnamed(*keys: str) -> list[dict[str, Any]]:
    """Allow the update of opted-in groups by requests that name none of these."""
    return only_if(Null={f"autoscaling:{each}": "true" for each in keys})


def set_size(profile: str | None) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        region.fleet(profile=profile)
        return "autoscaling", "set_desired_capacity", {"AutoScalingGroupName": "chat", "DesiredCapacity": 7}

    return call


def describe(operation: str) -> Any:
    def call(region: Region) -> tuple[str, str, dict[str, Any]]:
        return "autoscaling", operation, {}

    return call


ALARMS = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
OURS = ALARMS + "tidegate-drill-*"
NO_ACTIONS = {"Null": {"cloudwatch:AlarmActions": "true"}}
TOPIC = "arn:aws:sns:us-east-1:123456789012:somebody"
PUT_ALARM = allow("cloudwatch:PutMetricAlarm", OURS, Condition=NO_ACTIONS)
TAGGED = [{"Key": "tidegate:profile", "Value": "default"}]
RESIZE = [allow("autoscaling:UpdateAutoScalingGroup", GROUPS, Condition=OPTED_IN)]
BASE = {"InstancesDistribution": {"OnDemandBaseCapacity": 2}}
TEMPLATE = {"LaunchTemplateSpecification": {"LaunchTemplateName": "llm-server", "Version": "$Default"}}
RUN = allow("ec2:RunInstances")
PASS = allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})

PARAMETERS = "arn:aws:ssm:us-east-1:123456789012:parameter/tidegate/drill/"
TERMINATE = "autoscaling:TerminateInstanceInAutoScalingGroup"

INSTANCES = "arn:aws:ec2:us-east-1:123456789012:instance/*"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"


def if_tagged(prefix: str) -> dict[str, Any]:
    return {"Null": {f"{prefix}:ResourceTag/tidegate:detached": "false"}}


def from_source(*sources: str) -> dict[str, Any]:
    return {"StringEquals": {"events:source": list(sources)}}


CASES: list[Any] = [
    (terminate, [allow(TERMINATE, GROUPS, Condition=OPTED_IN)], None),
    (
        terminate,
        [allow(TERMINATE, GROUPS.removesuffix("*") + "other")],
        "AccessDenied",
    ),
    (terminate, [], "AccessDenied"),
    (terminate_untagged, [allow(TERMINATE, GROUPS, Condition=OPTED_IN)], "AccessDenied"),
    (terminate, [allow(TERMINATE), {**allow(TERMINATE), "Effect": "Deny"}], "AccessDenied"),
    (tag("tidegate:detached"), [allow("ec2:CreateTags", "*", Condition=ONE_TAG)], None),
    (tag("Name"), [allow("ec2:CreateTags", "*", Condition=ONE_TAG)], "UnauthorizedOperation"),
    (transact, [allow("dynamodb:PutItem", TABLE), allow("dynamodb:UpdateItem", TABLE)], None),
    (transact, [allow("dynamodb:PutItem", TABLE)], "AccessDeniedException"),
    (transact, [allow("dynamodb:*", TABLE + "-other")], "AccessDeniedException"),
    (send, [allow("sqs:SendMessage", QUEUE)], None),
    (send, [allow("sqs:SendMessage", QUEUE + "-dead-letters")], "AccessDeniedException"),
    (send, [allow("sqs:ReceiveMessage", QUEUE)], "AccessDeniedException"),
    (read_mode, [allow("ssm:GetParameters", PARAMETERS + "*")], None),
    (read_mode, [allow("ssm:GetParameters", PARAMETERS + "mode")], "AccessDeniedException"),
    (read_open("query", index=True), [allow("dynamodb:Query", TABLE + "/index/open")], None),
    (read_open("query", index=True), [allow("dynamodb:Query", TABLE)], "AccessDeniedException"),
    (read_open("query", index=False), [allow("dynamodb:Query", TABLE)], None),
    (read_open("query", index=False), [allow("dynamodb:Query", TABLE + "/index/*")], "AccessDeniedException"),
    (read_open("scan", index=True), [allow("dynamodb:Scan", TABLE + "/index/open")], None),
    (read_open("scan", index=True), [allow("dynamodb:Query", TABLE + "/index/open")], "AccessDeniedException"),
    (read_open("scan", index=False), [allow("dynamodb:Scan", TABLE)], None),
    (end(detached=True), [allow("ec2:TerminateInstances", INSTANCES, Condition=if_tagged("ec2"))], None),
    (end(detached=True), [allow("ec2:TerminateInstances", INSTANCES, Condition=if_tagged("aws"))], None),
    (
        end(detached=False),
        [allow("ec2:TerminateInstances", INSTANCES, Condition=if_tagged("ec2"))],
        "UnauthorizedOperation",
    ),
    (end(detached=True), [allow("ec2:TerminateInstances", INSTANCES + "-other")], "UnauthorizedOperation"),
    (look, [allow("ec2:DescribeInstances")], None),
    (look, [allow("ec2:DescribeInstances", INSTANCES)], "UnauthorizedOperation"),
    (put_events("tidegate.drill"), [allow("events:PutEvents", BUS, Condition=from_source("tidegate.drill"))], None),
    (put_events("tidegate.drill"), [allow("events:PutEvents", BUS + "-other")], "AccessDeniedException"),
    (
        put_events("tidegate.drill", "other"),
        [allow("events:PutEvents", BUS, Condition=from_source("tidegate.drill"))],
        "AccessDeniedException",
    ),
    (alarm(), [PUT_ALARM], None),
    (alarm("theirs"), [PUT_ALARM], "AccessDenied"),
    (alarm(AlarmActions=[TOPIC]), [PUT_ALARM], "AccessDenied"),
    (alarm(OKActions=[TOPIC]), [PUT_ALARM], "AccessDenied"),
    (alarm(Tags=TAGGED), [PUT_ALARM], "AccessDenied"),
    (alarm(Tags=TAGGED), [PUT_ALARM, allow("cloudwatch:TagResource", OURS)], None),
    (
        on_alarms("delete_alarms", "tidegate-drill-a", "tidegate-drill-b"),
        [allow("cloudwatch:DeleteAlarms", OURS)],
        None,
    ),
    (on_alarms("delete_alarms", "tidegate-drill-a", "b"), [allow("cloudwatch:DeleteAlarms", OURS)], "AccessDenied"),
    (
        on_alarms("set_alarm_state", "theirs", AlarmName="theirs", StateValue="OK", StateReason="drill"),
        [allow("cloudwatch:SetAlarmState", OURS)],
        "AccessDenied",
    ),
    (on_alarms("describe_alarms", "tidegate-drill-a"), [allow("cloudwatch:DescribeAlarms", ALARMS + "*")], None),
    (on_alarms("describe_alarms", "tidegate-drill-a"), [allow("cloudwatch:DescribeAlarms", OURS)], "AccessDenied"),
    (
        on_alarms("describe_alarms", "a", AlarmTypes=["CompositeAlarm"]),
        [allow("cloudwatch:DescribeAlarms", ALARMS + "*")],
        "AccessDenied",
    ),
    (on_alarms("describe_alarms", "a", AlarmTypes=["CompositeAlarm"]), [allow("cloudwatch:DescribeAlarms")], None),
    (get_metrics, [allow("cloudwatch:GetMetricData")], None),
    (get_metrics, [allow("cloudwatch:GetMetricData", ALARMS + "*")], "AccessDenied"),
    (set_size("default"), [allow("autoscaling:SetDesiredCapacity", GROUPS, Condition=OPTED_IN)], None),
    (set_size(None), [allow("autoscaling:SetDesiredCapacity", GROUPS, Condition=OPTED_IN)], "AccessDenied"),
    (resize(), RESIZE, None),
    (resize(MixedInstancesPolicy={"InstancesDistribution": {"OnDemandBaseCapacity": 2}}), RESIZE, None),
    (
        resize(LaunchTemplate={"LaunchTemplateName": "llm-server"}),
        RESIZE,
        "AccessDenied",
    ),
    (remix(), RESIZE, None),
    (remix(profile=None), RESIZE, "AccessDenied"),
    (remix(), unnamed("MaxSize", "MinSize", "LaunchConfigurationName", "InstanceTypes", "VPCZoneIdentifiers"), None),
    (remix(MaxSize=30), unnamed("MaxSize"), "AccessDenied"),
    (remix(MaxSize=30), unnamed("MinSize"), None),
    (remix(MinSize=0), unnamed("MinSize"), "AccessDenied"),
    (remix(VPCZoneIdentifier="subnet-1,subnet-2"), unnamed("VPCZoneIdentifiers"), "AccessDenied"),
    (remix(LaunchConfigurationName="old"), unnamed("LaunchConfigurationName"), "AccessDenied"),
    (remix(MaxSize=30), only_if(NumericLessThanEquals={"autoscaling:MaxSize": "30"}), None),
    (remix(MaxSize=31), only_if(NumericLessThanEquals={"autoscaling:MaxSize": "30"}), "AccessDenied"),
    (remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE}), RESIZE, "AccessDenied"),
    (remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE}), [*RESIZE, RUN], "AccessDenied"),
    (remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE}), [*RESIZE, PASS], "AccessDenied"),
    (remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE}), [*RESIZE, RUN, PASS], None),
    (
        remix(
            MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE | {"Overrides": [{"InstanceType": "g6.xlarge"}]}}
        ),
        [*unnamed("InstanceTypes"), RUN, PASS],
        "AccessDenied",
    ),
    (
        remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE}),
        [*only_if(Bool={"autoscaling:LaunchTemplateVersionSpecified": "true"}), RUN, PASS],
        "AccessDenied",
    ),
    (describe("describe_policies"), [allow("autoscaling:DescribePolicies")], None),
    (describe("describe_policies"), [allow("autoscaling:DescribePolicies", GROUPS)], "AccessDenied"),
    (describe("describe_scheduled_actions"), [allow("autoscaling:DescribePolicies")], "AccessDenied"),
]


@pytest.mark.parametrize(("call", "statements", "code"), CASES)
def test_a_role_may_do_what_its_policy_says(
    region: Region, call: Any, statements: list[dict[str, Any]], code: str | None
) -> None:
    service, operation, parameters = call(region)
    # A role without any permission still needs a policy to be made.
    clients = enforce.assume(region.clients, [*statements, allow("s3:ListAllMyBuckets")])

    if code is None:
        getattr(clients(service), operation)(**parameters)
        return
    with pytest.raises(ClientError) as refused:
        getattr(clients(service), operation)(**parameters)

    said: Any = refused.value.response
    assert said["Error"]["Code"] == code
    assert region.denied


def test_without_run_instances_a_launch_template_may_not_be_used(region: Region) -> None:
    service, operation, parameters = remix(MixedInstancesPolicy=BASE | {"LaunchTemplate": TEMPLATE})(region)
    clients = enforce.assume(region.clients, RESIZE)
    template = region.client("ec2").describe_launch_templates()["LaunchTemplates"][0]["LaunchTemplateId"]

    with pytest.raises(ClientError, match=f"You are not authorized to use launch template: {template}"):
        getattr(clients(service), operation)(**parameters)

    assert [each.action for each in region.denied] == ["ec2:RunInstances"]


def test_an_unknown_condition_operator_is_no_permission(region: Region) -> None:
    service, operation, parameters = read_mode(region)
    odd = {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    clients = enforce.assume(region.clients, [allow("ssm:GetParameters", "*", Condition=odd)])

    with pytest.raises(NotImplementedError, match="DateLessThan"):
        getattr(clients(service), operation)(**parameters)
