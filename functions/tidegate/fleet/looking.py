"""Looks at a fleet, as closely as its plan asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.judge import asks_for_hooks
from tidegate.fleet.look import Look
from tidegate.fleet.plan import Plan, plan
from tidegate.fleet.reading import FRESH_SECONDS, Reading
from tidegate.fleet.records import FleetWorld, Recalled

LEAD_SECONDS: Final = 60
"""Launches that began a little before the oldest open incident are asked for too: clocks differ."""


def planned(fleet: str, recalled: Recalled, world: FleetWorld, now: float) -> tuple[Look, Plan]:
    """Look at a fleet and plan; before its size would change, look at who else writes it, and plan anew."""
    look = _look(fleet, recalled.incidents, world, now)
    first = plan(look, world.profiles, world.mode, recalled.memory, now)
    if not first.asks:
        return look, first
    look = replace(look, others=world.groups.others(fleet))
    return look, plan(look, world.profiles, world.mode, recalled.memory, now)


def _look(fleet: str, incidents: tuple[Incident, ...], world: FleetWorld, now: float) -> Look:
    """Look at the group, at its signals, and at its launches where an incident is open."""
    group = look_at_group(fleet, incidents, world, now)
    if group is None:
        return Look(fleet, group, incidents)
    readings, blind = _readings(group, world, now)
    if not incidents:
        return Look(fleet, group, readings=readings, blind=blind)
    since = min(one.noticed for one in incidents) - LEAD_SECONDS
    launches = tuple(world.groups.launches(fleet, since=since))
    return Look(fleet, group, incidents, launches, readings, blind)


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
