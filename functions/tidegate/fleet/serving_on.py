"""Machines with a notice that serve on while their replacements start, and for how long."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from tidegate.fleet.notice import Notice, Observed
from tidegate.fleet.ports import Losses
from tidegate.fleet.surplus import Surplus, fitting
from tidegate.policy.profile import Profile

MARGIN_SECONDS: Final = 20
"""So much sooner than its drain needs a machine is released that has served on: a delivery that died is repeated after
fifteen seconds."""

KEEPING: Final = "keeping"


def keeps(profile: Profile | None) -> bool:
    """Return whether dying machines of a profile serve on."""
    return profile is not None and profile.drain_seconds is not None


def may_serve_on(notices: Iterable[Notice], observed: Observed, profiles: Mapping[str, Profile]) -> frozenset[str]:
    """Return the machines that may: those their groups were enlarged for, and others while the maximums leave room."""
    dying: defaultdict[str, list[str]] = defaultdict(list)
    for one in sorted(notices, key=lambda one: (one.deadline, one.instance)):
        name = observed.membership.get(one.instance, "")
        group = observed.fleets.get(name)
        if group and one.action == "terminate" and keeps(profiles.get(group.profile)):
            dying[name].append(one.instance)
    found = set[str]()
    for name, machines in dying.items():
        granted = observed.surpluses.get(name, Surplus()).granted
        others = [one for one in dict.fromkeys(machines) if one not in granted]
        found |= granted.keys() | fitting(observed.fleets[name], others)
    return frozenset(found)


def serves_until(notice: Notice, profile: Profile | None, now: float) -> float | None:
    """Return until when a machine serves on before it is released, in epoch seconds; None: it is released now."""
    if profile is None or profile.drain_seconds is None:
        return None
    until = notice.deadline - profile.drain_seconds - MARGIN_SECONDS
    return until if now < until else None


def surpluses(losses: Losses, observed: Observed, profiles: Mapping[str, Profile]) -> Mapping[str, Surplus]:
    """Read what groups were enlarged by, where dying machines serve on.

    Without an answer nothing counts as granted: a machine is then released as if nobody had asked for its replacement,
    and the next look gives back what is too much.
    """
    keeping = {name: group for name, group in observed.fleets.items() if keeps(profiles.get(group.profile))}
    if not keeping:
        return {}
    try:
        told = losses.surpluses(keeping.keys())
    except Exception:  # noqa: BLE001 - the journal's trouble must not hold a release back
        return {}
    return {name: told[name].beside(group) for name, group in keeping.items() if name in told}
