"""`attach`: from then on a boto3 client of `bedrock-runtime` takes `modelId="tidegate:NAME"`."""

from math import inf
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import boto3

from tidegate.client.clock import REAL, Clock
from tidegate.client.follower import Follower
from tidegate.client.happened import OnEvent
from tidegate.client.hooks import Hooks
from tidegate.client.options import Options, follower
from tidegate.client.store import Source

_attached: Final[WeakKeyDictionary[Any, Hooks]] = WeakKeyDictionary()


def attach[Client](
    client: Client,
    *,
    stage: str | None = None,
    region: str | None = None,
    residency: str | tuple[str, ...] | None = None,
    deadline_seconds: float = inf,
    on_event: OnEvent | None = None,
    report: bool = True,
    session: boto3.Session | None = None,
    source: Source | None = None,
    clock: Clock = REAL,
) -> Client:
    """Let a client follow the routes of models, and return it; a second time replaces what was said before.

    Args:
        client: Of `bedrock-runtime`. Calls with any other model id are left alone.
        stage: Whose documents to follow; without it what TIDEGATE_STAGE says.
        region: Where the stage is deployed; without it the client's own Region.
        residency: A boundary of the application's own, within the model's: Regions, or a set such as "EU".
        deadline_seconds: How long a call may take with all of its attempts; `deadline` bounds single ones. Without
            either each attempt may take what the client's own `read_timeout` allows.
        on_event: Is told what happened, for metrics.
        report: Whether to tell the controller of failures.
        session: Makes the clients for documents and reports; without it one with the default credentials.
        source: Where documents come from, instead of the stage's parameters; then nothing is reported.
        clock: Time and chance.

    Raises:
        ValueError: it is another service's client, the stage isn't said, or the boundary is none.
    """
    service = cast(Any, client).meta.service_model.service_name
    if service != "bedrock-runtime":
        raise ValueError(f'client of {service}: allowed is one of bedrock-runtime, boto3.client("bedrock-runtime")')
    home = region or cast(Any, client).meta.region_name
    options = Options(
        stage=stage,
        region=home,
        residency=residency,
        deadline_seconds=deadline_seconds,
        on_event=on_event,
        report=report,
        session=session,
        source=source,
        clock=clock,
    )
    join(client, follower(options))
    return client


def join(client: Any, follower: Follower) -> None:
    """Let a client's calls be led by a follower, instead of what led them before."""
    detach(client)
    hooks = _attached[client] = Hooks(client, follower)
    hooks.register(client.meta.events)


def detach(client: Any) -> None:
    """Leave a client as it was before `attach`."""
    if hooks := _attached.pop(client, None):
        hooks.unregister(client.meta.events)
