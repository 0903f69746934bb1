"""Gives a fleet the size that was planned: written down first, since whoever dies in between must not be misread."""

from dataclasses import dataclass, replace

from tidegate.fleet.decision import Decision
from tidegate.fleet.plan import Plan
from tidegate.fleet.ports import Refused
from tidegate.fleet.records import FleetWorld, Recalled


@dataclass(frozen=True, slots=True)
class Resized:
    """What became of a planned size: what is known of the fleet now, and why it didn't get it."""

    recalled: Recalled
    plan: Plan
    failed: str | None = None


def resize(fleet: str, planned: Plan, recalled: Recalled, told: Decision, world: FleetWorld) -> Resized:
    """Set the size if the plan has another one.

    The call states the end, so repeating it changes nothing. Without its intention on record the size stays.
    """
    wanted = planned.resize
    if wanted is None:
        return Resized(recalled, planned)
    if held := world.gate():
        return Resized(recalled, planned, f"the size was not set: {held}")
    try:
        recalled = world.journal.intend(fleet, recalled, told, wanted.desired)
        world.groups.resize(wanted.group, wanted.desired)
    except Refused as error:
        return Resized(recalled, planned, f"Auto Scaling refused the size: {error}")
    except Exception as error:  # noqa: BLE001 - the next look plans it again, and the rest of this one is told
        return Resized(recalled, planned, f"setting the size failed: {error}")
    return Resized(recalled, replace(planned, memory=planned.remembered(wanted, told.at)))
