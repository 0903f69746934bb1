"""Which of a model's routes may be taken at all: fast enough, and inside of the boundary. Pure.

Residency is a hard filter. A profile is judged by the destinations that Bedrock names, never by its prefix.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tidegate.policy.document import Candidate
from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.residency import inside
from tidegate.policy.route import LATENCIES, Route


@dataclass(frozen=True, slots=True)
class Rejected:
    """A route that may not be taken, and why."""

    route: str
    code: str
    why: str


def eligible(model: Model, home: str, destinations: Mapping[str, tuple[str, ...]]) -> list[Candidate | Rejected]:
    """Return each route of a model in its order, as applications take it, or why they may not.

    `home` is the stage's own Region; `destinations` are the Regions of profiles, by the names of their routes: one that
    is missing is unknown, and outside of every boundary.
    """
    return [_judged(one, model, home, destinations.get(one.name, ())) for one in model.routes]


def on_demand_at_home(routes: Iterable[Candidate], home: str) -> str:
    """Return the name of the route that is left when nobody says any more how the others stand; empty: none is.

    In the stage's own Region, without a profile and without anything that is bought: it is there whatever happens.
    """
    return next((one.name for one in routes if one.kind == "bedrock" and one.region == home), "")


def _judged(route: Route, model: Model, home: str, destinations: tuple[str, ...]) -> Candidate | Rejected:
    if LATENCIES.index(route.latency) < LATENCIES.index(model.latency):
        return Rejected(route.name, "too_slow", f"{route.name} is {route.latency}, the model {model.latency}")
    regions = processed_in(route, home, destinations)
    if not inside(regions, model.boundary):
        return Rejected(route.name, "outside", _outside(route, regions, model.boundary or ()))
    return Candidate(
        name=route.name,
        kind=route.kind,
        id=route.id,
        regions=regions,
        region=(route.region or home) if route.kind in BEDROCK else "",
        max_context=route.max_context,
        endpoint=route.endpoint,
        secret=route.secret,
        family=route.family,
    )


def processed_in(route: Route, home: str, destinations: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Regions in which a route processes data; empty: unknown.

    What the policy says of a profile never makes up for what Bedrock doesn't: it only adds to the Regions, and so may
    put it outside; so does the Region that it is called in.
    """
    if route.kind == "bedrock-profile":
        source = route.region or home
        return tuple(dict.fromkeys((source, *destinations, *route.regions))) if destinations else ()
    return (route.region or home,) if route.kind in BEDROCK else route.regions


def _outside(route: Route, regions: tuple[str, ...], boundary: tuple[str, ...]) -> str:
    if not regions:
        return f"{route.name} is outside of the boundary: nobody knows where it processes data"
    beyond = ", ".join(one for one in regions if one not in boundary)
    return f"{route.name} is outside of the boundary: it processes data in {beyond} too"
