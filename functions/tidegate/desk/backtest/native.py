"""The rule of native target tracking, as far as AWS tells it: what Tidegate's rule is judged beside.

AWS says (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html and
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html):

- It adds in proportion to the metric, rounded up, if any policy asks for it. Machines that warm up don't count as
  capacity, and a later breach asks for the same size, not for as much on top.
- It takes only if all policies agree and none lacks data, rounded so that fewer are taken, and neither while machines
  warm up nor while a scale-out is under way.
- An alarm with an Auto Scaling action invokes it again every minute while it stays in ALARM.
  https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
- It takes when the metric is below a lower threshold, "usually more than 10%" below the target.
  https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html

Its alarms show the rest: three datapoints of a minute above the target, fifteen below the lower threshold.
https://github.com/aws-samples/amazon-aurora-labs-for-mysql/issues/3

Where AWS keeps quiet, native gets the better of what it could do: it takes at once all that the newest datapoint can
spare, and knows how many machines a datapoint is the mean of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tidegate.desk.backtest.change import Change
from tidegate.desk.backtest.world import MINUTE, World
from tidegate.fleet.history import History
from tidegate.fleet.need import whole

HIGH_POINTS: Final = 3
LOW_POINTS: Final = 15
LOW_SHARE: Final = 0.9

_RECENT_STEPS: Final = 64


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a group has."""

    desired: int
    warm: float
    """Machines in service and warm at the newest datapoint."""

    served: float
    """Machines in service at the newest datapoint."""

    settled: bool = True
    """Whether none is coming or warming up."""

    min_size: int = 1
    max_size: int = 1000


def track(values: Mapping[str, Sequence[float | None]], targets: Mapping[str, float], has: Capacity) -> int:
    """Return the size that follows from the last fifteen minutes of each metric, newest last; None: no datapoint."""
    high = [
        whole(has.warm * recent[-1] / targets[name])
        for name, recent in values.items()
        if recent and recent[-1] is not None and _all(recent[-HIGH_POINTS:], HIGH_POINTS, above=targets[name])
    ]
    if high:
        return max(has.desired, min(max(high), has.max_size))
    if not has.settled:
        return has.desired
    low = [
        whole(has.served * recent[-1] / targets[name])
        for name, recent in values.items()
        if recent and recent[-1] is not None and _all(recent, LOW_POINTS, below=LOW_SHARE * targets[name])
    ]
    return min(has.desired, max(*low, has.min_size)) if len(low) == len(values) else has.desired


def _all(
    values: Sequence[float | None], number: int, *, above: float = float("-inf"), below: float = float("inf")
) -> bool:
    return len(values) == number and all(one is not None and above < one < below for one in values)


@dataclass(slots=True)
class Native:
    """Native target tracking on the world's group: one policy for each signal, evaluated with each datapoint."""

    targets: Mapping[str, float]
    warmup_seconds: int

    def tend(self, world: World) -> Change | None:
        """Evaluate the alarms when there is a new datapoint."""
        if not world.news:
            return None
        values = {name: world.values(name, LOW_POINTS) for name in self.targets}
        before, after = world.desired, track(values, self.targets, self._capacity(world))
        if after == before:
            return None
        world.resize(after)
        return Change(world.now, before, after, "AlarmHigh" if after > before else "AlarmLow")

    def _capacity(self, world: World) -> Capacity:
        end = world.readable * MINUTE
        recent = world.steps[-_RECENT_STEPS:]
        history = History(tuple(recent))
        warmed = world.now - self.warmup_seconds
        warming = any(late.units > early.units and late.since > warmed for early, late in pairwise(recent))
        return Capacity(
            desired=world.desired,
            warm=history.ready(end - MINUTE, end, self.warmup_seconds),
            served=history.served(end - MINUTE, end),
            settled=not warming and not world.booting,
            min_size=world.setting.min_size,
            max_size=world.setting.max_size,
        )
