"""Looks at a fleet, as closely as its plan asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tidegate.fleet.base import Base
from tidegate.fleet.blend import Blend, blend
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.judge import asks_for_hooks
from tidegate.fleet.look import Look
from tidegate.fleet.mix import launches_since, launches_tell, wants_blend
from tidegate.fleet.plan import Plan, plan
from tidegate.fleet.reading import FRESH_SECONDS, Reading
from tidegate.fleet.records import FleetWorld, Recalled

LEAD_SECONDS: Final = 60
"""Launches that began a little before the oldest open incident are asked for too: clocks differ."""


def planned(fleet: str, recalled: Recalled, world: FleetWorld, now: float) -> tuple[Look, Plan]:
    """Look at a fleet and plan; before it would be changed, look at who else writes it, and plan anew."""
    look = _look(fleet, recalled, world, now)
    first = plan(look, world.profiles, world.mode, recalled.memory, now)
    if not first.asks:
        return look, first
    look = replace(look, others=world.groups.others(fleet))
    return look, plan(look, world.profiles, world.mode, recalled.memory, now)


def _look(fleet: str, recalled: Recalled, world: FleetWorld, now: float) -> Look:
    """Look at the group, at its signals, and as far as its plan asks for at what it is made of and has launched."""
    incidents, base = recalled.incidents, recalled.memory.base
    group = look_at_group(fleet, incidents, world, now)
    if group is None:
        return Look(fleet, group, incidents)
    readings, unread = _readings(group, world, now)
    blend, unseen = _blend(group, base, world)
    since = min((one.noticed for one in incidents), default=now)
    if blend and launches_tell(group, base):
        since = min(since, launches_since(base, now))
    launches = tuple(world.groups.launches(fleet, since=since - LEAD_SECONDS)) if since < now else ()
    blind = tuple(why for why in (unread, unseen) if why)
    return Look(fleet, group, incidents, launches, readings, blend, blind)


def _blend(group: Group, base: Base, world: FleetWorld) -> tuple[Blend | None, str]:
    """Look at what a group is made of, where that is asked for, or say why not: the mix stays then."""
    profile = world.profiles.get(group.profile)
    if profile is None or not wants_blend(group, profile.mix, base):
        return None, ""
    try:
        return blend(group, world.groups.spot(group.machines.keys())), ""
    except Exception as error:  # noqa: BLE001 - without it the mix stays, and the rest is done
        return None, f"what it is made of can't be seen: {error}"


def _readings(group: Group, world: FleetWorld, now: float) -> tuple[Mapping[str, Reading], str]:
    """Read the signals that the size follows, or say why not: a machine that is dying must not wait for a metric."""
    profile = world.profiles.get(group.profile)
    if profile is None or profile.size.mode == "leave":
        return {}, ""
    since = now - profile.size.scale_in_after_seconds - FRESH_SECONDS
    try:
        return world.signals.read(group.name, profile.signal, since=since, now=now), ""
    except Exception as error:  # noqa: BLE001 - without signals the size stays, and the rest is done
        return {}, f"its signals can't be read: {error}"


def look_at_group(fleet: str, incidents: tuple[Incident, ...], world: FleetWorld, now: float) -> Group | None:
    """Look at the group; at its hooks only where a machine that is to be released asks for that."""
    group = world.groups.fleets([fleet]).get(fleet)
    dying = [one.instance for one in incidents if one.deadline > now]
    if group and asks_for_hooks(group, world.profiles.get(group.profile), dying):
        return replace(group, terminate_hook=world.groups.has_terminate_hook(fleet))
    return group
