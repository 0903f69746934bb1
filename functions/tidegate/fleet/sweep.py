"""Which fleets are to be looked at: those that deviate, those with open incidents, and each every ten minutes. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal
from zlib import crc32

from tidegate.fleet.group import Group

EVERY_MINUTES: Final = 10
"""Each fleet is looked at this often, whatever it looks like from afar."""

EVENT: Final = "sweep-"
"""What the ids of the sweep's own wakes begin with; the minute follows."""

Reason = Literal["incident", "deviates", "routine", "strays"]


def wanted(
    fleets: Mapping[str, Group], incidents: Collection[str], minutes: Iterable[int]
) -> dict[str, tuple[Reason, str]]:
    """Return the fleets to wake, by name: (reason for a metric, reason for a person).

    `incidents` names the fleets that have open ones, and `minutes` are those since the last sweep: so one that failed
    leaves nobody out.
    """
    slots = {minute % EVERY_MINUTES for minute in minutes}
    found: dict[str, tuple[Reason, str]] = {}
    for name in sorted(fleets.keys() | set(incidents)):
        group = fleets.get(name)
        if name in incidents:
            found[name] = ("incident", "an incident is open")
        elif group and (why := deviation(group)):
            found[name] = ("deviates", why)
        elif slot(name) in slots:
            found[name] = ("routine", f"it is looked at every {EVERY_MINUTES} minutes")
    return found


def deviation(group: Group) -> str | None:
    """Return how a group is not as it is meant to be; None while it is."""
    if not group.at_size:
        return f"{group.in_service} of {group.desired} {group.unit} are in service"
    others = {state: number for state, number in group.states.items() if state != "InService"}
    return f"machines are {', '.join(f'{number} {state}' for state, number in others.items())}" if others else None


def slot(name: str) -> int:
    """Return the minute of every ten in which a target is looked at: so they don't all come at once."""
    return crc32(name.encode()) % EVERY_MINUTES
