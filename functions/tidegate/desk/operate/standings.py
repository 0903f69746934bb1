"""How the routes of a model stand, in words and for machines.

A route in JSON: `name`, `standing` (answers, throttled, unavailable, daily, broken), `since` and `until` (when it was
stepped down, and before when it is not tried again; null while it answers), `why` (null), `shown` (whether applications
see it as stepped down), `published` (whether they can read it at all).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.text import Text

from tidegate.desk.operate.models import Seen
from tidegate.desk.operate.times import Times, length, utc
from tidegate.model.standing import Track
from tidegate.policy.document import Candidate, Document
from tidegate.policy.failures import Standing

ANSWERS: Final = "answers"

_WORDS: Final[Mapping[Standing, str]] = {
    "throttled": "throttled",
    "unavailable": "unavailable",
    "daily": "its tokens of the day are used up",
    "broken": "broken: somebody has to look",
}


def data(seen: Seen, route: str) -> dict[str, object]:
    """Return how a route stands, for machines."""
    track = seen.memory.tracks.get(route, Track())
    return {
        "name": route,
        "standing": track.standing or ANSWERS,
        "since": utc(track.since) if track.down else None,
        "until": utc(track.until) if track.down else None,
        "why": track.why if track.down else None,
        "shown": route in seen.memory.down,
        "published": route in published(seen),
    }


def published(seen: Seen) -> Mapping[str, Candidate]:
    """Return the routes that applications can read, by name."""
    return {one.name: one for one in seen.document.routes} if seen.document else {}


def said(seen: Seen, route: str, times: Times) -> Text:
    """Say how a route stands."""
    track = seen.memory.tracks.get(route, Track())
    if track.standing is None:
        return Text(ANSWERS, "green")
    style = "bold red" if track.standing == "broken" else "yellow"
    kept = "" if route in seen.memory.down else ", and keeps its place"
    again = f"tried again in {length(max(0.0, track.until - times.now))}"
    return Text.assemble((_WORDS[track.standing], style), f"{kept}; {again} ({track.why})")


def troubled(seen: Seen) -> str:
    """Say in a line which routes don't answer."""
    return ", ".join(f"{name} ({one.standing})" for name, one in seen.memory.tracks.items() if one.down) or "none"


def first(seen: Seen) -> str | None:
    """Return the name of the route that goes first; None: applications can take none."""
    allowed = seen.document.allowed if seen.document else ()
    return allowed[0].name if allowed else None


def age(document: Document | None, times: Times) -> str:
    """Say how old a document is, and how long it holds."""
    if document is None:
        return "not published yet"
    written = f"epoch {document.epoch}, {length(max(0.0, times.now - document.issued))} old"
    left = document.until - times.now
    if left > 0:
        return f"{written}, holds for {length(left)} more"
    home = document.last_resort
    rest = f"applications take {home.name} alone" if home else "applications have no route"
    return f"{written}, expired {length(-left)} ago: {rest}"


def left_out(seen: Seen, times: Times) -> Iterator[tuple[str, str]]:
    """Return the routes that applications can't read, each with the reason."""
    there, told = published(seen), seen.reasons
    for name in seen.routes:
        if name in there:
            continue
        if name in told:
            yield name, told[name]
        elif (track := seen.memory.tracks.get(name, Track())).standing == "broken":
            yield name, f"broken ({track.why}), tried again in {length(max(0.0, track.until - times.now))}"
        elif seen.document is not None:
            yield name, "not in the document: no look has put it there yet, or the document is full"
        else:
            yield name, "nothing is published yet"
