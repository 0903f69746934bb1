"""How incidents go on and end: which launch replaced which machine, and what the others wait for. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.fleet.group import Group
from tidegate.fleet.incident import RELEASED, Incident, Outcome
from tidegate.fleet.launches import Launch

SURVIVED_SECONDS: Final = 600
"""A machine that serves ten minutes after its deadline was not taken."""

_CLOCKS_DIFFER_SECONDS: Final = 2
"""By so much a launch may seem to begin before the release that it follows: two clocks tell of them."""


@dataclass(frozen=True, slots=True)
class Close:
    """Desired end state: the incident is over, with this outcome."""

    incident: Incident
    outcome: Outcome
    reason: str
    replacement: str = ""
    replaced: float | None = None

    @property
    def code(self) -> str:
        """The outcome, as the code of a decision."""
        return self.outcome


@dataclass(frozen=True, slots=True)
class Follow:
    """Desired end state: the open incident says what its replacement is doing."""

    incident: Incident
    code: str
    reason: str

    @property
    def news(self) -> bool:
        """Whether the incident says something else so far."""
        return self.incident.replacing != self.reason


def ends(
    group: Group | None,
    incidents: Sequence[Incident],
    launches: Sequence[Launch],
    claimed: Collection[str],
    now: float,
) -> tuple[Close | Follow, ...]:
    """Return how each open incident goes on, or ends, at `now` (epoch seconds).

    Auto Scaling doesn't say which launch replaces which machine: as many are launched as machines leave, so each
    incident takes the first launch after its machine stopped serving that no other one took (`claimed`: before). One
    machine may have several incidents, a drill's beside a real one: its replacement is the replacement of all of them.
    """
    incidents = sorted(incidents, key=lambda one: one.order)
    if group is None:
        why = "is gone, or no longer bears the tag"
        return tuple(Close(one, "no_fleet", f"{one.instance}: {one.group} {why}") for one in incidents)
    gone = {one.key: one for one in incidents if not _still_there(group, one)}
    taken = _matched(tuple(gone.values()), [one for one in launches if one.instance not in claimed], now)
    full = group.in_service >= group.desired
    found = [
        _after(group, one, taken.get(one.instance), launches, full=full) if one.key in gone else _before(one, now)
        for one in incidents
    ]
    return tuple(one for one in found if one)


def _still_there(group: Group, incident: Incident) -> bool:
    machine = group.machines.get(incident.instance)
    return machine is not None and not machine.leaving


def _before(incident: Incident, now: float) -> Close | Follow | None:
    """The machine is in its group still. Before its deadline the notice's own rules decide."""
    past = now - incident.deadline
    if past < 0:
        return None
    if past > SURVIVED_SECONDS:
        return Close(incident, "survived", f"{incident.instance} is there {past:.0f} s after its deadline: not taken")
    return Follow(incident, "not_gone", f"{incident.instance} is past its deadline and still in its group")


def _after(
    group: Group, incident: Incident, launch: Launch | None, launches: Sequence[Launch], *, full: bool
) -> Close | Follow:
    """The machine is gone, or on its way; `full`: as much serves as is wanted."""
    what = f"{incident.instance} left {group.name}"
    if launch and launch.in_service is not None:
        took = max(0.0, launch.in_service - incident.noticed)
        reason = f"{what} and is replaced by {launch.instance} {took:.0f} s after its warning"
        return Close(incident, "replaced", reason, launch.instance, launch.in_service)
    new = group.machines.get(launch.instance) if launch else None
    # A replacement may serve a moment before its launch is told as done, and with it since when.
    if full and not (new and new.in_service):
        return Close(incident, "not_needed", f"{what}, which is at its size of {group.desired} without a replacement")
    if launch:
        return Follow(incident, "launching", f"{what}; its replacement {launch.instance or 'machine'} is launching")
    failures = [one for one in launches if one.failure and one.started >= incident.noticed]
    if failures and (failure := max(failures, key=lambda one: one.order).failure):
        return Follow(incident, f"failed_{failure.cause}", f"{what}; launching failed ({failure}): {failure.text}")
    return Follow(incident, "not_launched", f"{what}; no replacement was launched yet")


def _matched(gone: Sequence[Incident], launches: Sequence[Launch], now: float) -> dict[str, Launch]:
    """Return the launch of each incident that has one, by the instance that was lost; the oldest choose first."""
    free = sorted((one for one in launches if not one.failure), key=lambda one: one.order)
    found: dict[str, Launch] = {}
    for incident in gone:
        first = next((one for one in free if _may_replace(one, incident, now)), None)
        if first and incident.instance not in found:
            free.remove(first)
            found[incident.instance] = first
    return found


def _may_replace(launch: Launch, incident: Incident, now: float) -> bool:
    """Whether a launch began after the machine left, as far as is known."""
    served_before = launch.in_service is not None and launch.in_service <= incident.noticed
    return not served_before and launch.started >= _left_after(incident, now)


def _left_after(incident: Incident, now: float) -> float:
    """Before when the machine can't have left. When it was released may be written down late, so that doesn't tell.

    A machine that was to be released when it was seen first was in service then; an event may come long after its time,
    and what was launched in between replaces another machine.
    """
    if incident.stage < RELEASED and now >= incident.deadline:
        return incident.deadline
    return max(incident.noticed, incident.seen - _CLOCKS_DIFFER_SECONDS) if incident.how else incident.noticed
