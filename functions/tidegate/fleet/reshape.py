"""Gives a fleet the size and the mix that were planned: written down first, lest whoever dies in between be misread."""

from dataclasses import dataclass, replace

from tidegate.fleet.plan import Plan
from tidegate.fleet.ports import Refused
from tidegate.fleet.records import FleetWorld, Recalled
from tidegate.journal.decision import Decision


@dataclass(frozen=True, slots=True)
class Reshaped:
    """What became of a planned shape: what is known of the fleet now, and why it didn't get it."""

    recalled: Recalled
    plan: Plan
    failed: str | None = None


def reshape(fleet: str, planned: Plan, recalled: Recalled, told: Decision, world: FleetWorld) -> Reshaped:
    """Set size and mix if the plan has others.

    The call states the end, so repeating it changes nothing. Without its intention on record all stays as it is.
    """
    if not (planned.resize or planned.remix):
        return Reshaped(recalled, planned)
    what = "the mix" if planned.remix else "the size"
    if held := world.gate():
        return Reshaped(recalled, planned, f"{what} was not set: {held}")
    try:
        recalled = world.journal.intend(fleet, recalled, told, planned)
        _set(planned, world)
    except Refused as error:
        return Reshaped(recalled, planned, f"Auto Scaling refused {what}: {error}")
    except Exception as error:  # noqa: BLE001 - the next look plans it again, and the rest of this one is told
        # Without an answer it may have been set all the same: the intention stays on record.
        unsure = replace(planned, memory=planned.intended(planned.memory))
        return Reshaped(recalled, unsure, f"setting {what} failed: {error}")
    return Reshaped(recalled, replace(planned, memory=planned.remembered(told.at)))


def _set(planned: Plan, world: FleetWorld) -> None:
    """Set both in one call where both change: in between, Auto Scaling would end what is still wanted."""
    resize, remix = planned.resize, planned.remix
    if remix:
        world.groups.remix(remix.group, remix.distribution, resize.desired if resize else None)
    elif resize:
        world.groups.resize(resize.group, resize.desired)
