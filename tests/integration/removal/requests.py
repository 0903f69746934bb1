"""CloudFormation's side of a custom resource: its requests, and what it is answered."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.integration.loop.mixes import base_of, deliver, lose
from tidegate.desk.region.app import REMOVAL, STAGE
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region
from tidegate.loop import removal
from tidegate.policy.document import parameter

NAME: Final = REMOVAL.name
URL: Final = "https://cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com/a-signed-address"
STACK: Final = "arn:aws:cloudformation:us-east-1:123456789012:stack/Tidegate-drill/6c3dc1b0"


def request(kind: str, **more: str) -> dict[str, Any]:
    """Return what CloudFormation sends."""
    physical = {} if kind == "Create" else {"PhysicalResourceId": "tidegate-drill"}
    return {
        "RequestType": kind,
        "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:removal",
        "ResponseURL": URL,
        "StackId": STACK,
        "RequestId": "1c1a9c6c",
        "LogicalResourceId": "Removal1BFB0048",
        "ResourceType": "Custom::TidegateRemoval",
        "ResourceProperties": {"ServiceTimeout": "900"},
        **physical,
        **more,
    }


class Listener:
    """Takes the answers in the place of S3."""

    def __init__(self, put: Callable[[str, bytes], None] = lambda url, body: None) -> None:
        self.said: list[dict[str, Any]] = []
        self._put = put

    def handler(self, event: Any, context: Any) -> None:
        """Handle a request as the function does, with an answer that is taken here."""
        removal.answer(event, context, self.take)

    def take(self, url: str, body: bytes) -> None:
        assert url == URL
        self._put(url, body)
        self.said.append(json.loads(body))


def open_region(listener: Listener, **more: Any) -> Region:
    """Return a Region whose removal answers to the listener."""
    return Region(handlers={NAME: listener.handler}, **more)


def put(region: Region, *names: str) -> None:
    """Put alarms as somebody does."""
    for name in names:
        region.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=70,
            ComparisonOperator="GreaterThanThreshold",
        )


def publish(region: Region, *models: str, stage: str = STAGE) -> None:
    """Put route documents as reconcile does."""
    for model in models:
        region.client("ssm").put_parameter(Name=parameter(stage, model), Value="{}", Type="String")


def documents(region: Region) -> list[str]:
    """Return the names of all parameters but the two of the stage."""
    pages = region.client("ssm").get_paginator("get_parameters_by_path").paginate(Path="/", Recursive=True)
    own = {region.deployment.mode, region.deployment.kill_switch}
    found = {one["Name"] for page in pages for one in page["Parameters"] if one["Name"].startswith("/tidegate/")}
    return sorted(found - own)


def raised(region: Region, name: str) -> Fleet:
    """Return a fleet that has lost a spot machine in a drought: Tidegate has raised its base from 1 to 2.

    Without the loop, since that is gone before anything is removed; its one look is asked for by hand.
    """
    fleet = region.fleet(name)
    region.dry_up(name)
    lose(region, fleet)
    region.run(3)
    deliver(region)
    assert base_of(region, name) == 2
    return fleet


def names(region: Region) -> list[str]:
    """Return the names of all alarms."""
    pages = region.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return sorted(one["AlarmName"] for page in pages for one in page["MetricAlarms"])
