"""Launches that fail: which events, what exactly their function may do, and which of them call a person."""

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.alarms import told
from cdk.grants import may_observe_groups
from cdk.pattern import EventRule
from cdk.reaction import Reaction
from cdk.worker import Common
from tidegate.reactions.launch_failure import pattern

_HANDLER = "tidegate.reactions.launch_failure.handler.handler"
_TO_SEE = (
    "Launches of fleets fail for a reason that nobody but a person can end: no on-demand capacity or quota, a wrong "
    "configuration, or words that nobody has classified. Auto Scaling goes on trying. Read them in the function's log; "
    "the alarm stays until there was none for an hour."
)

_QUIET_MINUTES = 60
"""Auto Scaling tries again ever more seldom, up to a quarter of an hour apart: shorter, and each attempt would call."""


class LaunchFailure(Construct):
    """Wakes a fleet when Auto Scaling could not launch a machine for it: why, the look finds out by itself."""

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, wakes: sqs.Queue) -> None:
        super().__init__(scope, construct_id)
        worker = Reaction(
            self,
            "Reaction",
            common=common,
            wakes=wakes,
            pattern=pattern,
            rules={name: EventRule(one, pattern.MAX_EVENT_AGE_SECONDS) for name, one in pattern.RULES.items()},
            handler=_HANDLER,
            what="Launches that failed",
            runbook="launch-failure",
            meanwhile="The fleets they are about were looked at later, by the sweep.",
        ).worker
        # The record of a drill, and whether the group is a fleet.
        worker.may_use_journal("GetItem")
        may_observe_groups(worker, "DescribeAutoScalingGroups")
        to_see = told(_TO_SEE, runbook="launch-failure-a-person-is-needed")
        common.alarms.on_metric(
            self, "LaunchFailuresToSee", stage=common.stage, description=to_see, quiet_minutes=_QUIET_MINUTES
        )
