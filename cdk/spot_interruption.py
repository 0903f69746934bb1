"""Spot interruption notices and rebalance recommendations: which events, and what exactly their function may do."""

from aws_cdk import Aws
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.reaction import Reaction
from cdk.worker import Common
from tidegate.policy.profile import PROFILE_TAG
from tidegate.reactions.spot_interruption import pattern

_HANDLER = "tidegate.reactions.spot_interruption.handler.handler"
_DETACHED_TAG = "tidegate:detached"


class SpotInterruption(Construct):
    """Releases machines that are about to be interrupted: in groups that opted in by their tag, and in no other."""

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, wakes: sqs.Queue) -> None:
        super().__init__(scope, construct_id)
        self._worker = Reaction(
            self,
            "Reaction",
            common=common,
            wakes=wakes,
            pattern=pattern,
            handler=_HANDLER,
            what="Spot interruption notices",
        ).worker
        self._may_observe_and_release()
        self._may_mark_detached_machines()
        self._worker.allow(
            "Record",
            actions=["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            resources=[common.state.table.table_arn],
        )

    def _may_observe_and_release(self) -> None:
        self._worker.allow(
            "ObserveGroups",
            actions=[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLifecycleHooks",
            ],
            resources=["*"],
            any_because="Auto Scaling's Describe calls know no resources.",
        )
        self._worker.allow(
            "ReleaseInFleets",
            actions=["autoscaling:DetachInstances", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            resources=[
                f"arn:{Aws.PARTITION}:autoscaling:{Aws.REGION}:{Aws.ACCOUNT_ID}:autoScalingGroup:*:autoScalingGroupName/*"
            ],
            conditions={"Null": {f"autoscaling:ResourceTag/{PROFILE_TAG}": "false"}},
            any_because="Any group may become a fleet; the condition admits those that bear the opt-in tag.",
        )

    def _may_mark_detached_machines(self) -> None:
        self._worker.allow(
            "MarkDetachedMachines",
            actions=["ec2:CreateTags"],
            resources=[f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:instance/*"],
            conditions={"ForAllValues:StringEquals": {"aws:TagKeys": [_DETACHED_TAG]}},
            any_because="Any machine may be one of a fleet; the condition admits no tag but this.",
        )
