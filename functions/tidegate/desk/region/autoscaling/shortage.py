"""Launches that fail for a while: the activities that say so, and Auto Scaling's later attempts."""

from collections.abc import Callable
from typing import Final

from moto.autoscaling.models import FakeAutoScalingGroup

from tidegate.desk.region import events
from tidegate.desk.region.autoscaling import activities, telling
from tidegate.desk.region.autoscaling.droughts import Drought
from tidegate.desk.region.autoscaling.group import counted, units
from tidegate.desk.region.autoscaling.placement import Market, Place
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import World

FIRST_RETRY_SECONDS: Final = 60.0
LAST_RETRY_SECONDS: Final = 900.0
"""Auto Scaling tries again with exponential backoff, as users report (gitlab-org/fleeting/plugins/aws issue 11), in
steps that it doesn't publish: doubled from one minute to a quarter of an hour, assumed."""

DIFFERENCE: Final = (
    "an instance was started in response to a difference between desired and actual capacity, increasing the capacity "
    "from {0} to {1}."
)


class Backoff:
    """How often a group's launches have failed of late, and of which purchase options."""

    def __init__(self) -> None:
        self.failures = 0
        self.retries = 0
        self.retry_planned = False
        self.markets: set[Market] = set()


def backoff_of(group: FakeAutoScalingGroup) -> Backoff:
    """A group's backoff. It hangs on moto's group and ends with it."""
    backoff: Backoff = vars(group).setdefault("tidegate_backoff", Backoff())
    return backoff


def waiting(group: FakeAutoScalingGroup, market: Market) -> bool:
    """Whether launches of a purchase option failed, and the next attempt is still to come."""
    backoff = backoff_of(group)
    return backoff.retry_planned and market in backoff.markets


def refuse(
    world: World, group: FakeAutoScalingGroup, drought: Drought, place: Place, again: Callable[[], None]
) -> None:
    """Fail one attempt to launch, tell the bus, and plan the next one."""
    size, message = units(group, counted(group)), drought.text(place)
    description = f"Launching a new EC2 instance.  Status Reason: {message}"
    activity = activities.begin(group, description, DIFFERENCE.format(size, size + 1), place)
    activities.fail(activity, message)
    text = f"{group.name} can launch no {place.market} machine in {place.zone}: {message}"
    world.record("aws", "launch-failed", text, group=group.name, market=place.market, message=message)
    events.deliver(world, ACCOUNT, REGION, telling.unsuccessful(activity))
    backoff = backoff_of(group)
    backoff.failures += 1
    backoff.markets.add(place.market)
    if not backoff.retry_planned:
        try_again_later(world, backoff, again)


def try_again_later(world: World, backoff: Backoff, again: Callable[[], None]) -> None:
    """Plan Auto Scaling's next attempt."""
    seconds = min(FIRST_RETRY_SECONDS * 2**backoff.retries, LAST_RETRY_SECONDS)
    backoff.retries += 1
    backoff.retry_planned = True

    def retry() -> None:
        backoff.retry_planned = False
        backoff.markets.clear()
        failures_before = backoff.failures
        again()
        if backoff.failures == failures_before:
            # Nothing is missing any more: the next failure is a first one.
            backoff.retries = 0

    world.after(seconds, retry)
