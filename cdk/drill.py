"""Drills: a function that a person starts, and the only thing in the stack that may put an event on the bus."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.alarms import told
from cdk.grants import may_look_at_machines, may_observe_groups, may_read_signals, may_ring
from cdk.model_grants import BUS, may_look_at_routes
from cdk.worker import Common, Worker
from tidegate.loop import delivery

_HANDLER = "tidegate.loop.drill.handler"
_ERRORS = (
    "A drill could not be begun. If its record was written, the next one is refused until that has expired, after a "
    "quarter of an hour. Read the function's log."
)


class Drill(Construct):
    """Begins drills: rehearses them, or sends their events with the record without which these do nothing.

    `models`: whether the stage has models, whose routes may be drilled.
    """

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, models: bool) -> None:
        super().__init__(scope, construct_id)
        worker = Worker(
            self,
            "Worker",
            common=common,
            handler=_HANDLER,
            summary="Drill: a rehearsal, or an event down the real path",
            timeout_seconds=delivery.DRILL_TIMEOUT_SECONDS,
            environment={},
            on_errors=told(_ERRORS, runbook="drill-errors"),
            no_dead_letters="A person starts it and reads its answer: a drill is not to be repeated by itself.",
        )
        self.function: lambda_.Function = worker.function
        worker.may_read_mode()
        worker.may_use_journal("GetItem", "PutItem", "Query")
        may_observe_groups(
            worker,
            "DescribeAutoScalingGroups",
            "DescribeAutoScalingInstances",
            "DescribeInstanceRefreshes",
            "DescribeLifecycleHooks",
            "DescribePolicies",
            "DescribeScalingActivities",
        )
        may_read_signals(worker)
        may_ring(worker, common.stage)
        may_look_at_machines(worker)
        if models:
            may_look_at_routes(worker, common.stage)
        worker.allow(
            "SendDrillEvents",
            actions=["events:PutEvents"],
            resources=[BUS],
            conditions={"StringEquals": {"events:source": "tidegate.drill"}},
        )
