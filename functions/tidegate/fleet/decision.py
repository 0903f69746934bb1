"""What decisions about fleets tell of them, and the decisions that notices lead to. Plain data."""

from collections.abc import Iterable

from tidegate.fleet.group import Group
from tidegate.fleet.notice import Release, Verdict
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode


def describe(group: Group | None) -> dict[str, object]:
    """Return what of a group a decision may have followed from."""
    if group is None:
        return {}
    facts = {
        "suspended": sorted(group.suspended),
        "capacity_rebalance": group.capacity_rebalance,
        "operator": group.operator,
        "deleting": group.deleting,
    }
    told = {name: value for name, value in facts.items() if value}
    size = {"desired": group.desired, "min_size": group.min_size, "max_size": group.max_size}
    mix = {"base": group.distribution.base, "percent": group.distribution.percent} if group.distribution else {}
    return {"profile": group.profile, **size, **mix, "states": group.states, **told}


def of_notices(
    verdicts: Iterable[Verdict], releases: Iterable[Release], mode: Mode, now: float
) -> tuple[Decision, ...]:
    """Return one decision for each fleet that some notices named."""
    by_group: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.group and verdict.recorded:
            by_group.setdefault(verdict.group.name, []).append(verdict)
    planned = tuple(releases)
    return tuple(
        Decision(
            name=name,
            at=now,
            event=some[0].notice.event_id,
            mode=mode,
            code=next((one.code for one in some if one.release), some[0].code),
            reason="; ".join(dict.fromkeys(one.reason for one in some)),
            observed=describe(some[0].group),
            planned=tuple(wanted(one) for one in planned if one.group == name),
            rejected=tuple(f"{one.code}: {one.notice.instance}" for one in some if not one.release),
        )
        for name, some in by_group.items()
    )


def wanted(release: Release) -> str:
    """Say what a release does."""
    return f"{release.how} {', '.join(release.instances)}{', and shrink' if release.shrink else ''}"
