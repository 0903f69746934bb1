"""What removes, with the stack, what its functions made: a custom resource that goes after those functions."""

from aws_cdk import CustomResource, Duration
from constructs import Construct, IConstruct

from cdk.alarms import told
from cdk.grants import may_delete_alarms, may_find_alarms, may_observe_groups, may_remix
from cdk.model_grants import may_withdraw_routes
from cdk.worker import Common, Worker
from tidegate.loop import delivery

_HANDLER = "tidegate.loop.removal.handler"
_ERRORS = (
    "CloudFormation was not told what became of the removal, in this try: two more follow. Read the function's log."
)


class Removal(Construct):
    """Removes what functions of the stage have made, once those functions are gone.

    Its own function and no framework of providers: one resource, one request, one answer.
    """

    def __init__(self, scope: Construct, construct_id: str, *, common: Common) -> None:
        super().__init__(scope, construct_id)
        worker = Worker(
            self,
            "Worker",
            common=common,
            handler=_HANDLER,
            summary="Removal: what functions have made goes with the stack",
            timeout_seconds=delivery.REMOVAL_TIMEOUT_SECONDS,
            environment={},
            on_errors=told(_ERRORS, runbook="removal-errors"),
            no_dead_letters="CloudFormation waits for its answer, and says itself when there was none.",
        )
        may_find_alarms(worker)
        may_delete_alarms(worker, common.stage)
        worker.may_use_journal("Query")
        worker.may_find_unfinished()
        may_observe_groups(worker, "DescribeAutoScalingGroups")
        may_remix(worker)
        # Also without a model: the policy may have had one before.
        may_withdraw_routes(worker, common.stage)
        self._resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::TidegateRemoval",
            service_token=worker.function.function_arn,
            service_timeout=Duration.seconds(delivery.REMOVAL_GIVEN_UP_SECONDS),
        )
        # The function finds its permissions for as long as the resource is there.
        self._resource.node.add_dependency(worker.role)

    def comes_after(self, *makers: IConstruct) -> None:
        """Remove only once these are deleted: they make what is to be removed, and would make it again."""
        for maker in makers:
            maker.node.add_dependency(self._resource)
