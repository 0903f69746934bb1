"""What the handlers are made of: the fleet's ports on AWS, put together in one place."""

import time
from typing import Any, Final

from tidegate import process, runtime
from tidegate.fleet.aws import AutoScaling
from tidegate.fleet.cloudwatch import CloudWatch
from tidegate.fleet.cloudwatch_alarms import CloudWatchAlarms
from tidegate.fleet.release import Gate
from tidegate.journal.table import Journal
from tidegate.policy.alarm import prefix

RESERVE_MILLIS: Final = 4000
"""What an invocation keeps for its last release, of 2 s at the most when nothing answers, and for wake and journal."""


def journal() -> Journal:
    """Return the journal of this stage."""
    settings = process.settings()
    days = runtime.policy().stages[settings.stage].journal_days
    return Journal(runtime.client("dynamodb"), settings.table, days=days, pause=runtime.pause)


def groups() -> AutoScaling:
    """Return the Auto Scaling groups of this account and Region; EC2's client is made when a detachment needs it."""
    return AutoScaling(
        runtime.client("autoscaling"),
        runtime.client("autoscaling", once=True),
        ec2=lambda: runtime.client("ec2"),
        pause=runtime.pause,
    )


def metrics() -> CloudWatch:
    """Return the metrics of this account and Region."""
    return CloudWatch(runtime.client("cloudwatch"))


def alarms() -> CloudWatchAlarms:
    """Return the alarms of this stage."""
    client, writes = runtime.client("cloudwatch"), runtime.client("cloudwatch", once=True)
    return CloudWatchAlarms(client, writes, prefix(process.settings().stage))


def gate(context: Any) -> Gate:
    """Return what is asked before each release: is there time left, and may we still.

    The mode is asked anew, and remembered for ten seconds at the most: so the kill switch stops what began before it.
    """

    def held() -> str | None:
        if context.get_remaining_time_in_millis() < RESERVE_MILLIS:
            return "no time is left in this invocation"
        stopped = runtime.mode_reader().read(now=time.time()).held
        return stopped[1] if stopped else None

    return held
