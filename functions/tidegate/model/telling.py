"""Tells a person why a model's routes are in the order that they are in. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.model.eligible import Rejected
from tidegate.model.standing import Track
from tidegate.policy.document import Document
from tidegate.policy.failures import Standing
from tidegate.policy.mode import Mode

_WORDS: Mapping[Standing, str] = {
    "throttled": "is throttled",
    "unavailable": "is unavailable",
    "daily": "has used up its tokens of the day",
    "broken": "is broken and left out: somebody has to look",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look came to."""

    document: Document
    """What applications are to read."""

    tracks: Mapping[str, Track]
    before: Mapping[str, Track]
    """How the routes stand, and how they stood."""

    down: Sequence[str]
    """The routes that applications are to see as stepped down."""

    rejected: Sequence[Rejected]

    @property
    def returned(self) -> list[str]:
        """The routes that answer again."""
        return [name for name, one in self.before.items() if one.down and not self.tracks.get(name, Track()).down]


def told(found: Findings, mode: Mode, now: float) -> tuple[str, str]:
    """Return (code for a metric, reason for a person); `now` in epoch seconds."""
    first = found.document.routes[:1]
    parts = [
        f"{found.document.model} goes by {first[0].name}" if first else _NONE.format(found.document.model),
        *_standing(found, mode, now),
        *(f"{name} was quiet long enough and is trusted again" for name in found.returned),
        *(one.why for one in found.rejected if one.code == "outside"),
    ]
    return _code(found), "; ".join(parts)


_NONE: Final = "{} has no route inside of its boundary: none is published"


def _code(found: Findings) -> str:
    standings = [one.standing for one in found.tracks.values() if one.standing]
    if not found.document.routes:
        return "no_route"
    if "broken" in standings:
        return "route_broken"
    if found.returned:
        return "route_returned"
    if found.down:
        return "stepped_down"
    return "would_step_down" if standings else "in_order"


def _standing(found: Findings, mode: Mode, now: float) -> Iterable[str]:
    for name, one in found.tracks.items():
        if one.standing is None:
            continue
        again = f"tried again in {max(0, one.until - now):.0f} s"
        held = "" if name in found.down else f", and keeps its place: {mode.held[1] if mode.held else 'as before'}"
        yield f"{name} {_WORDS[one.standing]} ({one.why}), {again}{held}"
