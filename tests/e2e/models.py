"""The model that the deployed stage has, as its owner would write it, and an application that asks it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import boto3

from tests.e2e.cloud import E2ECloud
from tidegate.client.attaching import attach
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.local.place import REGION
from tidegate.desk.region.environ import environment
from tidegate.policy.document import Document, load, parameter

# Every route says its Region, and the stage doesn't: so none has alarms, since ministack's CloudFormation makes none on
# metric math. What a client reports is the faster signal anyway.
MODEL = f"""
[model.assist]
residency = "US"
hold_seconds = 60

[[model.assist.route]]
name = "home"
kind = "bedrock"
id = "{CLAUDE}"
region = "{REGION}"

[[model.assist.route]]
name = "anywhere"
kind = "bedrock-profile"
id = "global.{CLAUDE}"
region = "{REGION}"

[[model.assist.route]]
name = "ireland"
kind = "bedrock"
id = "{CLAUDE}"
region = "eu-west-1"

[[model.assist.route]]
name = "ohio"
kind = "bedrock"
id = "{CLAUDE}"
region = "us-east-2"
"""


class Application:
    """One process of an application, which asks the model and says who answered."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def ask(self) -> tuple[str, tuple[str, ...]]:
        """Return the route that answered, and those that failed before."""
        hello = [{"role": "user", "content": [{"text": "hello"}]}]
        answer = self._client.converse(modelId="tidegate:assist", messages=hello, inferenceConfig={"maxTokens": 50})
        note = answer["ResponseMetadata"]["Tidegate"]
        return note["route"], tuple(one["route"] for one in note["failed"])


@contextmanager
def application(cloud: E2ECloud) -> Generator[Application]:
    """An application as it runs anywhere: it knows the stage's name, its Region, and what its environment says."""
    with environment(cloud.variables(), without=("AWS_",)):
        session: Any = boto3.Session()
        client = session.client("bedrock-runtime")
        yield Application(attach(client, stage=cloud.stage_name, region=REGION, session=session))


def published(cloud: E2ECloud) -> Document | None:
    """Return what applications can read; None: nothing yet."""
    ssm = cloud.client("ssm")
    try:
        return load(ssm.get_parameter(Name=parameter(cloud.stage_name, "assist"))["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return None
