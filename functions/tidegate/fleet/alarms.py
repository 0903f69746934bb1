"""The alarms that Tidegate keeps for fleets: which there are to be, and how those there are differ. Pure.

An alarm decides nothing: it wakes its fleet at the moment from which on the plan would ask for more. So it goes off by
the plan's own rule, and at the first datapoint.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isclose
from typing import Any, Final

from tidegate.fleet.group import Group
from tidegate.policy.alarm import adopted_name, alarm_name, name_of
from tidegate.policy.profile import Profile
from tidegate.policy.signal import GROUP, Signal

_LONGEST_DESCRIPTION: Final = 1024
"""Characters. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

_NOT_OURS: Final = (
    *("OKActions", "AlarmActions", "InsufficientDataActions"),
    *("ExtendedStatistic", "Unit", "Metrics", "ThresholdMetricId", "EvaluationCriteria", "EvaluationWindow"),
    "WarmUpConfiguration",
)
"""What an alarm of ours never has. Whoever sees it there put it there: the alarm is written anew, without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm on one metric, as PutMetricAlarm takes it."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    """Sorted by name: CloudWatch tells them in an order of its own."""

    statistic: str
    period: int
    """Seconds."""

    threshold: float
    description: str
    comparison: str = "GreaterThanThreshold"
    """As in the plan: exactly the target needs no machine more."""

    periods: int = 1
    datapoints: int = 1
    """One of one: the plan grows on the newest datapoint, so waiting for a second would only cost time. A lone spike
    wakes the fleet for nothing, once."""

    missing: str = "missing"
    """A silent signal is INSUFFICIENT_DATA: it neither holds a fleet awake (`ignore` would) nor looks as if all were
    well (`notBreaching` would). The plan takes no machine on it either."""

    extras: tuple[str, ...] = ()
    """Names of what else it says: never anything, for one of ours."""


def wanted_alarms(stage: str, fleets: Mapping[str, Group], profiles: Mapping[str, Profile]) -> dict[str, Alarm]:
    """Return the alarms that Tidegate keeps, by name: one for each signal that isn't an alarm of somebody else."""
    return {
        alarm_name(stage, name, group.name): _alarm(stage, name, signal, group)
        for group, name, signal in _followed(fleets, profiles)
        if not signal.alarm
    }


def adopted_alarms(fleets: Mapping[str, Group], profiles: Mapping[str, Profile]) -> frozenset[str]:
    """Return the names of alarms that profiles adopt: they are read, never written or deleted."""
    return frozenset(
        adopted_name(signal.alarm, group.name) for group, _, signal in _followed(fleets, profiles) if signal.alarm
    )


def ringing(
    stage: str, fleets: Mapping[str, Group], profiles: Mapping[str, Profile], raised: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the fleets that have alarms among `raised`, with the names of these. Several may share an adopted one."""
    found: dict[str, tuple[str, ...]] = {}
    for group, name, signal in _followed(fleets, profiles):
        alarm = name_of(stage, name, signal, group.name)
        if alarm in raised:
            found[group.name] = (*found.get(group.name, ()), alarm)
    return found


def difference(wanted: Mapping[str, Alarm], existing: Mapping[str, Alarm]) -> tuple[dict[str, Alarm], tuple[str, ...]]:
    """Return what is to be put, and the names of what is to be deleted."""
    put = {name: one for name, one in wanted.items() if name not in existing or not _same(one, existing[name])}
    return put, tuple(sorted(existing.keys() - wanted.keys()))


def digest(wanted: Mapping[str, Alarm]) -> str:
    """Return a word that changes whenever what is wanted does, a new version of Tidegate included."""
    return sha256("\n".join(f"{name} {one}" for name, one in sorted(wanted.items())).encode()).hexdigest()


def read_alarm(described: Mapping[str, Any]) -> Alarm:
    """Read one alarm as DescribeAlarms describes it; what AWS adds of its own (its state, its ARN) is left out."""
    periods = int(described.get("EvaluationPeriods", 0))
    return Alarm(
        namespace=described.get("Namespace", ""),
        metric=described.get("MetricName", ""),
        dimensions=tuple(sorted((one["Name"], one["Value"]) for one in described.get("Dimensions", ()))),
        statistic=described.get("Statistic", ""),
        period=int(described.get("Period", 0)),
        threshold=float(described.get("Threshold", 0.0)),
        description=described.get("AlarmDescription", ""),
        comparison=described.get("ComparisonOperator", ""),
        periods=periods,
        datapoints=int(described.get("DatapointsToAlarm", periods)),
        missing=described.get("TreatMissingData", "missing"),
        extras=tuple(name for name in _NOT_OURS if described.get(name)),
    )


def _followed(fleets: Mapping[str, Group], profiles: Mapping[str, Profile]) -> Iterator[tuple[Group, str, Signal]]:
    """Yield the signals that sizes follow; those of groups whose size is somebody else's are nobody's business."""
    for _, group in sorted(fleets.items()):
        profile = profiles.get(group.profile)
        if profile and profile.size.mode == "tend" and not group.deleting and not group.operator:
            yield from ((group, name, signal) for name, signal in profile.signal.items())


def _alarm(stage: str, name: str, signal: Signal, group: Group) -> Alarm:
    return Alarm(
        namespace=signal.namespace,
        metric=signal.metric,
        dimensions=tuple(sorted((key, value.replace(GROUP, group.name)) for key, value in signal.dimensions.items())),
        statistic=signal.statistic,
        period=signal.period,
        threshold=_threshold(signal, group),
        description=_description(stage, name, signal, group)[:_LONGEST_DESCRIPTION],
    )


def _threshold(signal: Signal, group: Group) -> float:
    """Return the value above which the plan asks for more than the group wants.

    Of a signal that counts the whole group's work it needs value / target, so that is target x desired, written anew
    whenever the size changes. Metric math could divide by the size instead, but the metric of it
    (GroupDesiredCapacity) is there only where the group's owner has switched it on. Until it is written, a minute at
    the most, the alarm of a group that grew only wakes it once more, and that of one that shrank is late by a minute.
    """
    target = float(signal.target or 0)
    return target * group.desired if signal.per == "group" else target


def _description(stage: str, name: str, signal: Signal, group: Group) -> str:
    each = f"for each of {group.desired} {group.unit} wanted" if signal.per == "group" else "the value to be kept"
    return (
        f"Tidegate, stage {stage}, wakes the fleet {group.name} when its signal {name} is above the target: "
        f"{signal.target:g}, {each}. It is Tidegate's own: changes by hand are undone. To change it, edit "
        f"[profile.{group.profile}.signal.{name}] in tidegate.toml; to have it removed, take the tag off the group."
    )


def _same(one: Alarm, other: Alarm) -> bool:
    """Whether two alarms are alike, but for the last digits of a number that has travelled."""
    return isclose(one.threshold, other.threshold, rel_tol=1e-9) and one == replace(other, threshold=one.threshold)
