"""Metric math over series, and rules over alarms."""

import pytest

from tidegate.desk.region.cloudwatch import mathematics, rules
from tidegate.desk.region.cloudwatch.terms import Unknown

M1 = {0.0: 10.0, 60.0: 20.0}
M2 = {0.0: 2.0, 60.0: 0.0, 120.0: 5.0}

COMPUTED = [
    ("m1 + m2", {0.0: 12.0, 60.0: 20.0}),
    ("m1 - m2 * 2", {0.0: 6.0, 60.0: 20.0}),
    ("(m1 - m2) * 2", {0.0: 16.0, 60.0: 40.0}),
    ("100 * m1 / m2", {0.0: 500.0}),
    ("-m1 ^ 2 + 1", {0.0: -99.0, 60.0: -399.0}),
    ("SUM(METRICS())", {0.0: 12.0, 60.0: 20.0, 120.0: 5.0}),
    ("MAX([m1, m2])", {0.0: 10.0, 60.0: 20.0, 120.0: 5.0}),
    ("m2 / MAX(m2)", {0.0: 0.4, 60.0: 0.0, 120.0: 1.0}),
    ("FILL(m1, 0) + m2", {0.0: 12.0, 60.0: 20.0, 120.0: 5.0}),
    ("FILL(m1, REPEAT)", {0.0: 10.0, 60.0: 20.0, 120.0: 20.0}),
    ("IF(m2 > 1, m1, 0)", {0.0: 10.0, 60.0: 0.0}),
    ("CEIL(m1 / 3)", {0.0: 4.0, 60.0: 7.0}),
    ("7", {0.0: 7.0, 60.0: 7.0, 120.0: 7.0}),
]


@pytest.mark.parametrize(("expression", "expected"), COMPUTED)
def test_an_expression_is_computed_point_by_point(expression: str, expected: dict[float, float]) -> None:
    assert mathematics.compute(expression, {"m1": M1, "m2": M2}, ["m1", "m2"]) == expected


@pytest.mark.parametrize(
    "expression", ["m3", "m1 +", "METRICS()", "SEARCH('x', 'Sum', 60)", "m1.real", "__import__('os')"]
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(Unknown):
        mathematics.compute(expression, {"m1": M1}, ["m1"])


STATES = {"hot": "ALARM", "full": "OK", "new": "INSUFFICIENT_DATA", "a/b c": "ALARM"}

RULES = [
    ("ALARM(hot)", True),
    ('ALARM("hot")', True),
    ("OK(hot)", False),
    ("INSUFFICIENT_DATA(new)", True),
    ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:hot)", True),
    ('ALARM("a/b c") AND NOT ALARM(full)', True),
    ("ALARM(full) OR ALARM(new)", False),
    ("ALARM(hot) OR ALARM(full) AND FALSE", True),
    ("(ALARM(hot) OR ALARM(full)) AND FALSE", False),
    ("NOT (ALARM(hot) AND ALARM(full))", True),
    ("true", True),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_a_rule_holds_or_not(rule: str, expected: bool) -> None:
    assert rules.holds(rule, STATES.__getitem__) is expected


@pytest.mark.parametrize("rule", ["", "ALARM()", "ALARM(hot) OR", "(ALARM(hot)", "ALARM(hot) ALARM(full)", "hot", ")"])
def test_a_rule_that_cannot_be_read_is_refused(rule: str) -> None:
    with pytest.raises(rules.Malformed):
        rules.holds(rule, STATES.__getitem__)


def test_a_rule_names_its_children() -> None:
    assert rules.children('ALARM("hot") OR NOT OK(full)') == {"hot", "full"}
