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
    of_route = [one for one in reports if one.route == route and now - NEWS_SECONDS <= one.time <= now + NEWS_SECONDS]
    found = [*_reported(of_route, traffic, percent, now), *_counted(traffic or (), percent, now)]
    newest: dict[Standing, Evidence] = {}
    for one in sorted(found, key=lambda one: one.at):
        newest[one.standing] = one
    return list(newest.values())


def _reported(reports: Sequence[Report], traffic: Traffic | None, percent: int, now: float) -> Iterable[Evidence]:
    by_standing: dict[Standing, list[Report]] = {}
    for one in reports:
        if standing := MEANINGS[one.failure].standing:
            by_standing.setdefault(standing, []).append(one)
    for standing, some in by_standing.items():
        count, at = sum(one.count for one in some), max(one.time for one in some)
        told = f"applications told of {count} failures ({', '.join(sorted({one.failure for one in some}))})"
        if (
            standing == "daily"
            or (standing == "broken" and _is_broken(traffic, now))
            or (standing in ("throttled", "unavailable") and count >= AT_LEAST and _is_much(some, percent))
        ):
            yield Evidence(standing, at, told)


def _is_much(reports: Sequence[Report], percent: int) -> bool:
    """Whether failures are as large a share of the requests as is too much; where nobody counted those, they are."""
    if not all(one.requests for one in reports):
        return True
    return 100 * sum(one.count for one in reports) >= percent * sum(one.requests for one in reports)


def _is_broken(traffic: Traffic | None, now: float) -> bool:
    """Whether nobody was answered lately. What can't be read is no proof: the route stays."""
    return traffic is not None and not any(one.invocations and one.ends >= now - WORKED_SECONDS for one in traffic)


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
