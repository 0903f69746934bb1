"""The sweep: a schedule that looks at all fleets every minute, since events get lost and alarms speak once."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.acknowledge import acknowledge
from cdk.alarms import told
from cdk.grants import may_delete_alarms, may_find_alarms, may_observe_groups, may_put_alarms, may_ring
from cdk.worker import Common, Worker
from tidegate.loop import delivery

_HANDLER = "tidegate.loop.sweep.handler"
_ERRORS = (
    "A sweep failed: fleets that deviate were not woken in that minute. The next sweep makes up for it. Read the "
    "function's log if this goes on."
)
_SILENT = (
    "No sweep for five minutes: lost events are not made up for. Look whether somebody disabled the schedule, or took "
    "all of the account's concurrency."
)
_ALARMS_FAILED = (
    "For five minutes alarms of fleets could not be kept, or not be read. Fleets without theirs are looked at every "
    "ten minutes only, or once they deviate: load is met late. Each sweep tries again. Read the function's log."
)

_WORTH_NOTHING_LATER = "A sweep that failed is worth nothing a minute later: the next one makes up for it."


class Sweep(Construct):
    """Wakes what deviates, is alarmed or unfinished, and each fleet every ten minutes; keeps the alarms of fleets."""

    def __init__(self, scope: Construct, construct_id: str, *, common: Common, wakes: sqs.Queue) -> None:
        super().__init__(scope, construct_id)
        self._worker = Worker(
            self,
            "Worker",
            common=common,
            handler=_HANDLER,
            summary="Sweep: every minute, all fleets in bulk",
            timeout_seconds=delivery.SWEEP_TIMEOUT_SECONDS,
            environment={"TIDEGATE_WAKES": wakes.queue_url},
            on_errors=told(_ERRORS, runbook="sweep-errors"),
            no_dead_letters=_WORTH_NOTHING_LATER,
        )
        now_or_never = lambda_.EventInvokeConfig(
            self,
            "NowOrNever",
            function=self._worker.function,
            max_event_age=Duration.seconds(delivery.SWEEP_MAX_AGE_SECONDS),
            retry_attempts=delivery.SWEEP_RETRIES,
        )
        acknowledge(now_or_never, {"Serverless::Serverless-LambdaAsyncFailureDestination": _WORTH_NOTHING_LATER})
        self._worker.may_use_journal("GetItem", "PutItem", "Query", "UpdateItem")
        self._worker.may_find_unfinished()
        self._worker.allow("Wake", actions=["sqs:SendMessage"], resources=[wakes.queue_arn])
        may_observe_groups(self._worker, "DescribeAutoScalingGroups")
        may_ring(self._worker, common.stage)  # back into the state from before a drill
        may_find_alarms(self._worker)
        may_put_alarms(self._worker, common.stage)
        may_delete_alarms(self._worker, common.stage)
        common.alarms.on_metric(
            self,
            "AlarmsFailed",
            stage=common.stage,
            description=told(_ALARMS_FAILED, runbook="sweep-alarms-failed"),
            minutes=5,  # one throttled minute is nothing: the next one makes up for it
        )
        common.alarms.on_silence(self._worker.function, minutes=5, description=told(_SILENT, runbook="sweep-silent"))
        self.function: lambda_.Function = self._worker.function
        self._every_minute(self.function)

    def _every_minute(self, function: lambda_.Function) -> None:
        role = iam.Role(
            self,
            "ScheduleRole",
            # Without the condition, a schedule of any other account that names this role could make use of it.
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            description="The schedule may start the sweep",
        )
        role.add_to_policy(
            iam.PolicyStatement(sid="StartSweep", actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            schedule_expression=f"rate({delivery.SWEEP_EVERY_MINUTES} minute)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                # The minute that is meant: a sweep that is started twice for it wakes nobody twice.
                input='{"time": "<aws.scheduler.scheduled-time>"}',
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=delivery.SWEEP_MAX_AGE_SECONDS, maximum_retry_attempts=1
                ),
            ),
        )
        # Only once the role may start it: a schedule that is refused is not tried again for that minute.
        schedule.node.add_dependency(role)
