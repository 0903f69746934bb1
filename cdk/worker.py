"""A function with what belongs to one: its role, its log, its alarm. Every default of a function is set here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.acknowledge import acknowledge
from cdk.alarms import Alarms
from cdk.state import State

# Lambda gives processor time with memory: one whole core at 1,769 MB. A cold start imports boto3, 0.2 s of a core, and
# the notice is running out meanwhile: half a core is worth its price where functions run for minutes in a month.
_MEMORY_MB = 1024

_ACCEPTED = {
    "AwsSolutions::AwsSolutions-L1": "The whole project is locked, typed and tested with Python 3.13.",
    "Serverless::Serverless-LambdaLatestVersion": "The whole project is locked, typed and tested with Python 3.13.",
    "Serverless::Serverless-LambdaTracing": "The X-Ray SDK is in maintenance; the journal explains each decision.",
}
_ACCEPTED_OF_QUEUES = {
    "Serverless::Serverless-LambdaEventSourceMappingDestination": (
        "Destinations on failure are for streams: this is a queue, and has dead letters of its own."
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every function of a stage is given."""

    stage: str
    code: lambda_.Code
    state: State
    alarms: Alarms


class Worker(Construct):
    """One function under a role that may write its own log. Whatever else it needs: `allow`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        common: Common,
        handler: str,
        summary: str,
        timeout_seconds: int,
        environment: Mapping[str, str],
        on_errors: str,
        no_dead_letters: str = "Only asynchronous calls use one: a queue calls this, and has dead letters.",
    ) -> None:
        super().__init__(scope, construct_id)
        self._state = common.state
        log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=summary)
        self.allow("WriteLog", actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log.log_group_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            description=summary,
            code=common.code,
            handler=handler,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=_MEMORY_MB,
            timeout=Duration.seconds(timeout_seconds),
            role=self.role,
            log_group=log,
            # Its SDK is in maintenance and would be bundled; the journal says what happened, and when.
            tracing=lambda_.Tracing.DISABLED,
            environment={**_environment(common), **environment},
        )
        common.alarms.on_errors(self.function, description=on_errors)
        acknowledge(self.function, {**_ACCEPTED, "Serverless::Serverless-LambdaDLQ": no_dead_letters})

    def may_read_mode(self) -> None:
        """Let the function ask whether it may act."""
        self.allow(
            "ReadMode",
            actions=["ssm:GetParameters"],
            resources=[self._state.mode.parameter_arn, self._state.kill_switch.parameter_arn],
        )

    def may_use_journal(self, *operations: str) -> None:
        """Let the function do these operations of DynamoDB on the journal's table."""
        actions = [f"dynamodb:{operation}" for operation in operations]
        self.allow("UseJournal", actions=actions, resources=[self._state.table.table_arn])

    def may_find_unfinished(self) -> None:
        """Let the function read the journal's index of targets that are unfinished."""
        index = f"{self._state.table.table_arn}/index/{self._state.open_index}"
        self.allow("FindUnfinished", actions=["dynamodb:Scan"], resources=[index])

    def drain(self, queue: sqs.Queue, *, batch_size: int, most_at_once: int | None = None) -> None:
        """Let Lambda poll the queue for the function, with the three permissions that a poller needs.

        `most_at_once`: how many batches may be under way, 2 or more; None: as many as Lambda likes.
        """
        self.allow(
            "DrainQueue",
            actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            resources=[queue.queue_arn],
        )
        mapping = lambda_.EventSourceMapping(
            self,
            "Drain",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=most_at_once,
            report_batch_item_failures=True,  # one failed event must not bring the rest of its batch back
        )
        acknowledge(mapping, _ACCEPTED_OF_QUEUES)

    def allow(
        self,
        sid: str,
        *,
        actions: list[str],
        resources: list[str],
        conditions: Mapping[str, Any] | None = None,
        any_because: str | None = None,
    ) -> None:
        """Add one statement to the role. If a resource in it is a pattern, `any_because` is the reason, for cdk-nag."""
        self.role.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
        )
        if any_because:
            acknowledge(self.role, {wildcard_finding(resource): any_because for resource in resources})


def wildcard_finding(resource: str) -> str:
    """Return the id under which cdk-nag reports a pattern of resources: tokens stand in it by their names."""
    for name, token in {"Partition": Aws.PARTITION, "Region": Aws.REGION, "AccountId": Aws.ACCOUNT_ID}.items():
        resource = resource.replace(token, f"<AWS::{name}>")
    return f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]"


def _environment(common: Common) -> dict[str, str]:
    return {
        "TIDEGATE_STAGE": common.stage,
        "TIDEGATE_TABLE": common.state.table.table_name,
        "TIDEGATE_MODE": common.state.mode.parameter_name,
        "TIDEGATE_KILL_SWITCH": common.state.kill_switch.parameter_name,
        "POWERTOOLS_SERVICE_NAME": "tidegate",
        "POWERTOOLS_METRICS_NAMESPACE": "Tidegate",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        # Two attempts, at most a second apart: the queue delivers again, and a call that is not worth a second attempt
        # says so itself. Not `adaptive`: once throttled it holds every later call of the process back, for seconds.
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "2",
        # boto3 is the runtime's, the service model of Auto Scaling is ours: see bundling.py.
        "AWS_DATA_PATH": "/var/task/models",
    }
