"""In which order a model's routes are to be taken: the owner's, but whoever stands badly goes to the end. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tidegate.model.standing import Track
from tidegate.policy.document import LONGEST, Candidate, Document, dump
from tidegate.policy.failures import Standing

_STEPS: Final[tuple[Standing | None, ...]] = (None, "throttled", "unavailable", "daily", "broken")
"""From the first to be tried: a route whose minute is used up may answer by the time that a client gets to it."""


def ordered(routes: Sequence[Candidate], tracks: Mapping[str, Track], *, home: str) -> tuple[Candidate, ...]:
    """Return the routes in the order in which a client is to try them.

    Broken ones are left out, but for `home`, which is there for when the document has expired, and for the last one.
    """
    track = {one.name: tracks.get(one.name, Track()) for one in routes}
    found = sorted(routes, key=lambda one: (_STEPS.index(track[one.name].standing), track[one.name].until))
    whole = tuple(one for one in found if track[one.name].standing != "broken" or one.name == home)
    return whole or tuple(found[:1])


def shown(tracks: Mapping[str, Track], down: Collection[str]) -> dict[str, Track]:
    """Return how routes stand as far as it may show: those in `down`, and all others as if they answered."""
    return {name: one if name in down else Track() for name, one in tracks.items()}


def fitting(document: Document) -> Document:
    """Return the document without the last routes, as far as it is too large for its parameter; `home` stays."""
    routes = document.routes
    while len(dump(replace(document, routes=routes)).encode()) > LONGEST:
        last = next((one for one in reversed(routes) if one.name != document.home), None)
        if last is None:
            break
        routes = tuple(one for one in routes if one != last)
    return replace(document, routes=routes)
