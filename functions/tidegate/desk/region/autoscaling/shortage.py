"""Launches that fail for a while: the activities that say so, and Auto Scaling's later attempts."""

from collections.abc import Callable
from typing import Final

from moto.autoscaling.models import FakeAutoScalingGroup

from tidegate.desk.region import events
from tidegate.desk.region.autoscaling import activities, telling
from tidegate.desk.region.autoscaling.group import counted, units
from tidegate.desk.region.autoscaling.placement import Place
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import World

FIRST_RETRY_SECONDS: Final = 60.0
LAST_RETRY_SECONDS: Final = 900.0
"""Auto Scaling tries again with exponential backoff, as users report (gitlab-org/fleeting/plugins/aws issue 11), in
steps that it doesn't publish: doubled from one minute to a quarter of an hour, assumed."""

MARKETS: Final = {"Could not launch Spot Instances.": "spot", "Could not launch On-Demand Instances.": "on-demand"}
"""How a message names the purchase option that it is about: buildkite/elastic-ci-stack-for-aws issue 851."""

DIFFERENCE: Final = (
    "an instance was started in response to a difference between desired and actual capacity, increasing the capacity "
    "from {0} to {1}."
)


class Shortage:
    """Why launches of a group fail, until when (seconds since the Region began), and how often they have failed."""

    def __init__(self, message: str, until: float) -> None:
        self.message: Final = message
        self.until: Final = until
        self.market: Final = next((market for text, market in MARKETS.items() if message.startswith(text)), None)
        """The purchase option that is short; None: both."""
        self.failures = 0
        self.retries = 0
        self.retry_planned = False


def declare(group: FakeAutoScalingGroup, shortage: Shortage | None) -> None:
    """Let launches of a group fail, or succeed again."""
    vars(group)["tidegate_shortage"] = shortage


def shortage_of(world: World, group: FakeAutoScalingGroup, place: Place) -> Shortage | None:
    """Return what keeps a machine from being launched at a place now."""
    there: Shortage | None = vars(group).get("tidegate_shortage")
    short = there is not None and world.now() < there.until and there.market in (None, place.market)
    return there if short else None


def refuse(
    world: World, group: FakeAutoScalingGroup, shortage: Shortage, place: Place, again: Callable[[], None]
) -> None:
    """Fail one attempt to launch, tell the bus, and plan the next one."""
    size, message = units(group, counted(group)), shortage.message
    description = f"Launching a new EC2 instance.  Status Reason: {message}"
    activity = activities.begin(group, description, DIFFERENCE.format(size, size + 1), place)
    activities.fail(activity, message)
    text = f"{group.name} can launch no {place.market} machine in {place.zone}: {message}"
    world.record("aws", "launch-failed", text, group=group.name, market=place.market, message=message)
    events.deliver(world, ACCOUNT, REGION, telling.unsuccessful(activity))
    shortage.failures += 1
    if not shortage.retry_planned:
        try_again_later(world, shortage, again)


def try_again_later(world: World, shortage: Shortage, again: Callable[[], None]) -> None:
    """Plan Auto Scaling's next attempt."""
    seconds = min(FIRST_RETRY_SECONDS * 2**shortage.retries, LAST_RETRY_SECONDS)
    shortage.retries += 1
    shortage.retry_planned = True

    def retry() -> None:
        shortage.retry_planned = False
        failures_before = shortage.failures
        again()
        if shortage.failures == failures_before:
            # Nothing is missing any more: the next failure is a first one.
            shortage.retries = 0

    world.after(seconds, retry)
