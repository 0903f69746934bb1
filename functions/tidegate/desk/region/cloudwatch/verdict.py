"""What state an alarm's datapoints ask for. Pure: a table of AWS's documentation is its test.

Source: AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
type Value = float | None
"""A datapoint; None: missing."""

EXTRA_POINTS: Final = 2
"""How many points more than EvaluationPeriods CloudWatch looks at (the evaluation range), in case some are missing:
five for three in the documentation's tables. How it depends on period and resolution isn't published."""

COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alarm goes off: `needed` (M) of the last `periods` (N) datapoints breach the threshold."""

    comparison: str
    threshold: float
    periods: int
    needed: int
    missing: str = "missing"

    def breached(self, value: float) -> bool:
        """Whether a value breaches the threshold."""
        return COMPARE[self.comparison](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, the places of the datapoints it rests on (oldest first), and how many more were filled in."""

    state: State
    used: tuple[int, ...]
    filled: int


def judge(rule: Rule, values: Sequence[Value]) -> Verdict | None:
    """Return what the evaluation range (oldest first) asks for; None: the alarm stays as it is."""
    real = [place for place, value in enumerate(values) if value is not None][-rule.periods :]
    breaches = [place for place in real if rule.breached(values[place] or 0.0)]
    filled = rule.periods - len(real)
    if filled and rule.missing == "breaching":
        return Verdict(state_of(len(breaches) + filled >= rule.needed), tuple(real), filled)
    if not filled or len(breaches) >= rule.needed or rule.missing == "notBreaching":
        return Verdict(state_of(len(breaches) >= rule.needed), tuple(real), filled)
    if len(breaches) < len(real):
        return Verdict("OK", tuple(real), filled)
    if rule.missing == "ignore":
        return None
    if not real:
        return Verdict("INSUFFICIENT_DATA", (), filled)
    return premature(rule, values, real)


def premature(rule: Rule, values: Sequence[Value], real: Sequence[int]) -> Verdict | None:
    """Too few points, all breaching: ALARM once the oldest is as old as DatapointsToAlarm, no change before.

    Source: alarms-and-missing-data.html, "Avoiding premature transitions to alarm state"
    """
    age = len(values) - real[0]
    return Verdict("ALARM", tuple(real), rule.periods - len(real)) if age >= rule.needed else None


def state_of(alarming: bool) -> State:
    """Name the state."""
    return "ALARM" if alarming else "OK"
