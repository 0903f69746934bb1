"""The state that datapoints ask for: the tables of CloudWatch's documentation, and what they leave to the text."""

import pytest

from tidegate.desk.region.cloudwatch.verdict import Rule, judge

# alarms-and-missing-data.html: datapoints (oldest first), then missing, ignore, breaching, notBreaching; = keeps.
THREE_OF_THREE = [
    ("0 - X - X", "OK OK OK OK"),
    ("0 - - - -", "OK OK OK OK"),
    ("- - - - -", "INSUFFICIENT_DATA = ALARM OK"),
    ("0 X X - X", "ALARM ALARM ALARM ALARM"),
    ("- - X - -", "ALARM = ALARM OK"),
    ("- - - - X", "= = ALARM OK"),
    ("- - - X -", "= = ALARM OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", "ALARM ALARM ALARM ALARM"),
    ("0 0 X 0 X", "ALARM ALARM ALARM ALARM"),
    ("0 - X - -", "OK OK ALARM OK"),
    ("- - - - 0", "OK OK ALARM OK"),
    ("- - - X -", "ALARM = ALARM OK"),
]
TABLE = [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE]


@pytest.mark.parametrize(("needed", "points", "states"), TABLE)
def test_missing_data_is_treated_as_the_documentation_says(needed: int, points: str, states: str) -> None:
    values = [{"0": 0.0, "X": 100.0, "-": None}[each] for each in points.split()]

    def state(missing: str) -> str:
        verdict = judge(Rule("GreaterThanThreshold", 50, 3, needed, missing), values)
        return verdict.state if verdict else "="

    assert [state(each) for each in ("missing", "ignore", "breaching", "notBreaching")] == states.split()


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", [51]),
        ("GreaterThanOrEqualToThreshold", [50, 51]),
        ("LessThanThreshold", [49]),
        ("LessThanOrEqualToThreshold", [49, 50]),
    ],
)
def test_the_threshold_itself_breaches_only_with_or_equal(comparison: str, breaching: list[float]) -> None:
    assert [value for value in (49, 50, 51) if Rule(comparison, 50, 1, 1).breached(value)] == breaching


def test_only_the_last_periods_count_when_none_is_missing() -> None:
    verdict = judge(Rule("GreaterThanThreshold", 50, 1, 1), [100.0, 100.0, 0.0])

    assert verdict
    assert (verdict.state, verdict.used, verdict.filled) == ("OK", (2,), 0)
