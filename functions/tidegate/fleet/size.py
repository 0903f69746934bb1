"""How many machines a fleet needs: the rule of the Kubernetes HPA on the signal that asks for most. Pure.

    desired = ceil(in service x value / target)

in units of capacity, with machines in service that have warmed up. Growth follows the newest datapoint of any signal;
shrinking waits until every signal was low, without a gap, for `scale_in_after_seconds`, and then goes to the size that
the highest moment of that time needed, with the tolerance on top. A signal that is missing keeps machines, and never
takes any. https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from tidegate.fleet.group import Group
from tidegate.fleet.history import History
from tidegate.fleet.others import Others, halted, hands_off, respected
from tidegate.fleet.reading import Point, Reading
from tidegate.policy.profile import Profile
from tidegate.policy.signal import Signal

_EXACT: Final = 1e-9
"""A quotient that should be whole may come out a little above it, and would ask for a machine too many."""

PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Need:
    """What one signal asks for."""

    signal: str
    value: float
    target: float
    units: int

    def __str__(self) -> str:
        return f"{self.signal} is {self.value:.4g}, target {self.target:.4g}: {self.units} needed"


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
    needs = tuple(sorted(_needs(sight), key=lambda one: -one.units))
    if needs and needs[0].units > group.desired:
        return _grown(sight, needs)
    return _shrunk(sight, needs)


def _needs(sight: Sight) -> Iterator[Need]:
    """Yield what each signal asks for by its newest datapoint."""
    for name, signal in _deciding(sight):
        reading = sight.readings.get(name, Reading())
        if newest := reading.newest(sight.now):
            yield _need(name, signal, newest, reading.period, sight, tolerance=0.0)


def _deciding(sight: Sight) -> Iterator[tuple[str, Signal]]:
    """Yield the signals that have a target; an alarm without one wakes the fleet and says nothing about its size."""
    yield from ((name, one) for name, one in sight.profile.signal.items() if one.target is not None)


def _need(name: str, signal: Signal, point: Point, period: int, sight: Sight, *, tolerance: float) -> Need:
    """Return what a datapoint asks for. A mean over machines is work only together with how many there were."""
    target = (signal.target or 1.0) * (1 - tolerance)
    warmup = sight.profile.size.warmup_seconds
    ready = 1 if signal.per == "group" else sight.history.ready(point.start, point.start + period, warmup)
    return Need(name, point.value, target, max(0, ceil(ready * point.value / target - _EXACT)))


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
    group = sight.group
    silent = [name for name, _ in _deciding(sight) if name not in {one.signal for one in needs}]
    if silent or not needs:
        said = f"no fresh data of {', '.join(silent)}" if silent else "no signal decides"
        return Sizing(group.desired, "no_data", f"{said}: the size stays", needs)
    highest = max(_highest(sight), key=lambda one: one.units)
    least = max(highest.units, group.min_size)
    if least >= group.desired:
        return _held_low(sight, needs)
    held = _not_yet(sight, least)
    if held:
        return Sizing(group.desired, held[0], f"{least} would do; {held[1]}", needs, soon=True)
    step = max(1, group.desired * sight.profile.size.scale_in_limit_percent // PERCENT)
    wanted = min(max(least, group.desired - step), group.max_size)
    minutes = sight.profile.size.scale_in_after_seconds / 60
    reason = f"{highest} at the most in {minutes:g} minutes: from {group.desired} to {wanted}"
    return Sizing(wanted, "scale_in", reason, needs, soon=wanted > least)


def _held_low(sight: Sight, needs: tuple[Need, ...]) -> Sizing:
    """The size is right; look again soon if it is only because the signals were high a while ago."""
    tolerance = sight.profile.size.tolerance_percent / PERCENT
    low = [ceil(one.units / (1 - tolerance)) for one in needs]
    soon = max(*low, sight.group.min_size) < sight.group.desired
    return Sizing(sight.group.desired, "right_size", f"{needs[0]}: the size is right", needs, soon=soon)


def _highest(sight: Sight) -> Iterator[Need]:
    """Yield the highest that each signal asked for since machines may be too many, with the tolerance."""
    tolerance = sight.profile.size.tolerance_percent / PERCENT
    since = sight.now - sight.profile.size.scale_in_after_seconds
    for name, signal in _deciding(sight):
        reading = sight.readings[name]
        needs = [
            _need(name, signal, one, reading.period, sight, tolerance=tolerance)
            for one in reading.within(since, sight.now)
        ]
        yield max(needs, key=lambda one: one.units)


def _not_yet(sight: Sight, wanted: int) -> tuple[str, str] | None:
    """Return why machines are not taken now."""
    group, now = sight.group, sight.now
    since = now - sight.profile.size.scale_in_after_seconds
    gaps = [name for name, _ in _deciding(sight) if not sight.readings[name].covers(since, now)]
    if gaps:
        minutes = sight.profile.size.scale_in_after_seconds / 60
        return "watching", f"{', '.join(gaps)} has not been seen for {minutes:g} minutes without a gap"
    if sight.busy or not group.at_size:
        return "unsettled", "machines are still coming or going"
    return halted(group, growing=False) or respected(sight.history.foreign, wanted, group.desired, now)
