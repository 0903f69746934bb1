"""How a route stands: it answers, or it was stepped down and is trusted again after a while. Pure.

Down at once, up slowly: a route that is tried again in vain waits twice as long. Where nothing can be read, nothing
changes in either direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.model.evidence import Evidence
from tidegate.policy.failures import Standing

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3600
LONGEST_HOLD_SECONDS: Final = 3600
BROKEN_SECONDS: Final = 1800
"""How long a broken route is left alone before somebody tries it again; doubled up to six hours."""

LONGEST_BROKEN_SECONDS: Final = 21_600

_GRAVITY: Final[tuple[Standing, ...]] = ("broken", "daily", "throttled", "unavailable")
"""From the gravest: where several are proved at once, this one is what the route is taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is known of a route. Times in epoch seconds."""

    standing: Standing | None = None
    """None: it answers."""

    since: float = 0.0
    """When it was stepped down."""

    proved: float = 0.0
    """When the newest failure was that this goes by: older ones are no news."""

    until: float = 0.0
    """Before that it is not tried again."""

    strikes: int = 0
    """How often it was trusted again in vain."""

    returned: float = 0.0
    """When it was trusted again last."""

    why: str = ""
    """What proved it, for a person."""

    of: str = ""
    """Which way it is: another id or endpoint under the same name is another matter."""

    @property
    def down(self) -> bool:
        """Whether other routes go before it."""
        return self.standing is not None


def follow(track: Track, evidence: Sequence[Evidence], *, hold: float, readable: bool, now: float) -> Track:
    """Return how a route stands at `now`, from how it stood and what speaks against it.

    `hold`: seconds that it has to be quiet. `readable`: whether all that could speak against it was read; where it
    wasn't, a route that is down stays so.
    """
    news = [one for one in evidence if one.at > max(track.proved, track.returned)]
    if news:
        gravest = min(news, key=lambda one: _GRAVITY.index(one.standing))
        return replace(_down(track, gravest, hold, now), proved=max(one.at for one in news))
    if track.down and readable and now >= track.until:
        return replace(track, standing=None, until=0.0, returned=now)
    return track


def _down(track: Track, proof: Evidence, hold: float, now: float) -> Track:
    graver = track.standing is None or _GRAVITY.index(proof.standing) < _GRAVITY.index(track.standing)
    standing = proof.standing if graver else track.standing
    strikes = track.strikes if track.down else _strikes(track, hold, proof.at)
    return replace(
        track,
        standing=standing,
        since=track.since if track.down else now,
        until=max(track.until, _until(standing or proof.standing, now, hold, strikes)),
        strikes=strikes,
        why=proof.why if graver or proof.standing == standing else track.why,
    )


def _strikes(track: Track, hold: float, at: float) -> int:
    """Return how often in a row it was trusted in vain: quiet for as long as it had to wait, and all is forgotten."""
    waited = min(hold * 2**track.strikes, LONGEST_HOLD_SECONDS)
    soon = track.returned and at - track.returned <= 2 * waited
    return min(track.strikes + 1, 16) if soon else 0


def _until(standing: Standing, at: float, hold: float, strikes: int) -> float:
    """Return when a route may be tried again of which a failure was heard `at`, however late that was."""
    if standing == "daily":
        return min(reset(at), at + HOUR_SECONDS)
    if standing == "broken":
        return at + min(BROKEN_SECONDS * 2**strikes, LONGEST_BROKEN_SECONDS)
    return at + min(hold * 2**strikes, LONGEST_HOLD_SECONDS)


def reset(at: float) -> float:
    """Return when tokens of the day come back: the next midnight, UTC.

    Assumed: AWS says that the quota is by the day, and not when that begins. So the route is tried every hour as well,
    at the cost of some refused calls.
    https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
    """
    return (at // DAY_SECONDS + 1) * DAY_SECONDS
