"""How GetMetricData is asked for the metrics of several signals at once."""

from typing import Any

import pytest

from tidegate.fleet.watched import own_queries, queries_of
from tidegate.policy.signal import Signal

CPU = Signal(namespace="AWS/EC2", metric="CPUUtilization", target=70)


def test_a_signals_own_metric_is_asked_for_by_the_groups_name() -> None:
    (query,) = own_queries(CPU, "chat").queries("s0")
    assert query == {
        "Id": "s0",
        "ReturnData": True,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/EC2",
                "MetricName": "CPUUtilization",
                "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "chat"}],
            },
            "Period": 60,
            "Stat": "Average",
        },
    }


def test_an_adopted_alarm_on_a_metric_is_asked_for_what_it_watches() -> None:
    alarm: dict[str, Any] = {
        "Namespace": "App",
        "MetricName": "Latency",
        "Dimensions": [],
        "Period": 30,
        "ExtendedStatistic": "p90",
    }
    found = queries_of(alarm)
    assert found
    assert (found.period, found.queries("s1")[0]["MetricStat"]["Stat"]) == (30, "p90")


MATH: dict[str, Any] = {
    "Metrics": [
        {"Id": "e1", "Expression": "100 * m1 / (m1 + m10) + SUM([m1]) + SEARCH('{A,m1} m1', 'Sum')"},
        {"Id": "m1", "MetricStat": {"Period": 60}, "ReturnData": False},
        {"Id": "m10", "MetricStat": {"Period": 120}, "ReturnData": False},
    ]
}


def test_the_queries_of_metric_math_get_ids_of_their_own_and_quoted_words_stay() -> None:
    found = queries_of(MATH)
    assert found
    assert found.period == 120
    first, *others = found.queries("s2")
    assert first["Id"] == "s2"
    assert first["Expression"] == "100 * s2_m1 / (s2_m1 + s2_m10) + SUM([s2_m1]) + SEARCH('{A,m1} m1', 'Sum')"
    assert [(one["Id"], one["ReturnData"]) for one in others] == [("s2_m1", False), ("s2_m10", False)]


@pytest.mark.parametrize("alarm", [{}, {"AlarmRule": "ALARM(x)"}], ids=["gone", "composite"])
def test_an_alarm_that_is_gone_or_has_no_metric_says_nothing(alarm: dict[str, Any]) -> None:
    assert queries_of(alarm) is None
