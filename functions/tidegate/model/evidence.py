"""What speaks against a route: failures that applications told of, and what CloudWatch counted. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.model.report import Report
from tidegate.model.sight import Minute, Traffic
from tidegate.policy.failures import MEANINGS, Standing

AT_LEAST: Final = 3
"""Failures that it takes: a throttle among many answers is what quotas are for, and the client has gone on already."""

NEWS_SECONDS: Final = 60
"""How far back failures are counted together: quotas are by the minute."""

LATE_SECONDS: Final = 240
"""How late a minute of CloudWatch may come and still be news."""

BROKEN_SECONDS: Final = 600
"""How far back refusals are counted together: a route that refuses everybody does so as seldom as it is asked."""

WORKED_SECONDS: Final = 300
"""How long a route counts as working after somebody was answered by it: whoever is refused meanwhile lacks something
of his own, such as a permission."""

_MOSTLY: Final = 0.5
"""The share of server errors from which a route counts as unavailable: AWS asks to expect and repeat single ones."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest proof that a route is in some standing: when it was (epoch seconds), and what it is, for a person."""

    standing: Standing
    at: float
    why: str


def against(route: str, reports: Iterable[Report], traffic: Traffic | None, percent: int, now: float) -> list[Evidence]:
    """Return what speaks against a route at `now`; `percent` is the share of throttles that is too much."""
    of_route = [one for one in reports if one.route == route and one.time <= now + NEWS_SECONDS]
    found = [*_reported(of_route, traffic, percent, now), *_counted(traffic or (), percent, now)]
    newest: dict[Standing, Evidence] = {}
    for one in sorted(found, key=lambda one: one.at):
        newest[one.standing] = one
    return list(newest.values())


def _reported(reports: Sequence[Report], traffic: Traffic | None, percent: int, now: float) -> Iterable[Evidence]:
    by_standing: dict[Standing, list[Report]] = {}
    for one in reports:
        standing = MEANINGS[one.failure].standing
        if standing and one.time >= now - (BROKEN_SECONDS if standing == "broken" else NEWS_SECONDS):
            by_standing.setdefault(standing, []).append(one)
    for standing, some in by_standing.items():
        count, at = sum(one.count for one in some), max(one.time for one in some)
        if _is_proved(standing, count, traffic, percent, now):
            failures = ", ".join(sorted({one.failure for one in some}))
            yield Evidence(standing, at, f"applications told of {count} failures ({failures})")


def _is_proved(standing: Standing, count: int, traffic: Traffic | None, percent: int, now: float) -> bool:
    """Return whether so many failures prove it. One word about the day's tokens does: nothing else says that."""
    if standing == "daily" or count < AT_LEAST:
        return standing == "daily"
    if traffic is None:
        # What can't be read is no proof, in either direction: the client goes on by itself meanwhile.
        return False
    answered = _answered(traffic, now)
    if standing == "broken":
        return not answered
    # A few throttles among many answers are what quotas are for, however many applications meet one.
    return 100 * count >= percent * (count + answered)


def _answered(traffic: Traffic, now: float) -> float:
    """Return how many calls were answered in the busiest of the last minutes: CloudWatch is late with this one."""
    return max((one.invocations for one in traffic if one.ends >= now - WORKED_SECONDS), default=0)


def _counted(traffic: Traffic, percent: int, now: float) -> Iterable[Evidence]:
    for one in traffic:
        if one.ends < now - LATE_SECONDS:
            continue
        if one.throttles >= AT_LEAST and _share(one.throttles, one) >= percent / 100:
            share = f"{100 * _share(one.throttles, one):.0f} %"
            yield Evidence("throttled", one.ends, f"{share} of a minute's calls were throttled ({one.throttles:.0f})")
        if one.server_errors >= AT_LEAST and _share(one.server_errors, one) >= _MOSTLY:
            share = f"{100 * _share(one.server_errors, one):.0f} %"
            yield Evidence("unavailable", one.ends, f"{share} of a minute's calls ended in an error of Bedrock's")


def _share(failed: float, minute: Minute) -> float:
    """Return T / (T + I): invocations count answers only."""
    return failed / (failed + minute.invocations)
