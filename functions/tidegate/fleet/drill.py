"""Drills: when one is refused, which machine of a fleet it takes, and what it proved. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.journal import layout
from tidegate.policy.mode import Mode
from tidegate.policy.profile import PROFILE_TAG

DRILL_SECONDS: Final = 900
"""How long a drill may be under way: two minutes of a notice, a replacement's start, and room."""

NONCE: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
"""What may tell one drill from another: an event with any other nonce does nothing."""


class Refused(Exception):
    """Why a drill doesn't begin: one line, and what to do."""


@dataclass(frozen=True, slots=True)
class Live:
    """The drill that was begun last. Times are epoch seconds."""

    nonce: str
    group: str
    instance: str
    started: float
    expires: float
    version: int = 0
    over: bool = False
    """Whether its report is written."""

    alarm: str = ""
    """The alarm that rings; empty for a warning."""

    before: str = ""
    """The alarm's state before it; of a model, the epoch of its document."""

    model: str = ""
    """The model whose route is throttled; then there is no group."""

    route: str = ""

    @property
    def target(self) -> str:
        """What it is about, as the journal names it."""
        return layout.model(self.model) if self.model else layout.fleet(self.group)

    @property
    def what(self) -> str:
        """What it takes, rings or throttles."""
        return self.instance or self.alarm or self.route


def check(
    name: str, group: Group | None, mode: Mode, *, incidents: Collection[Incident], live: Live | None, now: float
) -> Group:
    """Return the fleet that a drill may act on. Raises `Refused`."""
    if group is None:
        raise Refused(f"{name} is no fleet: an Auto Scaling group of that name with the tag {PROFILE_TAG} is needed")
    check_stage(mode, live, now, effect="release nothing")
    if incidents:
        lost = ", ".join(sorted(one.instance for one in incidents))
        raise Refused(f"{name} has open incidents ({lost}): it needs its machines now; wait until they are over")
    return group


def check_stage(mode: Mode, live: Live | None, now: float, *, effect: str) -> None:
    """Raise `Refused` where a stage may do nothing, or another drill is under way.

    `effect`: what a drill would do while nobody lets the stage act.
    """
    if mode.stopped:
        raise Refused("the kill switch is on: a drill would begin nothing; turn it off, or rehearse")
    if not mode.act:
        raise Refused(f"the mode is observe: a drill would {effect}; let it act, or rehearse")
    if live and not live.over and live.expires > now:
        left, on = f"{live.expires - now:.0f} s", live.model or live.group
        raise Refused(f"the drill {live.nonce} on {on} is under way, for {left} at most; wait for its report")


def choose(group: Group, spot: Collection[str], wanted: str) -> str:
    """Return the machine that a drill takes: the one that was named, or the first spot machine in service.

    Raises `Refused`.
    """
    serving = sorted(machine.id for machine in group.machines.values() if machine.in_service)
    if wanted and wanted not in serving:
        raise Refused(f"{wanted} is not in service in {group.name}: name one of {', '.join(serving) or 'none'}")
    if not serving:
        raise Refused(f"{group.name} has no machine in service")
    return wanted or next((one for one in serving if one in spot), serving[0])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a drill was to prove."""

    name: str
    passed: bool
    said: str


def proved(incident: Incident) -> tuple[Check, ...]:
    """Return what the incident of a drill proved, once it is over."""
    left = None if incident.released is None else incident.deadline - incident.released
    took = None if incident.replaced is None else incident.replaced - incident.noticed
    return (
        Check(
            "released before the deadline",
            left is not None and left > 0,
            "it was not released" if left is None else f"{left:.1f} s of the 120 s left",
        ),
        Check(
            "replacement in service",
            took is not None,
            f"{incident.outcome}" if took is None else f"{incident.replacement}, {took:.1f} s after the warning",
        ),
    )


def report_values(incident: Incident) -> dict[str, str | float | bool | None]:
    """Return the values under which the journal keeps a drill's report."""
    checks = proved(incident)
    return {
        "drill": "spot-interruption",
        "nonce": incident.drill,
        "group": incident.group,
        "instance": incident.instance,
        "started": incident.noticed,
        "passed": all(check.passed for check in checks),
        "said": "; ".join(f"{check.name}: {check.said}" for check in checks),
        "dip": incident.dip,
    }
