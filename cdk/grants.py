"""What more than one function may do to fleets: the exact statements, each in one place."""

from aws_cdk import Aws

from cdk.worker import Worker
from tidegate.policy.alarm import prefix
from tidegate.policy.profile import PROFILE_TAG

_DETACHED_TAG = "tidegate:detached"
_GROUP_TAG = "aws:autoscaling:groupName"
"""What Auto Scaling itself puts on every machine of a group. Nobody else can: the prefix `aws:` is reserved."""

# One reason for each pattern: cdk-nag takes one for a role, however many statements of it have the same.
_NO_RESOURCES = (
    "The Describe calls of Auto Scaling, EC2 and CloudWatch know no resources, nor do metrics; a profile may adopt any "
    "alarm."
)
_ANY_FLEET = "Any group may become a fleet; the condition admits those that bear the opt-in tag."
_OWN_ALARMS = "The names of own alarms begin with the stage, and end with those of fleets that come and go."
_BY_TAGS = "Any machine may be one of a fleet; the condition admits only those whose tags say that it is, or was."
_ANY_GROUP = f"arn:{Aws.PARTITION}:autoscaling:{Aws.REGION}:{Aws.ACCOUNT_ID}:autoScalingGroup:*:autoScalingGroupName/*"
_OPTED_IN = {"Null": {f"autoscaling:ResourceTag/{PROFILE_TAG}": "false"}}
_ANY_MACHINE = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:instance/*"


def may_observe_groups(worker: Worker, *operations: str) -> None:
    """Let a function call these Describe operations of Auto Scaling."""
    worker.allow(
        "ObserveGroups",
        actions=[f"autoscaling:{operation}" for operation in operations],
        resources=["*"],
        any_because=_NO_RESOURCES,
    )


def may_release(worker: Worker) -> None:
    """Let a function take machines out of fleets, and mark those that it detaches."""
    worker.allow(
        "ReleaseInFleets",
        actions=["autoscaling:DetachInstances", "autoscaling:TerminateInstanceInAutoScalingGroup"],
        resources=[_ANY_GROUP],
        conditions=_OPTED_IN,
        any_because=_ANY_FLEET,
    )
    worker.allow(
        "MarkDetachedMachines",
        actions=["ec2:CreateTags"],
        resources=[_ANY_MACHINE],
        # Whoever may both mark and end machines could end any, were those outside of groups not left out here.
        conditions={
            "ForAllValues:StringEquals": {"aws:TagKeys": [_DETACHED_TAG]},
            "Null": {f"ec2:ResourceTag/{_GROUP_TAG}": "false"},
        },
        any_because=_BY_TAGS,
    )


def may_resize(worker: Worker) -> None:
    """Let a function set the sizes of fleets, having looked at their signals."""
    worker.allow(
        "ResizeFleets",
        actions=["autoscaling:SetDesiredCapacity"],
        resources=[_ANY_GROUP],
        conditions=_OPTED_IN,
        any_because=_ANY_FLEET,
    )
    may_read_signals(worker)


def may_remix(worker: Worker) -> None:
    """Let a function set what fleets are made of, and their sizes in the same call, and nothing else of a group.

    The operation may change far more: bounds, subnets, launch configurations. A request that names one of those is
    refused. A launch template it couldn't set in any case: that asks for permission to run instances and pass roles.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
    """
    named = ("LaunchConfigurationName", "MaxSize", "MinSize", "VPCZoneIdentifiers")
    worker.allow(
        "RemixFleets",
        actions=["autoscaling:UpdateAutoScalingGroup"],
        resources=[_ANY_GROUP],
        conditions={"Null": _OPTED_IN["Null"] | {f"autoscaling:{name}": "true" for name in named}},
        any_because=_ANY_FLEET,
    )


def may_read_signals(worker: Worker) -> None:
    """Let a function read metrics, and the alarms that people keep themselves and a profile adopts."""
    worker.allow(
        "ReadSignals",
        actions=["cloudwatch:GetMetricData"],
        resources=["*"],
        any_because=_NO_RESOURCES,
    )
    may_find_alarms(worker)


def may_ring(worker: Worker, stage: str) -> None:
    """Let a function set the states of a stage's own alarms, and of no other."""
    worker.allow(
        "RingForPractice",
        actions=["cloudwatch:SetAlarmState"],
        resources=[_own_alarms(stage)],
        any_because=_OWN_ALARMS,
    )


def may_end_detached_machines(worker: Worker) -> None:
    """Let a function end the machines that bear the tag of a detachment, and no other."""
    worker.allow(
        "EndDetachedMachines",
        actions=["ec2:TerminateInstances"],
        resources=[_ANY_MACHINE],
        conditions={"Null": {f"ec2:ResourceTag/{_DETACHED_TAG}": "false"}},
        any_because=_BY_TAGS,
    )


def may_look_at_machines(worker: Worker) -> None:
    """Let a function ask EC2 for purchase options and tags."""
    worker.allow(
        "ObserveMachines",
        actions=["ec2:DescribeInstances"],
        resources=["*"],
        any_because=_NO_RESOURCES,
    )


def may_find_alarms(worker: Worker) -> None:
    """Let a function list alarms.

    On all of them: a list by prefix is authorized as one of every alarm (aws-samples/amazon-cloudwatch-auto-alarms
    issue 1), and composite alarms, which a profile may adopt, are shown to no narrower permission
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
    """
    worker.allow("FindAlarms", actions=["cloudwatch:DescribeAlarms"], resources=["*"], any_because=_NO_RESOURCES)


def may_put_alarms(worker: Worker, stage: str) -> None:
    """Let a function write the alarms of a stage's fleets, as long as they do nothing themselves.

    An alarm may stop or end machines, or start a runbook, with permissions of its own. No value of the condition key
    can be this one, so a request may have none. ForAllValues, as AWS's own policies have it, and not Null: so it holds
    whether CloudWatch leaves the key out or sends it empty.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
    """
    worker.allow(
        "PutOwnAlarms",
        actions=["cloudwatch:PutMetricAlarm"],
        resources=[_own_alarms(stage)],
        conditions={"ForAllValues:StringEquals": {"cloudwatch:AlarmActions": ["none"]}},
        any_because=_OWN_ALARMS,
    )


def may_delete_alarms(worker: Worker, stage: str) -> None:
    """Let a function delete the alarms of a stage's fleets."""
    worker.allow(
        "DeleteOwnAlarms",
        actions=["cloudwatch:DeleteAlarms"],
        resources=[_own_alarms(stage)],
        any_because=_OWN_ALARMS,
    )


def _own_alarms(stage: str) -> str:
    return f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:{prefix(stage)}*"
