"""Alarms of fleets: which events, and what exactly their function may do, which is to wake."""

from collections.abc import Mapping

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.grants import may_observe_groups
from cdk.pattern import EventRule
from cdk.reaction import Reaction
from cdk.worker import Common
from tidegate.policy.profile import Profile
from tidegate.reactions.capacity_alarm import pattern

_HANDLER = "tidegate.reactions.capacity_alarm.handler.handler"


class CapacityAlarm(Construct):
    """Wakes a fleet when one of its alarms rings: those that Tidegate keeps, and those that `profiles` adopt."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        common: Common,
        wakes: sqs.Queue,
        profiles: Mapping[str, Profile],
    ) -> None:
        super().__init__(scope, construct_id)
        rules = pattern.rules(common.stage, profiles)
        worker = Reaction(
            self,
            "Reaction",
            common=common,
            wakes=wakes,
            pattern=pattern,
            rules={name: EventRule(one, pattern.MAX_EVENT_AGE_SECONDS) for name, one in rules.items()},
            handler=_HANDLER,
            what="Alarms of fleets",
            runbook="capacity-alarm",
            meanwhile="The fleets they are about were looked at later, by the sweep.",
        ).worker
        # The record of a drill, and whose an alarm is that doesn't say so by its name.
        worker.may_use_journal("GetItem")
        may_observe_groups(worker, "DescribeAutoScalingGroups")
