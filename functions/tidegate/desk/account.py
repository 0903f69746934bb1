"""One account and Region as the commands reach it: small ports, and the boto3 behind them.

Boto3 follows AWS_ENDPOINT_URL, AWS_PROFILE and AWS_REGION by itself, so a local cloud needs no option of its own.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tidegate.desk.page import ask
from tidegate.desk.trouble import Refusal, choices, code_of
from tidegate.loop.delivery import DRILL_TIMEOUT_SECONDS

STACK_PREFIX: Final = "Tidegate-"

_PATIENCE: Final = Config(
    connect_timeout=5,
    read_timeout=DRILL_TIMEOUT_SECONDS + 10,  # as long as the slowest function may take
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra="tidegate-desk",
)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stage's CloudFormation stack: its account (empty: unknown), and its outputs by name."""

    name: str
    account: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a function answered; `failed`: it raised, timed out or died instead."""

    payload: Any
    failed: bool = False


class Stacks(Protocol):
    """CloudFormation. Every method may raise the error of its AWS call."""

    def find(self, name: str) -> Stack:
        """Return a stack. Raises `Refusal` when there is none."""
        ...

    def parts(self, name: str, kind: str) -> Mapping[str, str]:
        """Return what a stack made of one resource type: physical id by logical id."""
        ...


class Functions(Protocol):
    """Lambda."""

    def invoke(self, function: str, payload: Mapping[str, object]) -> Reply:
        """Invoke a function and wait for its answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All that a command needs of the world around it."""

    region: str
    stacks: Stacks
    functions: Functions
    client: Callable[[str], Any]
    """Makes the client of a service."""

    now: Callable[[], float]
    """Epoch seconds."""

    pause: Callable[[float], None]
    """Waits some seconds."""

    nonce: Callable[[], str]
    """Makes the name of a drill, which nobody can guess."""

    ask: Callable[[str], bool | None]
    """Asks the person in front; None: there is nobody."""


class CloudFormation:
    """`Stacks` on boto3."""

    def __init__(self, client: Any, region: str) -> None:
        self._client = client
        self._region = region

    def find(self, name: str) -> Stack:
        """Return a stack: one call, and a few more to name the others when it isn't there."""
        try:
            found = self._client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if code_of(error) != "ValidationError" or "does not exist" not in str(error):
                raise
            raise Refusal(f"there is no stack {name} in {self._region}: {self._others(name)}") from None
        outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
        # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        return Stack(name, found["StackId"].split(":")[4], outputs)

    def parts(self, name: str, kind: str) -> Mapping[str, str]:
        """Return a stack's resources of one type: a call for every 100 resources of any type."""
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=name)
        found = (one for page in pages for one in page["StackResourceSummaries"])
        return {
            one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found if one["ResourceType"] == kind
        }

    def _others(self, name: str) -> str:
        todo = "name another with --stage, another place with --region or --aws-profile, or `make deploy` it"
        try:
            pages = self._client.get_paginator("describe_stacks").paginate()
            names = [one["StackName"] for page in pages for one in page["Stacks"]]
        except ClientError:
            return todo
        return f"{choices(name, [one for one in names if one.startswith(STACK_PREFIX)])}; {todo}"


class Lambda:
    """`Functions` on boto3."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def invoke(self, function: str, payload: Mapping[str, object]) -> Reply:
        """Invoke a function and wait for its answer: one call."""
        answer = self._client().invoke(FunctionName=function, Payload=json.dumps(payload).encode())
        return Reply(json.loads(answer["Payload"].read() or b"null"), failed="FunctionError" in answer)


def connect(profile: str | None, region: str | None) -> Ports:
    """Return the ports on boto3. Raises the errors of botocore for a profile, a Region or credentials that aren't."""
    session = boto3.Session(profile_name=profile, region_name=region)

    def client(service: str) -> Any:
        return cast(Any, session).client(service, config=_PATIENCE)

    place = session.region_name
    return Ports(
        region=place,
        stacks=CloudFormation(client("cloudformation"), place),
        functions=Lambda(lambda: client("lambda")),
        client=client,
        now=time.time,
        pause=time.sleep,  # noqa: TID251 - a person at a desk waits for a drill; nothing in Lambda does
        nonce=lambda: secrets.token_hex(8),
        ask=ask,
    )
