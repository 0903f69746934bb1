"""What the actions of a plan do, in words. Pure."""

from tidegate.fleet.decision import wanted
from tidegate.fleet.ends import Close
from tidegate.fleet.notice import Release
from tidegate.fleet.plan import Action
from tidegate.fleet.shape import Remix, Resize


def step(action: Action) -> str:
    """Say what an action does."""
    if isinstance(action, Release):
        return wanted(action)
    if isinstance(action, Resize):
        more = action.surplus.units
        serving_on = f", {more} of it for machines that serve on" if more else ""
        return f"set the size from {action.before} to {action.desired}{serving_on}"
    if isinstance(action, Remix):
        return f"set the on-demand base from {action.before} to {action.distribution.base}"
    return f"{'close' if isinstance(action, Close) else 'follow'} {action.incident.instance}: {action.code}"
