"""Which alarms fleets are to have, and that only differences from those there are would be written."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import group
from tidegate.fleet.alarms import Alarm, adopted_alarms, difference, digest, read_alarm, ringing, wanted_alarms
from tidegate.fleet.group import Group
from tidegate.policy.alarm import alarm_name
from tidegate.policy.profile import Profile
from tidegate.policy.signal import KNOWN, PERIODS, Signal
from tidegate.policy.size import Size

QUEUE = Signal(
    namespace="LLM",
    metric="num_requests_waiting",
    dimensions={"Service": "{group}", "Model": "chat"},
    statistic="Sum",
    period=10,
    per="group",
    target=4,
)
PROFILES = {
    "default": Profile(),
    "llm": Profile(signal={"memory": Signal(**KNOWN["memory"]), "queue": QUEUE}),
    "adopting": Profile(signal={"theirs": Signal(alarm="ops-{group}"), "shared": Signal(alarm="all", target=5)}),
    "left": Profile(size=Size(mode="leave")),
}


def fleet(name: str = "chat", profile: str = "default", desired: int = 3, **more: Any) -> Group:
    return replace(group(name, *range(desired), profile=profile), desired=desired, **more)


def wanted(*fleets: Group) -> dict[str, Alarm]:
    return wanted_alarms("dev", {one.name: one for one in fleets}, PROFILES)


def described(alarm: Alarm, name: str = "tidegate/dev/cpu/chat") -> dict[str, Any]:
    """Describe an alarm as DescribeAlarms does, with what AWS adds."""
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "AlarmDescription": alarm.description,
        "AlarmConfigurationUpdatedTimestamp": "2026-11-25T08:00:00Z",
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateReason": "Threshold Crossed: 1 datapoint [1.0] was not greater than the threshold (70.0).",
        "StateReasonData": "{}",
        "StateUpdatedTimestamp": "2026-11-25T08:00:00Z",
        "MetricName": alarm.metric,
        "Namespace": alarm.namespace,
        "Statistic": alarm.statistic,
        "Dimensions": [{"Name": key, "Value": value} for key, value in reversed(alarm.dimensions)],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.periods,
        "DatapointsToAlarm": alarm.datapoints,
        "Threshold": float(alarm.threshold),
        "ComparisonOperator": alarm.comparison,
        "TreatMissingData": alarm.missing,
        "StateTransitionedTimestamp": "2026-11-25T08:00:00Z",
    }


def test_a_fleet_of_the_default_profile_has_one_alarm_on_its_cpu() -> None:
    ((name, alarm),) = wanted(fleet()).items()
    assert name == "tidegate/dev/cpu/chat"
    assert (alarm.namespace, alarm.metric, alarm.statistic) == ("AWS/EC2", "CPUUtilization", "Average")
    assert alarm.dimensions == (("AutoScalingGroupName", "chat"),)
    assert (alarm.period, alarm.threshold, alarm.comparison) == (60, 70, "GreaterThanThreshold")
    assert (alarm.periods, alarm.datapoints, alarm.missing) == (1, 1, "missing")


def test_each_signal_has_its_own_with_the_name_of_the_group_in_its_dimensions() -> None:
    alarms = wanted(fleet(profile="llm"))
    assert sorted(alarms) == ["tidegate/dev/memory/chat", "tidegate/dev/queue/chat"]
    queue = alarms["tidegate/dev/queue/chat"]
    assert (queue.dimensions, queue.period) == ((("Model", "chat"), ("Service", "chat")), 10)


@pytest.mark.parametrize(("desired", "threshold"), [(0, 0), (1, 4), (3, 12)])
def test_the_work_of_a_group_is_too_much_for_the_size_that_is_wanted(desired: int, threshold: float) -> None:
    alarm = wanted(fleet(profile="llm", desired=desired))["tidegate/dev/queue/chat"]
    assert alarm.threshold == threshold


def test_a_person_learns_from_it_whose_it_is_what_it_means_and_how_to_change_it() -> None:
    said = wanted(fleet(profile="llm"))["tidegate/dev/queue/chat"].description
    for word in ("Tidegate", "stage dev", "fleet chat", "signal queue", "4, for each of 3 machines wanted"):
        assert word in said
    assert "[profile.llm.signal.queue] in tidegate.toml" in said
    assert len(next(iter(wanted(fleet("x" * 255)).values())).description) <= 1024


NO_ALARM: dict[str, Group] = {
    "its size is left alone": fleet(profile="left"),
    "its profile is unknown": fleet(profile="nobody"),
    "it is being deleted": fleet(deleting=True),
    "somebody else runs it": fleet(operator="EKS"),
    "its alarms are somebody else's": fleet(profile="adopting"),
}


@pytest.mark.parametrize("one", NO_ALARM.values(), ids=NO_ALARM)
def test_a_group_has_no_alarm_of_ours_when(one: Group) -> None:
    assert wanted(one) == {}


def test_adopted_alarms_are_known_by_their_names_and_several_fleets_may_share_one() -> None:
    fleets = {name: fleet(name, "adopting") for name in ("chat", "batch")} | {"plain": fleet("plain")}
    assert adopted_alarms(fleets, PROFILES) == {"ops-chat", "ops-batch", "all"}
    raised = {"all", "ops-chat", "tidegate/dev/cpu/plain", "tidegate/live/cpu/chat", "nobody's"}
    assert ringing("dev", fleets, PROFILES, raised) == {
        "batch": ("all",),
        "chat": ("ops-chat", "all"),
        "plain": ("tidegate/dev/cpu/plain",),
    }


def test_an_alarm_whose_name_was_cut_still_wakes_its_fleet() -> None:
    long = "x" * 250
    raised = {alarm_name("dev", "cpu", long)}
    assert ringing("dev", {long: fleet(long)}, PROFILES, raised) == {long: tuple(raised)}


CHANGES: dict[str, dict[str, Any]] = {
    "its threshold": {"Threshold": 71.0},
    "its period": {"Period": 300},
    "its statistic": {"Statistic": "Maximum"},
    "how long it waits": {"EvaluationPeriods": 3, "DatapointsToAlarm": 3},
    "what missing data means": {"TreatMissingData": "breaching"},
    "its comparison": {"ComparisonOperator": "LessThanThreshold"},
    "its dimensions": {"Dimensions": [{"Name": "InstanceId", "Value": "i-1"}]},
    "its description": {"AlarmDescription": "mine"},
    "an action": {"AlarmActions": ["arn:aws:automate:us-east-1:ec2:terminate"]},
    "its unit": {"Unit": "Percent"},
    "a percentile": {"Statistic": None, "ExtendedStatistic": "p99"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_written_anew_when_somebody_has_changed(change: dict[str, Any]) -> None:
    alarms = wanted(fleet())
    said = described(alarms["tidegate/dev/cpu/chat"]) | change
    told = {key: value for key, value in said.items() if value is not None}
    assert difference(alarms, {"tidegate/dev/cpu/chat": read_alarm(told)}) == (alarms, ())


def test_nothing_is_written_for_what_aws_adds_or_leaves_out() -> None:
    alarms = wanted(fleet())
    told = described(alarms["tidegate/dev/cpu/chat"])
    for without in ("DatapointsToAlarm", "OKActions", "AlarmActions", "InsufficientDataActions"):
        told.pop(without)
    existing = {"tidegate/dev/cpu/chat": read_alarm(told | {"Threshold": 70 * (1 + 1e-12), "StateValue": "ALARM"})}
    assert difference(alarms, existing) == ({}, ())


def test_what_is_not_wanted_any_more_is_deleted() -> None:
    existing = wanted(fleet(), fleet("gone"))
    assert difference(wanted(fleet()), existing) == ({}, ("tidegate/dev/cpu/gone",))


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=255)
SIGNALS = st.builds(
    Signal,
    namespace=st.just("LLM"),
    metric=NAMES,
    dimensions=st.dictionaries(NAMES, NAMES | st.just("{group}"), max_size=4),
    statistic=st.sampled_from(["Average", "Maximum", "Minimum", "Sum"]),
    period=st.sampled_from(PERIODS),
    per=st.sampled_from(["machine", "group"]),
    target=st.floats(1e-6, 1e9),
)
PROFILE = st.builds(
    Profile, signal=st.dictionaries(st.sampled_from(["cpu", "memory", "queue"]), SIGNALS, min_size=1, max_size=3)
)
FLEETS = st.lists(st.builds(fleet, NAMES, desired=st.integers(0, 50)), max_size=4)


@given(FLEETS, PROFILE)
def test_what_was_put_is_described_as_wanted(fleets: list[Group], profile: Profile) -> None:
    alarms = wanted_alarms("dev", {one.name: one for one in fleets}, {"default": profile})
    assert difference(alarms, {name: read_alarm(described(one, name)) for name, one in alarms.items()}) == ({}, ())
    assert all(len(name) <= 255 and len(one.description) <= 1024 for name, one in alarms.items())


@given(FLEETS, FLEETS, PROFILE)
def test_a_difference_leads_from_any_alarms_to_those_wanted(
    before: list[Group], after: list[Group], profile: Profile
) -> None:
    old, new = (wanted_alarms("dev", {one.name: one for one in some}, {"default": profile}) for some in (before, after))
    put, unwanted = difference(new, old)
    assert {name: one for name, one in old.items() if name not in unwanted} | put == new
    assert not put.keys() & set(unwanted)
    assert (digest(old) == digest(new)) == (old == new)
