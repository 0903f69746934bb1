"""Which route comes next after a failure: pure, and the same for every kind of route.

Nothing that failed is asked again while another route is left. When none is, those that may answer in a moment are
asked again after a pause, a few times, as long as the caller's time allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.policy.document import Candidate
from tidegate.policy.failures import MEANINGS, Failure

MOST_PAUSES: Final = 4
"""How often a call waits for routes that were all tried already: 3.75 to 7.5 seconds in all."""

LEAST_SECONDS: Final = 0.05
"""An attempt that has less time than this is not begun: no model answers sooner."""

_FIRST_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Failed:
    """A route that did not answer this call."""

    route: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Step:
    """The route to be asked next, after a pause of some seconds."""

    route: Candidate
    pause: float = 0.0


def onward(routes: Sequence[Candidate], failed: Sequence[Failed], *, left: float, chance: float) -> Step | None:
    """Return what to try after the last of `failed`; None: give up, and show the caller the error.

    `left` is what remains of the caller's time, in seconds; `chance`, from 0 to 1, spreads the pauses of many callers.
    """
    last = failed[-1]
    meaning = MEANINGS[last.failure]
    if meaning.onward == "raise" or left < LEAST_SECONDS:
        return None
    if meaning.onward == "once" and any(one.failure == last.failure for one in failed[:-1]):
        # Two routes say the same of this request: it is the request, and a third would only say it again.
        return None
    tried = {one.route for one in failed}
    fresh = next((one for one in routes if one.name not in tried), None)
    return Step(fresh) if fresh else _again(routes, failed, left=left, chance=chance)


def _again(routes: Sequence[Candidate], failed: Sequence[Failed], *, left: float, chance: float) -> Step | None:
    latest: dict[str, Failure] = {one.route: one.failure for one in failed}
    worth = [one for one in routes if one.name in latest and MEANINGS[latest[one.name]].worth_waiting]
    pauses = len(failed) - len(latest)
    if not worth or pauses >= MOST_PAUSES:
        return None
    longest = _FIRST_PAUSE_SECONDS * 2**pauses
    pause = longest * (1 + chance) / 2
    if pause + LEAST_SECONDS > left:
        return None
    return Step(next((one for one in worth if one.name != failed[-1].route), worth[0]), pause)


def broken(failed: Sequence[Failed]) -> tuple[Failed, ...]:
    """Return which failures are the routes' own fault, now that another route has answered the same request."""
    return tuple(one for one in failed if MEANINGS[one.failure].onward == "once")


def at_once(failure: Failure) -> bool:
    """Return whether a failure is told of as it happens: whatever another route answers doesn't change what it says."""
    meaning = MEANINGS[failure]
    return meaning.onward == "next" and meaning.standing is not None


def shown(failed: Sequence[Failed]) -> int:
    """Return the index of the failure that the caller is shown once nothing is left.

    A throttle of one route says more than the refusal of another that was tried in its place: the caller may come
    again.
    """
    last = len(failed) - 1
    if MEANINGS[failed[last].failure].worth_waiting or MEANINGS[failed[last].failure].onward == "raise":
        return last
    if len([one for one in failed if one.failure == failed[last].failure]) > 1:
        return last
    return next((n for n, one in enumerate(failed) if MEANINGS[one.failure].worth_waiting), last)
