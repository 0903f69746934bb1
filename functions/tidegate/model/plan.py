"""Plans what a model needs: how its routes stand, in which order they are published, and why. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tidegate.model.advice import advice
from tidegate.model.eligible import Rejected, eligible
from tidegate.model.evidence import against
from tidegate.model.ladder import shown
from tidegate.model.memory import Destinations, Memory
from tidegate.model.publication import Publish, document, publication
from tidegate.model.sight import Sight
from tidegate.model.standing import Track, follow
from tidegate.model.telling import Findings, told
from tidegate.policy.document import Candidate
from tidegate.policy.mode import Mode
from tidegate.policy.model import Model

KNOWN_SECONDS: Final = 86_400
"""How long the destinations of a profile hold that Bedrock named last: after that, unread is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a model needs, and why. No action is a plan too."""

    code: str
    reason: str
    memory: Memory
    actions: tuple[Publish, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    advice: tuple[str, ...] = ()


def plan(sight: Sight, model: Model, mode: Mode, memory: Memory, now: float) -> Plan:
    """Decide how routes stand and what is published; `now` in epoch seconds."""
    profiles = _profiles(model, sight, memory.profiles, now)
    judged = eligible(model, sight.home, {name: known.regions for name, known in profiles.items()})
    routes = [one for one in judged if isinstance(one, Candidate)]
    rejected = tuple(one for one in judged if isinstance(one, Rejected))
    tracks = _tracks(model, sight, memory.tracks, now)
    down = _down(tracks, mode, memory.down)
    wanted = document(sight, model.boundary, routes, shown(tracks, down), now)
    publish = publication(wanted, sight.published, memory.epoch, now)
    outside = tuple(one for one in rejected if one.code == "outside")
    news = tuple(one.why for one in outside if one.route not in memory.outside or not routes)
    code, why = told(Findings(wanted, tracks, memory.tracks, down, news), mode, now)
    epoch = publish.document.epoch if publish else memory.epoch
    return Plan(
        code=code,
        reason=why,
        memory=Memory(
            code=code,
            tracks=tracks,
            down=down,
            epoch=epoch,
            outside=tuple(one.route for one in outside),
            profiles=profiles,
        ),
        actions=(publish,) if publish else (),
        rejected=rejected,
        advice=advice(model, sight, tracks),
    )


def _profiles(model: Model, sight: Sight, known: Mapping[str, Destinations], now: float) -> dict[str, Destinations]:
    """Return where profiles send data: as read now, or as read within the last day where nothing could be read now."""
    found: dict[str, Destinations] = {}
    for route in (one for one in model.routes if one.kind == "bedrock-profile"):
        read = sight.destinations.get(route.name)
        if read is not None:
            found[route.name] = Destinations(regions=read, at=now, of=route.way)
        elif (last := known.get(route.name)) and last.of == route.way and now - last.at <= KNOWN_SECONDS:
            found[route.name] = last
    return found


def _tracks(model: Model, sight: Sight, tracks: Mapping[str, Track], now: float) -> dict[str, Track]:
    """Return how each route stands; what is known of one that the policy no longer has is forgotten."""
    found: dict[str, Track] = {}
    for route in model.routes:
        traffic = sight.traffic.get(route.name, ())
        proofs = against(route.name, sight.reports, traffic, model.step_down_percent, now)
        before, readable = tracks.get(route.name), traffic is not None
        known = before if before and before.of == route.way else Track(of=route.way)
        track = follow(known, proofs, hold=model.hold_seconds, readable=readable, now=now)
        if track != Track(of=route.way):
            found[route.name] = track
    return found


def _down(tracks: Mapping[str, Track], mode: Mode, before: tuple[str, ...]) -> tuple[str, ...]:
    """Return the routes that applications are to see as stepped down.

    In the mode `observe` none; with the kill switch on none that wasn't before, while those that answer again come
    back: nothing new begins, and what was begun ends.
    """
    found = tuple(name for name, one in tracks.items() if one.down)
    if mode.stopped:
        return tuple(name for name in found if name in before)
    return found if mode.act else ()
