"""What an application may say of how to follow routes, and what follows from it."""

import os
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Final, cast

import boto3
from botocore.config import Config

from tidegate.client.clock import REAL, Clock
from tidegate.client.follower import Follower
from tidegate.client.happened import OnEvent, tell
from tidegate.client.shared import Reading, shared
from tidegate.client.store import Source
from tidegate.client.time_left import hurry
from tidegate.policy.residency import SETS, boundary

_IMPATIENT: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}, user_agent_extra="tidegate"
)
"""What is known goes on being served, so a slow answer is worth no more than none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The keywords of `attach` and `chat`."""

    stage: str | None = None
    region: str | None = None
    residency: str | tuple[str, ...] | None = None
    deadline_seconds: float = inf
    on_event: OnEvent | None = None
    report: bool = True
    every_region: bool = False
    session: boto3.Session | None = None
    source: Source | None = None
    clock: Clock = REAL


def follower(options: Options) -> Follower:
    """Return what follows the documents of a stage, or of a source.

    Raises:
        ValueError: the stage isn't said, or the boundary is none.
    """
    reporter, source = None, options.source
    if source is None:
        stage = options.stage or os.environ.get("TIDEGATE_STAGE")
        if not stage:
            raise ValueError('stage: needed is one of tidegate.toml, as stage="prod", or in TIDEGATE_STAGE')
        common = shared(stage, options.region, options.session, options.clock, partial(service_client, options))
        reporter = common.reporter if options.report else None
        source = Reading(
            store=common.store,
            tell=partial(tell, options.on_event),
            deadline_seconds=options.deadline_seconds,
            ticks=options.clock.ticks,
        )
    return Follower(
        source=source,
        reporter=reporter,
        pin=_pin(options.residency),
        every_region=options.every_region,
        deadline_seconds=options.deadline_seconds,
        on_event=options.on_event,
        clock=options.clock,
    )


def service_client(options: Options, service: str, region: str | None = None) -> Any:
    """Return a new client in the stage's Region, or else in `region`."""
    # A session of one's own: boto3's default one isn't made for many threads.
    session = cast(Any, options.session or boto3.Session())
    where = options.region or region
    if service == "bedrock-runtime":
        return session.client(service, region_name=where)
    made = session.client(service, region_name=where, config=_IMPATIENT)
    hurry(made)
    return made


def _pin(said: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    try:
        return None if said is None else boundary(list(said) if not isinstance(said, str) else said)
    except KeyError:
        raise ValueError(f"residency = {said!r}: allowed are Regions, or {' or '.join(map(repr, SETS))}") from None
