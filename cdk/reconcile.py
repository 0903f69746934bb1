"""The loop's middle: the queue of wakes, and the function that looks at one woken target at a time."""

from constructs import Construct

from cdk.alarms import Alarms, told
from cdk.grants import (
    may_end_detached_machines,
    may_look_at_machines,
    may_observe_groups,
    may_release,
    may_remix,
    may_resize,
)
from cdk.model_grants import may_publish_routes
from cdk.queues import Inbox
from cdk.worker import Common, Worker
from tidegate.loop import delivery

_HANDLER = "tidegate.loop.reconcile.handler"
_DEAD_LETTERS = (
    "Targets that could not be looked at: each wake here failed in every delivery. Their groups run on under Auto "
    "Scaling alone. Read the function's log for the target in the message, then purge the queue: whatever needs it is "
    "woken again."
)
_ERRORS = (
    "Looking at a target failed: its journal could not be read or written. It is tried again, by the queue and by the "
    "sweep, and nothing is done twice. Read the function's log."
)


class Wakes(Construct):
    """The FIFO queue with one message group for each target, and its dead letters."""

    def __init__(self, scope: Construct, construct_id: str, *, alarms: Alarms) -> None:
        super().__init__(scope, construct_id)
        self.queue = Inbox(
            self,
            "Inbox",
            fifo=True,
            visibility_timeout_seconds=delivery.VISIBILITY_TIMEOUT_SECONDS,
            max_receives=delivery.MAX_RECEIVES,
            retention_seconds=delivery.RETENTION_SECONDS,
            alarms=alarms,
            dead_letters=told(_DEAD_LETTERS, runbook="wakes-dead-letters"),
        ).queue


class Reconcile(Construct):
    """Looks at one woken target, and finishes what events could not.

    `publishes`: whether the stage has models, whose routes are to be published.
    """

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, wakes: Wakes, publishes: bool) -> None:
        super().__init__(scope, construct_id)
        worker = Worker(
            self,
            "Worker",
            common=common,
            handler=_HANDLER,
            summary="Reconcile: from a wake to what its target needs",
            timeout_seconds=delivery.FUNCTION_TIMEOUT_SECONDS,
            environment={},
            on_errors=told(_ERRORS, runbook="reconcile-errors"),
        )
        self.function = worker.function
        worker.drain(wakes.queue, batch_size=delivery.BATCH_SIZE, most_at_once=delivery.MOST_AT_ONCE)
        worker.may_read_mode()
        worker.may_use_journal("DeleteItem", "PutItem", "Query", "UpdateItem")
        may_observe_groups(
            worker,
            "DescribeAutoScalingGroups",
            "DescribeAutoScalingInstances",
            "DescribeInstanceRefreshes",
            "DescribeLifecycleHooks",
            "DescribePolicies",
            "DescribeScalingActivities",
        )
        may_release(worker)
        may_resize(worker)
        may_remix(worker)
        may_look_at_machines(worker)
        may_end_detached_machines(worker)
        if publishes:
            may_publish_routes(worker, common.stage)
