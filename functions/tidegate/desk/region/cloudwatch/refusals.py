"""What CloudWatch says no to, in its own words where users report them.

Sources: API_PutMetricAlarm.html, API_PutCompositeAlarm.html, API_DeleteAlarms.html of AmazonCloudWatch's API reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.cloudwatch.exceptions import InvalidParameterCombination, ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from tidegate.desk.region.amend import param
from tidegate.desk.region.cloudwatch import rules
from tidegate.desk.region.cloudwatch.data import refuse_queries
from tidegate.desk.region.cloudwatch.verdict import COMPARE

MAX_ACTIONS: Final = 5
MAX_METRICS: Final = 10
MAX_NAMES: Final = 100
DAY: Final = 86400
WEEK: Final = 7 * DAY
MISSING: Final = ("breaching", "notBreaching", "ignore", "missing")
SINGLE: Final = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
ACTIONS: Final = ("OKActions", "AlarmActions", "InsufficientDataActions")


def refuse_alarm(response: CloudWatchResponse) -> None:
    """Refuse what PutMetricAlarm refuses."""
    said: dict[str, Any] = {key: param(response, key) for key in (*SINGLE, *ACTIONS, "TreatMissingData", "Metrics")}
    if bool(said["MetricName"]) == bool(said["Metrics"]):
        raise ValidationError("Either MetricName or Metrics must be specified, and not both.")
    refuse_actions(said)
    if param(response, "ComparisonOperator") not in COMPARE:
        raise ValidationError(f"ComparisonOperator must be one of {', '.join(COMPARE)}.")
    if param(response, "Threshold") is None:
        raise ValidationError("Threshold is required for alarms based on static thresholds.")
    if said["TreatMissingData"] not in (None, *MISSING):
        options = f"{', '.join(MISSING[:-1])} and {MISSING[-1]}"
        raise ValidationError(
            f"Option {said['TreatMissingData']} is not supported. "
            f"Supported options for parameter TreatMissingData are {options}."
        )
    period = refuse_metrics(said) if said["Metrics"] else refuse_single(said)
    refuse_periods(period, int(param(response, "EvaluationPeriods") or 0), param(response, "DatapointsToAlarm"))


def refuse_single(said: Mapping[str, Any]) -> int:
    """Refuse what is wrong with the one metric; return its period, seconds."""
    if bool(said["Statistic"]) == bool(said["ExtendedStatistic"]):
        raise InvalidParameterCombination("Either Statistic or ExtendedStatistic must be specified, and not both.")
    if not said["Namespace"] or not said["Period"]:
        raise ValidationError("Namespace and Period are required with MetricName.")
    return int(said["Period"])


def refuse_metrics(said: Mapping[str, Any]) -> int:
    """Refuse what is wrong with metric math; return its period, seconds, the same for all metrics."""
    if any(said[each] for each in SINGLE):
        raise InvalidParameterCombination(f"{', '.join(SINGLE)} can't be used with Metrics.")
    queries: Sequence[Mapping[str, Any]] = said["Metrics"]
    refuse_queries(queries, "Metrics")
    periods = {int(each["MetricStat"]["Period"]) for each in queries if "MetricStat" in each}
    if sum(each.get("ReturnData", True) for each in queries) != 1:
        raise ValidationError("Exactly one element of the metrics list should return data.")
    if len(periods) != 1:
        raise ValidationError("All metrics of an alarm must have the same period.")
    if sum("MetricStat" in each for each in queries) > MAX_METRICS:
        raise ValidationError(f"An alarm can watch {MAX_METRICS} metrics at most.")
    return periods.pop()


def refuse_periods(period: int, periods: int, needed: int | None) -> None:
    """Refuse periods that are none, or too many; in words that users report (hashicorp/terraform issue 24070)."""
    if period not in (10, 20, 30) and (period < 1 or period % 60):
        raise ValidationError("Period must be 10, 20, 30 or a multiple of 60")
    if periods < 1:
        raise ValidationError("EvaluationPeriods must be at least 1.")
    if needed and int(needed) > periods:
        raise ValidationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    longest = WEEK if period >= 3600 else DAY  # noqa: PLR2004 - an hour, from which on a week is allowed
    if period * periods > longest:
        raise ValidationError(
            f"Metrics cannot be checked across more than {'a week' if longest == WEEK else 'a day'} "
            f"(EvaluationPeriods * Period must be <= {longest})."
        )


def refuse_actions(said: Mapping[str, Any]) -> None:
    """Refuse more actions than there may be."""
    if any(len(said[each] or ()) > MAX_ACTIONS for each in ACTIONS):
        raise ValidationError(f"An alarm can have {MAX_ACTIONS} actions for each state at most.")


def refuse_composite(response: CloudWatchResponse) -> None:
    """Refuse a rule that can't be read, or names no alarm that there is (awsdocs/aws-cloudformation-user-guide 911)."""
    backend, rule = response.cloudwatch_backend, param(response, "AlarmRule") or ""
    try:
        rules.holds(rule, lambda _: "OK")
        unknown = sorted(each for each in rules.children(rule) if each not in backend.alarms)
    except rules.Malformed as error:
        raise ValidationError(f"AlarmRule is invalid: {error}") from None
    if unknown:
        raise ValidationError(
            f"Could not save the composite alarm as alarms {', '.join(unknown)} in the alarm rule do not exist"
        )


def refuse_deletion(backend: CloudWatchBackend, names: Sequence[str]) -> None:
    """Refuse to delete too many, or what a composite alarm looks at (ekristen/aws-nuke issue 462)."""
    if not 1 <= len(names) <= MAX_NAMES:
        raise ValidationError(f"AlarmNames must have between 1 and {MAX_NAMES} names.")
    known = [backend.alarms[each] for each in names if each in backend.alarms]
    if sum(each.rule is not None for each in known) > 1:
        raise ValidationError("No more than one composite alarm can be deleted in one operation.")
    watched = {child for each in backend.alarms.values() if each.rule for child in rules.children(each.rule)}
    if held := [each.name for each in known if each.name in watched]:
        them = "it" if len(held) == 1 else "them"
        raise ValidationError(f"Cannot delete {','.join(held)} as there are composite alarm(s) depending on {them}.")
