"""What is left of a Region when everything has come to rest, as far as it must not depend on how it came about."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.integration.loop.mixes import base_of, made_of
from tests.integration.loop.scenes import BEGAN
from tidegate.desk.region.app import STAGE
from tidegate.desk.region.region import Region
from tidegate.fleet.incident import Incident
from tidegate.journal import layout
from tidegate.policy.document import load, prefix

NOT_COMPARED = frozenset({"expires", "event", "noticed", "deadline", "seen", "released", "replaced", "replacement"})
"""Times and what follows from them: a function that was killed does its work later."""


@dataclass(frozen=True)
class End:
    """The end of a scenario."""

    releases: dict[str, tuple[str, int]]
    """How each machine was released, and how often."""

    ended: Counter[str]
    """How often a machine that belonged to nobody was terminated."""

    sizes: dict[str, tuple[int, int]]
    """Desired capacity and machines in service, by group."""

    mixes: dict[str, tuple[int, tuple[int, int]]]
    """On-demand base, and (on-demand, spot) machines in service, by group."""

    remembered: dict[str, dict[str, Any]]
    """What is known of its base, and of what it was enlarged by, by fleet."""

    routes: dict[str, list[str]]
    """What applications can read of each model, in order."""

    orphans: frozenset[str]
    """Machines that run and are in no group."""

    incidents: tuple[dict[str, Any], ...]
    pools: dict[str, tuple[int, int]]
    """Losses and recommendations."""

    reports: tuple[dict[str, Any], ...]
    unexplained: frozenset[str]
    """What was done without a decision in the journal that says why."""

    wrong: tuple[str, ...]
    """Incidents that tell another story than the Region's own timeline."""

    queues: dict[str, int]


def end_of(region: Region) -> End:
    """Look at what is left."""
    counts = region.release_counts()
    return End(
        releases={one.instance: (one.how, counts[one.instance]) for one in region.releases if one.caller},
        ended=Counter(ended(region)),
        sizes={name: (fleet.desired, fleet.size) for name, fleet in region.fleets.items()},
        mixes={name: (base_of(region, name), made_of(fleet)) for name, fleet in region.fleets.items()},
        remembered=remembered(region),
        routes=dict(routes(region)),
        orphans=frozenset(orphans(region)),
        incidents=tuple(
            {
                name: getattr(one, name)
                for name in Incident.__dataclass_fields__
                if name not in NOT_COMPARED | {"decision"}
            }
            for one in sorted(region.incidents(), key=lambda one: one.key)
        ),
        pools=pools(region),
        reports=tuple({"nonce": one["nonce"], "passed": one["passed"]} for one in reports(region)),
        unexplained=frozenset(unexplained(region)),
        wrong=tuple(wrong(region)),
        queues=region.queue_depths(),
    )


def routes(region: Region) -> Iterator[tuple[str, list[str]]]:
    """Yield the routes of each model that has a document."""
    for one in region.client("ssm").get_parameters_by_path(Path=prefix(STAGE))["Parameters"]:
        document = load(one["Value"])
        yield document.model, [route.name for route in document.routes]


def ended(region: Region) -> list[str]:
    """Return the machines that were terminated outside of any group, as often as they were."""
    return [one.data["instance"] for one in region.timeline if one.kind == "terminated" and "group" not in one.data]


def remembered(region: Region) -> dict[str, dict[str, Any]]:
    """Return what fleets remember of their bases and of what they were enlarged by."""
    known = ("owner_base", "base", "meant_base", "surplus")
    states = [one for one in region.items() if one["sk"] == layout.STATE and layout.fleet_name(one["pk"])]
    return {one["pk"]: {key: one[key] for key in known if key in one} for one in states}


def orphans(region: Region) -> set[str]:
    """Return the machines that run and are in no group."""
    ec2 = region.backend.ec2_backend
    alive = {each.id for one in ec2.reservations.values() for each in one.instances if each.state == "running"}
    return alive - {machine for name in region.fleets for machine in region.members(name)}


def pools(region: Region) -> dict[str, tuple[int, int]]:
    """Return (losses, recommendations) by pool."""
    return {
        one["pk"].removeprefix("POOL#"): (int(one.get("losses", 0)), int(one.get("recommendations", 0)))
        for one in region.items()
        if one["pk"].startswith("POOL#")
    }


def reports(region: Region) -> list[dict[str, Any]]:
    """Return the reports of drills."""
    return [one for one in region.items() if one["sk"].startswith("DRILL#")]


def unexplained(region: Region) -> set[str]:
    """Return each release, end and closed incident that no decision tells of."""
    told = " ".join(
        f"{one['planned']} {one['reason']}"
        for one in region.items()
        if one["sk"].startswith("DECISION#") and "planned" in one
    )
    strays = " ".join(one["reason"] for one in region.items() if one["pk"] == "strays")
    released = {f"{one.how} {one.instance}" for one in region.releases if one.caller and one.instance not in told}
    closed = {f"close {one.instance}: {one.outcome}" for one in region.incidents() if one.outcome}
    return released | {one for one in closed if one not in told} | {one for one in ended(region) if one not in strays}


def wrong(region: Region) -> list[str]:
    """Return what incidents tell otherwise than it was; a few seconds may lie between an act and its record."""
    seen = {
        (one.kind, one.data.get("instance")): BEGAN + one.t
        for one in region.timeline
        if one.kind in ("released", "in-service")
    }
    said: list[str] = []
    taken = Counter(one.replacement for one in region.incidents() if one.replacement)
    said += [f"{machine} replaces {number} machines" for machine, number in taken.items() if number > 1]
    for one in region.incidents():
        left, served = seen.get(("released", one.instance)), seen.get(("in-service", one.replacement))
        if left and (one.released is None or not -2 <= one.released - left <= 30):
            said.append(f"{one.instance} was released at {left}, not at {one.released}")
        if one.replacement and (served is None or one.replaced is None or abs(one.replaced - served) > 1):
            said.append(f"{one.replacement} served at {served}, not at {one.replaced}")
    return said
