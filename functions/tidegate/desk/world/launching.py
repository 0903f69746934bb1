"""How a group launches a machine, and what it does when it can't."""

from collections.abc import Callable
from typing import Final

from tidegate.desk.world.machine import Attempt, Machine
from tidegate.desk.world.placement import place
from tidegate.desk.world.shape import Option
from tidegate.desk.world.world import World

FIRST_RETRY_SECONDS: Final = 60
LAST_RETRY_SECONDS: Final = 900
"""Auto Scaling tries again with exponential backoff, as users report (gitlab-org/fleeting/plugins/aws issue 11), in
steps that it doesn't publish: doubled from one minute to a quarter of an hour, assumed."""

CANCELED: Final = "Instance became unhealthy while waiting for instance to be in InService state."
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html"""

type Served = Callable[[Machine, str | None], None]
"""Hears of a machine that comes in service, and of the one that it was launched ahead of."""


def launch(
    world: World, option: Option, served: Served, again: Callable[[], None], *, ahead_of: str | None = None
) -> Machine | None:
    """Launch one machine: Pending until its health checks pass, then InService. None: it couldn't be launched.

    `again` is the next attempt. A launch that failed has its activity, and an event that names no instance.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html
    """
    found = place(world, option)
    if isinstance(found, str):
        _refuse(world, option, found, again)
        return None
    machine = world.add(*found, option, ahead_of=ahead_of)
    attempt = Attempt(started=world.now, option=option, instance=machine.id)
    world.attempts.append(attempt)
    world.record("launched", f"{machine.id} ({option}, {machine.pool.name}) is launched", machine.id)
    world.clock.after(world.shape.boot_seconds[option], lambda: _booted(world, machine, attempt, served))
    return machine


def serve(world: World, machine: Machine, attempt: Attempt) -> None:
    """Let a machine come in service."""
    machine.state, machine.ahead_of = "InService", None
    machine.served = attempt.in_service = world.now
    world.record("in-service", f"{machine.id} is in service", machine.id)


def _booted(world: World, machine: Machine, attempt: Attempt, served: Served) -> None:
    """Let it serve, unless it was ended or taken out of its group on the way there."""
    if machine.alive and machine.state == "Pending":
        ahead_of = machine.ahead_of
        serve(world, machine, attempt)
        served(machine, ahead_of)
    else:
        attempt.failure = CANCELED


def _refuse(world: World, option: Option, text: str, again: Callable[[], None]) -> None:
    """Fail one attempt, and plan the next one unless it is planned already."""
    world.attempts.append(Attempt(started=world.now, option=option, failure=text))
    world.counts.failures += 1
    backoff = world.backoff[option]
    backoff.failures += 1
    if not backoff.planned:
        _plan(world, option, again)
    world.record("launch-failed", text)


def _plan(world: World, option: Option, again: Callable[[], None]) -> None:
    backoff = world.backoff[option]
    seconds = min(FIRST_RETRY_SECONDS * 2**backoff.retries, LAST_RETRY_SECONDS)
    backoff.retries += 1
    backoff.planned = True

    def retry() -> None:
        backoff.planned = False
        before = backoff.failures
        again()
        if backoff.failures == before:
            # Nothing is missing any more: the next failure is a first one.
            backoff.retries = 0

    world.clock.after(seconds, retry)
