"""Models that are throttled: which events, what exactly their function may do, and the alarms that are made for it."""

from collections.abc import Iterator, Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.alarms import told
from cdk.pattern import EventRule
from cdk.reaction import Reaction
from cdk.worker import Common
from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.route import Route
from tidegate.policy.throttle_alarm import Watch, alarm_name
from tidegate.reactions.bedrock_throttling import pattern

_HANDLER = "tidegate.reactions.bedrock_throttling.handler.handler"
_MINUTE = Duration.minutes(1)
_TEXTS: Mapping[Watch, str] = {
    "throttles": (
        "Bedrock throttles the route {route} of the model {model}. Nobody is called for it: Tidegate looks at the "
        "model and steps the route down, if it has another one."
    ),
    "throttle-ratio": (
        "Bedrock throttles {percent} % or more of the requests to the route {route} of the model {model}. Nobody is "
        "called for it: Tidegate steps the route down, if the model has another one."
    ),
}


class BedrockThrottling(Construct):
    """Wakes a model when a client reports a failure of a route, and when an alarm on one of its routes rings.

    `region` is that of the stage, if its table says one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        common: Common,
        wakes: sqs.Queue,
        models: Mapping[str, Model],
        region: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        rules = pattern.rules(common.stage)
        worker = Reaction(
            self,
            "Reaction",
            common=common,
            wakes=wakes,
            pattern=pattern,
            rules={name: EventRule(one, pattern.MAX_EVENT_AGE_SECONDS[name]) for name, one in rules.items()},
            handler=_HANDLER,
            what="Reports and alarms of models",
            runbook="bedrock-throttling",
            meanwhile="The models they are about were looked at later, by the sweep.",
        ).worker
        # The record of a drill, and the reports.
        worker.may_use_journal("GetItem", "PutItem")
        for name, model in models.items():
            for route in watched(model, region):
                _Watched(self, f"{name}-{route.name}", stage=common.stage, name=name, model=model, route=route)


def watched(model: Model, region: str | None) -> Iterator[Route]:
    """Yield the routes whose throttles an alarm of the stage can see: Bedrock's, called in the stage's own Region.

    An alarm watches metrics of its own Region only. Routes in others are looked at by the sweep, and reported by
    clients.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_alarm_metric_math.html
    """
    return (one for one in model.routes if one.kind in BEDROCK and one.region in (None, region))


class _Watched(Construct):
    """The alarms on one route. They have names by which their events tell whose they are, and no action."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: str, name: str, model: Model, route: Route
    ) -> None:
        super().__init__(scope, construct_id)
        throttled = _sum(_counted(route, "InvocationThrottles", "t"))
        answered = _counted(route, "Invocations", "a")
        filled = ", ".join(f"FILL({one}, 0)" for one in answered)
        ratio = cloudwatch.MathExpression(
            # Invocations counts answers alone. SUM passes over a series without any point, FILL over a lone gap.
            expression=f"100 * throttled / SUM([throttled, {filled}])",
            using_metrics={"throttled": throttled, **answered},
            label="throttled requests, %",
            period=_MINUTE,
        )
        above, at_least = (
            cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        )
        percent = model.step_down_percent
        watches: dict[Watch, tuple[cloudwatch.IMetric, int, cloudwatch.ComparisonOperator]] = {
            "throttles": (throttled, 0, above),
            "throttle-ratio": (ratio, percent, at_least),
        }
        for watch, (metric, threshold, comparison) in watches.items():
            text = _TEXTS[watch].format(model=name, route=route.name, percent=percent)
            cloudwatch.Alarm(
                self,
                watch,
                alarm_name=alarm_name(stage, name, route.name, watch),
                alarm_description=told(text, runbook=f"bedrock-throttling-{watch}"),
                metric=metric,
                threshold=threshold,
                comparison_operator=comparison,
                evaluation_periods=1,
                # A model that nobody asks reports nothing at all.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )


def _sum(metrics: Mapping[str, cloudwatch.Metric]) -> cloudwatch.IMetric:
    """Return a metric alone, or the sum of several."""
    if len(metrics) == 1:
        return next(iter(metrics.values()))
    expression = f"SUM([{', '.join(metrics)}])"
    return cloudwatch.MathExpression(
        expression=expression, using_metrics=metrics, label="throttled requests", period=_MINUTE
    )


def _counted(route: Route, name: str, prefix: str) -> dict[str, cloudwatch.Metric]:
    """Return a metric of a route under each id by which it may be counted.

    https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
    """
    return {
        f"{prefix}{number}": cloudwatch.Metric(
            namespace="AWS/Bedrock",
            metric_name=name,
            dimensions_map={"ModelId": model_id},
            statistic="Sum",
            period=_MINUTE,
        )
        for number, model_id in enumerate(route.metric_ids)
    }
