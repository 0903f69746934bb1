"""Spot interruption notices and rebalance recommendations: which events, and what exactly their function may do."""

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.alarms import told
from cdk.grants import may_observe_groups, may_release
from cdk.pattern import EventRule
from cdk.reaction import Reaction
from cdk.worker import Common
from tidegate.reactions.spot_interruption import pattern

_HANDLER = "tidegate.reactions.spot_interruption.handler.handler"
_LOST_TRACK = (
    "Losses that may be missing from the journal: their record failed until their machines were gone. They were "
    "released all the same. Read the function's log for their ids, and look whether DynamoDB throttles the table."
)


class SpotInterruption(Construct):
    """Releases machines that are about to be interrupted: in groups that opted in by their tag, and in no other."""

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, wakes: sqs.Queue) -> None:
        super().__init__(scope, construct_id)
        reaction = Reaction(
            self,
            "Reaction",
            common=common,
            wakes=wakes,
            pattern=pattern,
            rules={name: EventRule(one, pattern.MAX_EVENT_AGE_SECONDS[name]) for name, one in pattern.RULES.items()},
            handler=_HANDLER,
            what="Spot interruption notices",
            runbook="spot-interruption",
            meanwhile="The machines they name were left to Auto Scaling.",
        )
        reaction.may_put_off()  # the release of a machine that serves on until its replacement is there
        worker = reaction.worker
        worker.may_read_mode()
        worker.may_use_journal("BatchGetItem", "GetItem", "PutItem", "UpdateItem")
        may_observe_groups(
            worker, "DescribeAutoScalingGroups", "DescribeAutoScalingInstances", "DescribeLifecycleHooks"
        )
        may_release(worker)
        lost_track = told(_LOST_TRACK, runbook="spot-interruption-lost-track")
        common.alarms.on_metric(self, "LostTrack", stage=common.stage, description=lost_track)
