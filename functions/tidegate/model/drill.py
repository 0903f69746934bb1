"""The drill of a throttle: what one route's throttling would lead to, when that would prove nothing, what it proved.

Pure. One report says what an application would say; everything after it is decided as ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.journal.decision import Decision
from tidegate.model.eligible import eligible
from tidegate.model.evidence import AT_LEAST
from tidegate.model.memory import Memory
from tidegate.model.plan import Plan, plan
from tidegate.model.report import Report
from tidegate.model.sight import Sight
from tidegate.model.standing import Track
from tidegate.policy.document import Candidate
from tidegate.policy.mode import Mode
from tidegate.policy.model import Model

STEPS_DOWN_SECONDS: Final = 60
"""How soon a route is to step down: a report takes seconds to its look."""

FAILURES: Final = AT_LEAST
"""How many a drill reports: as few as are taken for a throttle."""

_ACTING: Final = Mode(act=True, stopped=False)

type Proof = tuple[str, bool, str]
"""(what was to be proved, whether it was, what was seen)."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the next look would come to, were a route throttled now."""

    route: str
    plan: Plan
    hold: float
    """Seconds for which the route would not be tried again."""

    hindrance: str | None
    """Why the drill would prove nothing; None: it would."""


class NoSuchRoute(ValueError):
    """A route that can't be throttled. The text is one line: what, and which can."""


def foresee(model: Model, sight: Sight, memory: Memory, wanted: str, *, nonce: str, now: float) -> Foreseen:
    """Return what throttling a route at `now` (epoch seconds) leads to; without a `wanted` one, the first that answers.

    Raises `NoSuchRoute`.
    """
    before = plan(sight, model, _ACTING, memory, now)
    known = {name: one.regions for name, one in before.memory.profiles.items()}
    inside = [one.name for one in eligible(model, sight.home, known) if isinstance(one, Candidate)]
    answering = [name for name in inside if not before.memory.tracks.get(name, Track()).down]
    if wanted and wanted not in answering:
        raise NoSuchRoute(f"{wanted} is no route of {sight.name} that answers: name one of {_named(answering)}")
    if not answering:
        raise NoSuchRoute(f"no route of {sight.name} answers: wait until one is trusted again")
    route = wanted or answering[0]
    report = told(sight.name, route, nonce, now)
    after = plan(replace(sight, reports=(*sight.reports, report)), model, _ACTING, memory, now)
    track = after.memory.tracks.get(route, Track())
    hindrance = None
    if len(inside) == 1:
        hindrance = f"{route} is the only route of {sight.name} inside of its boundary: nothing would step up"
    elif not (after.actions and track.down):
        hindrance = f"the order of routes would stay as it is: {after.reason}"
    return Foreseen(route, after, max(0.0, track.until - now), hindrance)


def told(model: str, route: str, nonce: str, now: float) -> Report:
    """Return the report that a drill sends."""
    return Report(event_id=nonce, model=model, route=route, failure="throttled", count=FAILURES, time=now, drill=nonce)


def stepped(decisions: Sequence[Decision], event: str) -> Decision | None:
    """Return the first decision that stepped a route down: that of the wake `event`, or of a look that was faster."""
    return next((one for one in decisions if one.planned and (one.event == event or one.code == "stepped_down")), None)


def proved(track: Track, down: Decision | None, memory: Memory, started: float, epoch: int) -> tuple[Proof, ...]:
    """Return what a drill proved that began at `started` (epoch seconds), when the document had this `epoch`."""
    took = None if down is None else down.at - started
    back = None if track.down or track.returned <= started else track.returned - started
    return (
        (
            "route stepped down",
            took is not None and took <= STEPS_DOWN_SECONDS,
            "no decision in the journal" if took is None else f"{took:.1f} s after the report",
        ),
        ("newer document", memory.epoch > epoch, f"epoch {memory.epoch}, was {epoch}"),
        (
            "route trusted again",
            back is not None,
            f"{back:.0f} s after the report" if back is not None else _still(track),
        ),
    )


def _still(track: Track) -> str:
    return f"it is still {track.standing} ({track.why})" if track.down else "it was never down"


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
