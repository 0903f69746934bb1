"""`attach`: from then on a boto3 client of `bedrock-runtime` takes `modelId="tidegate:NAME"`."""

import warnings
from math import inf
from threading import Lock
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import boto3

from tidegate.client.clock import REAL, Clock
from tidegate.client.follower import Follower
from tidegate.client.happened import OnEvent
from tidegate.client.hooks import Hooks
from tidegate.client.options import Options, follower
from tidegate.client.store import Source

_hooked: Final[WeakKeyDictionary[Any, Hooks]] = WeakKeyDictionary()
_lock: Final = Lock()


def attach[Client](
    client: Client,
    *,
    stage: str | None = None,
    region: str | None = None,
    residency: str | tuple[str, ...] | None = None,
    deadline_seconds: float = inf,
    on_event: OnEvent | None = None,
    report: bool = True,
    every_region: bool = False,
    session: boto3.Session | None = None,
    source: Source | None = None,
    clock: Clock = REAL,
) -> Client:
    """Let a client follow the routes of models, and return it; a second time replaces what was said before.

    Calls under way are finished by what they began with.

    Args:
        client: Of `bedrock-runtime`. Calls with any other model id are left alone.
        stage: Whose documents to follow; without it what TIDEGATE_STAGE says.
        region: Where the stage is deployed; without it the client's own Region.
        residency: A boundary of the application's own, within the model's: Regions, or a set such as "EU".
        deadline_seconds: How long a call may take with all of its attempts; `deadline` bounds single ones. Without
            either each attempt may take what the client's own `read_timeout` allows.
        on_event: Is told what happened, for metrics.
        report: Whether to tell the controller of failures.
        every_region: Whether the client's own endpoint takes requests for all Regions. Otherwise one whose endpoint is
            private, or doesn't name its Region, calls that Region alone, unless the endpoint is on this machine.
        session: Makes the clients for documents and reports; without it one with the default credentials.
        source: Where documents come from, instead of the stage's parameters; then nothing is reported.
        clock: Time and chance.

    Raises:
        ValueError: it is another service's client, the stage isn't said, the boundary is none, or it is wider than
            that of an earlier time.
    """
    service = cast(Any, client).meta.service_model.service_name
    if service != "bedrock-runtime":
        raise ValueError(f'client of {service}: allowed is one of bedrock-runtime, boto3.client("bedrock-runtime")')
    _advise(client)
    home = region or cast(Any, client).meta.region_name
    options = Options(
        stage=stage,
        region=home,
        residency=residency,
        deadline_seconds=deadline_seconds,
        on_event=on_event,
        report=report,
        every_region=every_region,
        session=session,
        source=source,
        clock=clock,
    )
    _lead(client, follower(options))
    return client


def _advise(client: Any) -> None:
    """Warn of what makes a client slow on all routes because of one."""
    retries: dict[str, object] = client.meta.config.retries or {}
    if retries.get("mode") == "adaptive":
        warnings.warn(
            "tidegate: this client's retry mode is adaptive, so a throttle of one route slows its calls on all routes: "
            'set Config(retries={"mode": "standard"}) or AWS_RETRY_MODE=standard',
            stacklevel=3,
        )


def detach(client: Any) -> None:
    """Leave the calls of a client alone, as they were before `attach`; those under way are finished."""
    with _lock:
        if hooks := _hooked.get(client):
            hooks.follower = None


def join(client: Any, follower: Follower) -> Hooks:
    """Let a client take the calls that a follower leads along, beside those that it was attached for.

    Raises:
        ValueError: the client is attached with a boundary of its own, and the follower's is wider.
    """
    with _lock:
        hooks = _hooks(client)
        _check(hooks, follower)
    return hooks


def _lead(client: Any, follower: Follower) -> None:
    with _lock:
        hooks = _hooks(client)
        _check(hooks, follower)
        hooks.follower = follower


def _hooks(client: Any) -> Hooks:
    hooks = _hooked.get(client)
    if hooks is None:
        hooks = _hooked[client] = Hooks(client)
        hooks.register(client.meta.events)
    return hooks


def _check(hooks: Hooks, follower: Follower) -> None:
    """Refuse a boundary wider than the one that the client has: whoever set it relies on it."""
    pin = hooks.follower.pin if hooks.follower else None
    if pin is None or (follower.pin is not None and set(follower.pin) <= set(pin)):
        return
    said = f"{', '.join(follower.pin)} goes" if follower.pin else "none goes"
    raise ValueError(
        f"residency: {said} beyond {', '.join(pin)}, which this client was attached with: allowed are Regions of "
        "those; say residency=..., take another client, or detach(client) first"
    )
