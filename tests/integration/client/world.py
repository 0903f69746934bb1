"""An application, a fake Bedrock that is served over HTTP, and a stage that publishes routes and hears reports."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.hooks import HierarchicalEmitter

from tidegate.client import attach
from tidegate.client.clock import Clock
from tidegate.desk.bedrock.catalog import CLAUDE, EU, NOVA
from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.policy.document import Candidate, Document, dump

SESSION: Any = boto3.Session("key", "secret")
"""One for all: it reads the service models once."""


def route(name: str, region: str, model: str = CLAUDE, **more: Any) -> Candidate:
    """Return a route to a model in one Region."""
    usual: dict[str, Any] = {"kind": "bedrock", "id": model, "region": region, "regions": (region,)}
    return Candidate(name=name, **usual | more)


HOME = route("home", "eu-central-1")
DUBLIN = route("dublin", "eu-west-1")
PROFILE = route("profile", "eu-central-1", f"eu.{CLAUDE}", kind="bedrock-profile", regions=EU)
NOVA_HOME = route("nova", "eu-central-1", NOVA)
OHIO = route("ohio", "us-east-2")
GLOBAL = route("global", "eu-central-1", f"global.{CLAUDE}", kind="bedrock-profile", regions=())
ROUTES = (HOME, DUBLIN, PROFILE, OHIO, GLOBAL)


def published(*routes: Candidate, **more: Any) -> Document:
    """Return a document of the model `chat`, good for an hour."""
    now = time.time()
    usual: dict[str, Any] = {"epoch": 1, "issued": now, "until": now + 3600, "boundary": EU, "home": "home"}
    return Document(stage="prod", model="chat", routes=routes, **usual | more)


@dataclass(slots=True)
class Stage:
    """What a stage is for an application: one parameter and one bus. Speaks as boto3's session and clients do."""

    document: Document | str = field(default_factory=lambda: published(*ROUTES))
    fails: str = ""
    """Code of the error that reading the parameter ends with; `down`: nothing answers."""

    reads: int = 0
    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    meta: Any = None

    def client(self, service: str, *, region_name: str, **_: object) -> Any:
        """Return the client of SSM or of EventBridge."""
        self.meta = replace(_Meta(), region_name=region_name)
        return self

    def get_parameter(self, *, Name: str, **_: object) -> Any:  # noqa: N803 - as boto3 calls it
        """Return the document, or fail."""
        self.reads += 1
        if self.fails == "down":
            raise EndpointConnectionError(endpoint_url="https://ssm")
        if self.fails:
            raise ClientError({"Error": {"Code": self.fails, "Message": ""}}, "GetParameter")
        text = self.document if isinstance(self.document, str) else dump(self.document)
        return {"Parameter": {"Name": Name, "Value": text}}

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        """Hear reports."""
        self.entries += Entries
        return {"FailedEntryCount": 0}

    @property
    def reports(self) -> list[tuple[str, str, int]]:
        """(route, failure, count) of each report."""
        details = [json.loads(one["Detail"]) for one in self.entries]
        return [(one["route"], one["failure"], one["count"]) for one in details]


@dataclass(frozen=True, slots=True)
class _Meta:
    region_name: str = ""
    events: HierarchicalEmitter = field(default_factory=HierarchicalEmitter)


@dataclass(slots=True)
class Ticks:
    """Time that passes when somebody waits."""

    at: float = field(default_factory=time.time)
    lock: Lock = field(default_factory=Lock)

    def __call__(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        """Let seconds pass."""
        with self.lock:
            self.at += seconds

    @property
    def clock(self) -> Clock:
        """The client's clock that shows this time."""
        return Clock(now=self, ticks=self, pause=self.wait, chance=lambda: 0.5)

    @property
    def prompt(self) -> Clock:
        """The same, and reports are sent before the caller goes on."""
        return replace(self.clock, beside=_now)


def _now(job: Callable[[], None]) -> None:
    job()


@dataclass(slots=True)
class World:
    """The fake, its address, and the clients that were made of it."""

    fake: FakeBedrock
    url: str
    ticks: Ticks
    stage: Stage = field(default_factory=Stage)
    made: list[Any] = field(default_factory=list[Any])

    def plain(self, **config: Any) -> Any:
        """Return a boto3 client of Frankfurt."""
        settings = Config(max_pool_connections=60, **config)
        self.made.append(SESSION.client("bedrock-runtime", "eu-central-1", endpoint_url=self.url, config=settings))
        return self.made[-1]

    def client(self, *, config: dict[str, Any] | None = None, **more: Any) -> Any:
        """Return one that follows the stage."""
        usual: dict[str, Any] = {"stage": "prod", "session": self.stage, "clock": self.ticks.clock}
        return attach(self.plain(**config or {}), **usual | more)

    @property
    def called(self) -> list[tuple[str, str]]:
        """(Region, outcome) of each call of inference."""
        return [(one.region, one.outcome) for one in self.fake.called()]


def converse(client: Any, **more: Any) -> Any:
    """Ask the model `chat`."""
    return client.converse(modelId="tidegate:chat", messages=[_user("hi")], **more)


def stream(client: Any) -> Any:
    """Ask the model `chat` for an answer in pieces."""
    return client.converse_stream(modelId="tidegate:chat", messages=[_user("hi")])


def text(events: Iterable[Any]) -> str:
    """Return the text of a stream."""
    return "".join(one["contentBlockDelta"]["delta"]["text"] for one in events if "contentBlockDelta" in one)


def route_of(answer: Any) -> str:
    """Return which route answered."""
    return answer["ResponseMetadata"]["Tidegate"]["route"]


def eventually(holds: Callable[[], bool]) -> bool:
    """Return whether something comes to hold while another thread works."""
    end = time.monotonic() + 10
    pause = Event()
    while not holds() and time.monotonic() < end:
        pause.wait(0.01)
    return holds()


def _user(said: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": said}]}
