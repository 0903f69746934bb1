"""Where alarms speak: one SNS topic for each stage, and the two kinds of alarm that every part of it has."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from tidegate.metrics import NAMESPACE

_RUNBOOKS = "docs/operations.md"


def told(text: str, *, runbook: str) -> str:
    """Return the description of an alarm: what is wrong, what became of it, what to do, and where to read on.

    `runbook` is the anchor of its section in `docs/operations.md`: every alarm has one, as a test sees to.
    """
    return f"{text} Runbook: {_RUNBOOKS}#{runbook}"


class Alarms(Construct):
    """The topic, and what raises an alarm on it. An alarm stands beside what it watches, not in here."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", display_name="Tidegate", enforce_ssl=True)
        # The policy that enforces TLS replaces the one that SNS gives a new topic, and with it the right of this
        # account's alarms to publish. Without this statement they would fail in silence.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowAlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:*"
                    },
                },
            )
        )

    def on_messages(self, queue: sqs.Queue, *, description: str) -> None:
        """Raise an alarm while `queue`, one of dead letters, holds anything."""
        held = queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum")
        self._on_any(queue, "NotEmpty", held, description)

    def on_errors(self, function: lambda_.Function, *, description: str) -> None:
        """Raise an alarm when an invocation of `function` fails as a whole: an exception, a timeout, no memory left."""
        self._on_any(function, "Errors", function.metric_errors(period=Duration.minutes(1)), description)

    def on_metric(
        self,
        scope: Construct,
        name: str,
        *,
        stage: str,
        description: str,
        minutes: int = 1,
        quiet_minutes: int | None = None,
    ) -> None:
        """Raise an alarm when a metric of Tidegate counts anything, in each of so many minutes.

        Nothing is counted as long as all is well. With `quiet_minutes` one minute is enough, and the alarm stays until
        there was nothing for so many: what comes again and again speaks once.
        """
        metric = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"stage": stage},
            statistic="Sum",
            period=Duration.minutes(1),
        )
        self._on_any(scope, name, metric, description, quiet_minutes or minutes, needed=1 if quiet_minutes else None)

    def on_silence(self, function: lambda_.Function, *, minutes: int, description: str) -> None:
        """Raise an alarm when `function` was not invoked for some minutes."""
        alarm = cloudwatch.Alarm(
            function,
            "Silent",
            metric=function.metric_invocations(period=Duration.minutes(1)),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=minutes,
            # A function that isn't invoked reports nothing at all.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=description,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

    def _on_any(
        self,
        scope: Construct,
        construct_id: str,
        metric: cloudwatch.Metric,
        description: str,
        minutes: int = 1,
        *,
        needed: int | None = None,
    ) -> None:
        alarm = cloudwatch.Alarm(
            scope,
            construct_id,
            metric=metric,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=minutes,
            datapoints_to_alarm=needed,
            # An idle queue and an idle function report nothing at all.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
