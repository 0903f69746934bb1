"""Looks at a model: what its routes were asked for, where its profiles send data, what applications can read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tidegate.model.memory import Memory
from tidegate.model.plan import Plan, plan
from tidegate.model.records import ModelWorld, Recalled
from tidegate.model.sight import Sight, Traffic
from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.residency import inside
from tidegate.policy.route import Route

TRAFFIC_SECONDS: Final = 900
"""How far back CloudWatch is asked: a route that answered anybody within five minutes works, and minutes come late."""

DESTINATIONS_SECONDS: Final = 540
"""How long what was read of profiles holds for looks that publish nothing: less than the ten minutes between them."""

REPORTS_SECONDS: Final = 600
"""How far back reports are read, for what throttled requests have in common."""


def planned(name: str, model: Model, recalled: Recalled, world: ModelWorld, now: float) -> tuple[Sight, Plan]:
    """Look at a model at `now` (epoch seconds), and plan.

    Where profiles send data is asked before anything is published, and every ten minutes: looks may come by the second
    while routes are throttled.
    """
    memory = recalled.memory
    sight = _look(name, model, recalled, world, now)
    first = plan(sight, model, world.mode, memory, now)
    if not first.actions and not _asks(model, memory, now):
        return sight, first
    sight = _with_destinations(sight, model, world)
    return sight, plan(sight, model, world.mode, memory, now)


def look(name: str, model: Model, recalled: Recalled, world: ModelWorld, now: float) -> Sight:
    """Look at all there is of a model at `now` (epoch seconds)."""
    return _with_destinations(_look(name, model, recalled, world, now), model, world)


def _asks(model: Model, memory: Memory, now: float) -> bool:
    """Return whether a profile's destinations are unknown, or were read too long ago."""
    profiles = [one.name for one in model.routes if one.kind == "bedrock-profile"]
    return any(
        name not in memory.profiles or now - memory.profiles[name].at >= DESTINATIONS_SECONDS for name in profiles
    )


def _look(name: str, model: Model, recalled: Recalled, world: ModelWorld, now: float) -> Sight:
    """Look at what changes by the minute. Only applications' own document has to be readable."""
    traffic, unread = _traffic(model, world, now)
    return Sight(
        stage=world.stage,
        name=name,
        home=world.home,
        traffic=traffic,
        unread=unread,
        reports=recalled.reports,
        destinations=dict.fromkeys(one.name for one in model.routes if one.kind == "bedrock-profile"),
        published=world.documents.read(world.stage, name),
    )


def _traffic(model: Model, world: ModelWorld, now: float) -> tuple[Mapping[str, Traffic | None], tuple[str, ...]]:
    """Read what Bedrock's routes were asked for, a Region at a time; what a Region doesn't answer is None.

    Where a model may not be called nobody looks.
    """
    by_region: dict[str, dict[str, Route]] = {}
    for route in (one for one in model.routes if one.kind in BEDROCK):
        region = route.region or world.home
        if inside((region,), model.boundary):
            by_region.setdefault(region, {})[route.name] = route
    found: dict[str, Traffic | None] = {}
    unread: list[str] = []
    for region, routes in by_region.items():
        try:
            found |= world.metrics.traffic(region, routes, since=now - TRAFFIC_SECONDS, now=now)
        except Exception as error:  # noqa: BLE001 - missing data holds the routes, and the document is renewed
            found |= dict.fromkeys(routes)
            unread.append(f"metrics of {region} can't be read: {error}")
    return found, tuple(unread)


def _with_destinations(sight: Sight, model: Model, world: ModelWorld) -> Sight:
    """Return what was seen, and where profiles send data."""
    found: dict[str, tuple[str, ...] | None] = {}
    unread = list(sight.unread)
    for route in (one for one in model.routes if one.kind == "bedrock-profile"):
        try:
            found[route.name] = world.profiles.destinations(route.region or world.home, route.id)
        except Exception as error:  # noqa: BLE001 - what was read within the last day holds; after that it is outside
            found[route.name] = None
            unread.append(f"the profile of {route.name} can't be read: {error}")
    return replace(sight, destinations=found, unread=tuple(unread))
