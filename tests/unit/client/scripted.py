"""A real boto3 client whose answers are scripted: botocore's `before-send` lets a handler answer for the network."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from urllib.parse import unquote

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict

from tidegate.client.attaching import attach
from tidegate.client.clock import Clock
from tidegate.client.store import Fixed
from tidegate.policy.document import Document

type Answer = tuple[int, str, str] | Exception | None
"""(status, code, message) of an error, an error of the network, or None: it is answered."""


@dataclass(slots=True)
class Raw:
    """A body, as urllib3 would hand it over."""

    content: bytes

    def stream(self, **_: object) -> Iterator[bytes]:
        """Return the body in one piece."""
        yield self.content


@dataclass(slots=True)
class Network:
    """Answers by model id, and takes down what was asked."""

    answers: dict[str, list[Answer]]
    asked: list[Any] = field(default_factory=list[Any])

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        self.asked.append(request)
        answers = self.answers.get(_model(request), [])
        answer = answers.pop(0) if len(answers) > 1 else answers[0] if answers else None
        if isinstance(answer, Exception):
            raise answer
        status, code, message = answer or (200, "", "")
        said = {"message": message} if answer else _REPLY
        headers: Any = HeadersDict({"x-amzn-ErrorType": code} if code else {})
        return AWSResponse(request.url, status, headers, cast(Any, Raw(json.dumps(said).encode())))

    @property
    def models(self) -> list[str]:
        """The model ids that were asked, in order."""
        return [_model(one) for one in self.asked]


def _model(request: Any) -> str:
    return unquote(request.url.split("/model/")[1].rpartition("/")[0])


_REPLY = {
    "output": {"message": {"role": "assistant", "content": [{"text": "42"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8},
    "metrics": {"latencyMs": 7},
}

THROTTLED = (429, "ThrottlingException", "Too many requests, please wait before trying again.")
DENIED = (403, "AccessDeniedException", "You don't have access to the model with the specified model ID.")
INVALID = (400, "ValidationException", "The model doesn't support tool use.")


@cache
def session() -> Any:
    """Return the session of all clients: it has read the service's model once."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="y")  # noqa: S106 - no network, no secret


def bedrock(network: Callable[..., Any], config: Any = None, endpoint: str | None = None) -> Any:
    """Return a client of Frankfurt that asks the scripted network."""
    client = session().client("bedrock-runtime", region_name="eu-central-1", config=config, endpoint_url=endpoint)
    client.meta.events.register("before-send.bedrock-runtime", network)
    return client


def attached(network: Network, document: Document, clock: Clock, **more: Any) -> Any:
    """Return such a client that follows a document."""
    return attach(bedrock(network), source=Fixed({document.model: document}), clock=clock, **more)


def converse(client: Any, text: str = "hi", **more: Any) -> Any:
    """Ask the model `chat`."""
    return client.converse(modelId="tidegate:chat", messages=[{"role": "user", "content": [{"text": text}]}], **more)
