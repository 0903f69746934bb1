"""Which fleets are to be looked at: what is unfinished, alarmed or deviates, and each every ten minutes. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from zlib import crc32

from tidegate.fleet.group import Group

EVERY_MINUTES: Final = 10
"""Each fleet is looked at this often, whatever it looks like from afar."""

EVENT: Final = "sweep-"
"""What the ids of the sweep's own wakes begin with; the minute follows."""

Reason = Literal["incident", "alarm", "unfinished", "deviates", "routine", "strays"]


@dataclass(frozen=True, slots=True)
class Calls:
    """What asks for looks at fleets, by their names, beside what they look like themselves."""

    unfinished: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Those that the journal names, and whether incidents of theirs are open."""

    alarms: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """The alarms of each that are raised."""


def wanted(fleets: Mapping[str, Group], calls: Calls, minutes: Iterable[int]) -> dict[str, tuple[Reason, str]]:
    """Return the fleets to wake, by name: (reason for a metric, reason for a person).

    `minutes` are those since the last sweep: so one that failed leaves nobody out.
    """
    slots = {minute % EVERY_MINUTES for minute in minutes}
    found: dict[str, tuple[Reason, str]] = {}
    for name in sorted(fleets.keys() | calls.unfinished.keys()):
        if reason := _reason(name, fleets.get(name), calls, slots):
            found[name] = reason
    return found


def _reason(name: str, group: Group | None, calls: Calls, slots: Collection[int]) -> tuple[Reason, str] | None:
    if calls.unfinished.get(name):
        return "incident", "an incident is open"
    if raised := calls.alarms.get(name):
        return "alarm", f"in ALARM: {', '.join(raised)}"
    if name in calls.unfinished:
        return "unfinished", "its shape wants another look"
    if group and (why := deviation(group)):
        return "deviates", why
    return ("routine", f"it is looked at every {EVERY_MINUTES} minutes") if slot(name) in slots else None


def deviation(group: Group) -> str | None:
    """Return how a group is not as it is meant to be; None while it is."""
    if not group.at_size:
        return f"{group.in_service} of {group.desired} {group.unit} are in service"
    others = {state: number for state, number in group.states.items() if state != "InService"}
    return f"machines are {', '.join(f'{number} {state}' for state, number in others.items())}" if others else None


def slot(name: str) -> int:
    """Return the minute of every ten in which a target is looked at: so they don't all come at once."""
    return crc32(name.encode()) % EVERY_MINUTES
