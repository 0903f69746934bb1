"""Who else writes a group's size, and what keeps Tidegate's hands off it. Pure."""

from dataclasses import dataclass
from typing import Final

from tidegate.fleet.group import Group
from tidegate.fleet.history import Foreign

type Answer = tuple[str, str]
"""(code for a metric's dimension, reason for a person)."""

RAISED_SECONDS: Final = 3600
"""How long a size that somebody else raised is not lowered."""

LOWERED_SECONDS: Final = 300
"""How long a size that somebody else lowered is not raised: until the signals have told of the smaller one."""


@dataclass(frozen=True, slots=True)
class Others:
    """What a closer look at a group shows: it is taken before its size is changed, and at no other time."""

    policies: tuple[str, ...] = ()
    """Names of enabled dynamic and predictive scaling policies."""

    refresh: str = ""
    """Status of an instance refresh that is under way."""


def hands_off(group: Group, others: Others | None) -> Answer | None:
    """Return why the size of a group is not Tidegate's to change; None: it is, as far as was looked."""
    if group.deleting:
        return "deleting", "the group is being deleted"
    if group.operator:
        return "other_operator", f"{group.operator} runs the group and sets its size"
    if others and others.policies:
        return "own_policies", f"the group's own policies set its size ({', '.join(others.policies)})"
    if others and others.refresh:
        return "refreshing", f"an instance refresh is {others.refresh}"
    return None


def halted(group: Group, *, growing: bool) -> Answer | None:
    """Return which suspended process keeps a group from changing its size in one direction.

    With AlarmNotification suspended its owner wants no scaling on alarms at all.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
    """
    needed = {"AlarmNotification"} | ({"Launch", "AddToLoadBalancer"} if growing else {"Terminate"})
    if stopped := sorted(group.suspended & needed):
        return "suspended", f"{' and '.join(stopped)} suspended"
    return None


def respected(foreign: Foreign | None, wanted: int, desired: int, now: float) -> Answer | None:
    """Return why a size that somebody else has just set stays; None: it doesn't, or nobody did."""
    if foreign is None or foreign.after != desired:
        return None
    raised = foreign.after > foreign.before
    left = (RAISED_SECONDS if raised else LOWERED_SECONDS) - (now - foreign.at)
    undoing = wanted < desired if raised else wanted > desired
    if not undoing or left <= 0:
        return None
    change = f"somebody else set the size from {foreign.before} to {foreign.after} {now - foreign.at:.0f} s ago"
    return "respecting", f"{change}, which is not undone for {left:.0f} s more"
