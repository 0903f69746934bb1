"""Models that are throttled: which events, what exactly their function may do, and the alarms that are made for it."""

from collections.abc import Mapping

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.alarms import told
from cdk.pattern import EventRule
from cdk.reaction import Reaction
from cdk.throttle_alarms import RouteAlarms, watched
from cdk.worker import Common
from tidegate.policy.model import Model
from tidegate.reactions.bedrock_throttling import pattern

_HANDLER = "tidegate.reactions.bedrock_throttling.handler.handler"
_BROKEN = (
    "A route of a model refuses everybody, while another one answers the same requests: it is left out until it is "
    "tried again, after half an hour at first. Nobody but a person mends it."
)

_QUIET_MINUTES = 60
"""A model is looked at every ten minutes, and each look counts the routes that it leaves out."""


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
        common.alarms.on_metric(
            self,
            "RoutesBroken",
            stage=common.stage,
            description=told(_BROKEN, runbook="models-route-broken"),
            quiet_minutes=_QUIET_MINUTES,
        )
        for name, model in models.items():
            for route in watched(model, region):
                RouteAlarms(self, f"{name}-{route.name}", stage=common.stage, name=name, model=model, route=route)
