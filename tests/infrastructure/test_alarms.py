"""Every alarm of the stack that calls a person: what it watches, when it is raised, and whom it tells."""

from typing import Any

import pytest

from tests.infrastructure.templates import Template, resources, without_hashes
from tidegate.metrics import METRICS, NAMESPACE
from tidegate.policy.throttle_alarm import prefix

type Shape = tuple[str, str, str, str, float, int, str]
"""(namespace, metric, statistic, comparison, threshold, minutes, what missing data means)."""

DEAD_LETTERS: Shape = (
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    "Maximum",
    "GreaterThanThreshold",
    0,
    1,
    "notBreaching",
)
ERRORS: Shape = ("AWS/Lambda", "Errors", "Sum", "GreaterThanThreshold", 0, 1, "notBreaching")
SILENCE: Shape = ("AWS/Lambda", "Invocations", "Sum", "LessThanThreshold", 1, 5, "breaching")
ALARMS_FAILED: Shape = (NAMESPACE, "AlarmsFailed", "Sum", "GreaterThanThreshold", 0, 5, "notBreaching")
LOST_TRACK: Shape = (NAMESPACE, "LostTrack", "Sum", "GreaterThanThreshold", 0, 1, "notBreaching")
TO_SEE: Shape = (NAMESPACE, "LaunchFailuresToSee", "Sum", "GreaterThanThreshold", 0, 60, "notBreaching")

ALARMS: dict[tuple[str, str], Shape] = {
    ("QueueName", "SpotInterruptionReactionInboxDeadLettersQueue"): DEAD_LETTERS,
    ("QueueName", "SpotInterruptionReactionUndeliveredQueue"): DEAD_LETTERS,
    ("QueueName", "CapacityAlarmReactionInboxDeadLettersQueue"): DEAD_LETTERS,
    ("QueueName", "CapacityAlarmReactionUndeliveredQueue"): DEAD_LETTERS,
    ("QueueName", "LaunchFailureReactionInboxDeadLettersQueue"): DEAD_LETTERS,
    ("QueueName", "LaunchFailureReactionUndeliveredQueue"): DEAD_LETTERS,
    ("QueueName", "BedrockThrottlingReactionInboxDeadLettersQueue"): DEAD_LETTERS,
    ("QueueName", "BedrockThrottlingReactionUndeliveredQueue"): DEAD_LETTERS,
    ("QueueName", "WakesInboxDeadLettersQueue"): DEAD_LETTERS,
    ("FunctionName", "SpotInterruptionReactionWorkerFunction"): ERRORS,
    ("FunctionName", "CapacityAlarmReactionWorkerFunction"): ERRORS,
    ("FunctionName", "LaunchFailureReactionWorkerFunction"): ERRORS,
    ("FunctionName", "BedrockThrottlingReactionWorkerFunction"): ERRORS,
    ("FunctionName", "ReconcileWorkerFunction"): ERRORS,
    ("FunctionName", "SweepWorkerFunction"): ERRORS,
    ("FunctionName", "DrillWorkerFunction"): ERRORS,
    ("FunctionName", "RemovalWorkerFunction"): ERRORS,
    ("FunctionName", "SweepWorkerFunction, its silence"): SILENCE,
    ("stage", "dev, LostTrack"): LOST_TRACK,
    ("stage", "dev, LaunchFailuresToSee"): TO_SEE,
    ("stage", "dev, AlarmsFailed"): ALARMS_FAILED,
}
"""The alarms, by the one dimension of what they watch."""


def alarms(template: Template) -> list[Any]:
    """Return the alarms that call a person: those on models wake the loop instead."""
    found = resources(template, "AWS::CloudWatch::Alarm").values()
    return [one for one in found if not one.get("AlarmName", "").startswith(prefix("dev"))]


def watched(template: Template, alarm: Any) -> tuple[str, str]:
    """Return the one dimension of an alarm; what has more than one alarm is told apart by what counts."""
    (dimension,) = alarm["Dimensions"]
    value = dimension["Value"]
    name = value if isinstance(value, str) else value.get("Ref") or value["Fn::GetAtt"][0]
    silence = ", its silence" if alarm["MetricName"] == "Invocations" else ""
    metric = f", {alarm['MetricName']}" if alarm["Namespace"] == NAMESPACE else ""
    return dimension["Name"], without_hashes(template, name) + silence + metric


def shape(alarm: Any) -> Shape:
    assert alarm["Period"] == 60
    return (
        alarm["Namespace"],
        alarm["MetricName"],
        alarm["Statistic"],
        alarm["ComparisonOperator"],
        alarm["Threshold"],
        alarm["EvaluationPeriods"],
        alarm["TreatMissingData"],
    )


def test_the_alarms_are_those_of_the_table(template: Template) -> None:
    assert {watched(template, alarm): shape(alarm) for alarm in alarms(template)} == ALARMS
    assert len(alarms(template)) == len(ALARMS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("AWS::Lambda::Function", ERRORS), ("AWS::SQS::Queue", DEAD_LETTERS)],
    ids=["functions", "queues"],
)
def test_no_function_and_no_queue_of_dead_letters_goes_without_one(
    template: Template, kind: str, expected: Shape
) -> None:
    last_stops = {
        without_hashes(template, name)
        for name, one in resources(template, kind).items()
        if kind != "AWS::SQS::Queue" or "RedrivePolicy" not in one
    }
    assert {name for (_, name), said in ALARMS.items() if said == expected} == last_stops


def test_one_minute_of_launch_failures_is_enough_and_keeps_the_alarm_for_all_of_its_minutes(template: Template) -> None:
    fewer = {one["MetricName"]: one["DatapointsToAlarm"] for one in alarms(template) if "DatapointsToAlarm" in one}
    assert fewer == {"LaunchFailuresToSee": 1}


def test_every_alarm_speaks_on_the_topic(template: Template) -> None:
    (topic,) = resources(template, "AWS::SNS::Topic")
    assert [one for one in alarms(template) if one["AlarmActions"] != [{"Ref": topic}]] == []
    assert [one for one in alarms(template) if one.get("ActionsEnabled") is False] == []


def test_every_alarm_says_what_it_means_and_what_to_do(template: Template) -> None:
    texts = [alarm["AlarmDescription"] for alarm in alarms(template)]
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if len(text.split(". ")) < 2 or len(text) > 1024] == []


def test_an_alarm_on_a_metric_of_ours_watches_one_that_is_emitted_with_these_dimensions(template: Template) -> None:
    ours = [alarm for alarm in alarms(template) if alarm["Namespace"] == NAMESPACE]
    assert ours
    for alarm in ours:
        dimensions = ("stage", *METRICS[alarm["MetricName"]].dimensions)
        assert tuple(one["Name"] for one in alarm["Dimensions"]) == dimensions
