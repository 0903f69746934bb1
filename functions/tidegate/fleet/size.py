"""How many machines a fleet needs: the rule of the Kubernetes HPA on the signal that asks for most. Pure.

    desired = ceil(in service x value / target)

in units of capacity, and the profile's spare units on top. Growth follows the newest minutes of any signal; shrinking
waits until no signal asked for more than what is left for `scale_in_after_seconds`, without a gap, and then goes to the
most that any of them asked for in that time. The tolerance lies on both sides of the target: above it, `need.py`; below
it, here. A signal that is missing keeps machines, and never takes any. What the rule is worth, `docs/size.md` tells.
https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.fleet.group import Group
from tidegate.fleet.history import History
from tidegate.fleet.need import PERCENT, Need, Watch, whole
from tidegate.fleet.others import Others, halted, hands_off, respected
from tidegate.fleet.reading import Reading
from tidegate.policy.profile import Profile


@dataclass(frozen=True, slots=True)
class Sizing:
    """The size that a group should have, and why. `desired` is its own where nothing is to be done."""

    desired: int
    code: str
    reason: str
    needs: tuple[Need, ...] = ()
    """What each signal with fresh data asks for now, the most first."""

    soon: bool = False
    """Whether another look within a minute may decide otherwise, whatever happens."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What sizing looks at."""

    group: Group
    profile: Profile
    readings: Mapping[str, Reading]
    history: History
    others: Others | None
    """None: nobody has looked yet."""

    busy: bool
    """Whether machines are being replaced."""

    now: float


def size(sight: Sight) -> Sizing:
    """Decide the size of a group at `now` (epoch seconds)."""
    group, profile = sight.group, sight.profile
    if profile.size.mode == "leave":
        return Sizing(group.desired, "size_left", "its profile leaves the size alone")
    if off := hands_off(group, sight.others):
        return Sizing(group.desired, *off)
    needs = tuple(sorted(filter(None, (one.current() for one in _watched(sight))), key=lambda one: -one.work))
    if needs and needs[0].units > group.desired:
        return _grown(sight, needs)
    return _shrunk(sight, needs)


def _watched(sight: Sight) -> Iterator[Watch]:
    """Yield the signals that have a target; an alarm without one wakes the fleet and says nothing about its size."""
    for name, signal in sight.profile.signal.items():
        if signal.target is not None:
            reading = sight.readings.get(name, Reading())
            yield Watch(name, signal, reading, sight.history, sight.profile.size, sight.now)


def _grown(sight: Sight, needs: tuple[Need, ...]) -> Sizing:
    """Add machines at once, as far as one step from what serves and the maximum allow."""
    group, worst = sight.group, needs[0]
    # From what serves, not from what is wanted: seen again before its machines serve, a step is no reason for another.
    step = max(1, group.in_service * sight.profile.size.scale_out_limit_percent // PERCENT)
    wanted = min(worst.units, group.in_service + step, group.max_size)
    if wanted <= group.desired:
        at_max = group.desired >= group.max_size
        code, why = ("at_max", f"the maximum is {group.max_size}") if at_max else ("stepping", "one step is under way")
        return Sizing(group.desired, code, f"{worst}, but {why}", needs)
    if held := halted(group, growing=True) or respected(sight.history.foreign, wanted, group.desired, sight.now):
        return Sizing(group.desired, held[0], f"{worst}; {held[1]}", needs, soon=True)
    limit = ", the maximum" if wanted == group.max_size else ", one step"
    reason = f"{worst}: from {group.desired} to {wanted}{limit if wanted < worst.units else ''}"
    return Sizing(wanted, "scale_out", reason, needs)


def _shrunk(sight: Sight, needs: tuple[Need, ...]) -> Sizing:
    """Take machines only when all signals have been low for long enough."""
    group, size = sight.group, sight.profile.size
    silent = [one.name for one in _watched(sight) if one.name not in {need.signal for need in needs}]
    if silent or not needs:
        said = f"no fresh data of {', '.join(silent)}" if silent else "no signal decides"
        return Sizing(group.desired, "no_data", f"{said}: the size stays", needs)
    highest = max(filter(None, (one.highest() for one in _watched(sight))), key=lambda one: one.work)
    if not _is_low(highest, sight):
        soon = _is_low(needs[0], sight)
        return Sizing(group.desired, "right_size", f"{needs[0]}: the size is right", needs, soon=soon)
    least = max(highest.units, group.min_size)
    if held := _not_yet(sight, least):
        return Sizing(group.desired, held[0], f"{least} would do; {held[1]}", needs, soon=True)
    step = max(1, group.desired * size.scale_in_limit_percent // PERCENT)
    wanted = min(max(least, group.desired - step), group.max_size)
    reason = f"{highest} at the most in {size.scale_in_after_seconds / 60:g} minutes: from {group.desired} to {wanted}"
    return Sizing(wanted, "scale_in", reason, needs, soon=True)


def _is_low(need: Need, sight: Sight) -> bool:
    """Return whether machines are too many for a need, with the tolerance on top of it."""
    roomy = whole(need.work / (1 - sight.profile.size.tolerance_percent / PERCENT)) + need.spare
    return max(roomy, sight.group.min_size) < sight.group.desired


def _not_yet(sight: Sight, wanted: int) -> tuple[str, str] | None:
    """Return why machines are not taken now."""
    group, now = sight.group, sight.now
    since = now - sight.profile.size.scale_in_after_seconds
    if sight.history.raised > since:
        # What came before tells of another load: a mean over both would take away what has just been given.
        return "watching", f"the size was raised {now - sight.history.raised:.0f} s ago"
    gaps = [one.name for one in _watched(sight) if not one.reading.covers(since, now)]
    if gaps:
        minutes = sight.profile.size.scale_in_after_seconds / 60
        return "watching", f"{', '.join(gaps)} has not been seen for {minutes:g} minutes without a gap"
    if sight.busy or not group.at_size:
        return "unsettled", "machines are still coming or going"
    return halted(group, growing=False) or respected(sight.history.foreign, wanted, group.desired, now)
