"""Terms of metric math: series, numbers, arrays of series, and how they are computed with.

Source: AmazonCloudWatch/latest/monitoring/using-metric-math.html. Arithmetic joins two series where both have a point;
a division by zero gives none.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

type Series = Mapping[float, float]
"""Time -> value, oldest first."""

type Term = Series | float | list[Series]


class Unknown(ValueError):
    """An expression that can't be evaluated here; the text says why."""


def join(what: Callable[[float, float], float], left: Term, right: Term) -> Term:
    """Compute with two terms: where both have a point, and a number has one everywhere."""
    if isinstance(left, list) or isinstance(right, list):
        raise Unknown("the emulated Region computes with series and numbers, not with arrays of series")
    if not isinstance(left, Mapping) and not isinstance(right, Mapping):
        return float(what(left, right))
    times = [
        at for at in (left if isinstance(left, Mapping) else cast(Series, right)) if has(left, at) and has(right, at)
    ]
    computed: dict[float, float] = {}
    for at in times:
        try:
            computed[at] = float(what(at_time(left, at), at_time(right, at)))
        except (ZeroDivisionError, OverflowError):
            continue
    return computed


def aggregate(what: Callable[[Sequence[float]], float], term: Term) -> Term:
    """Compute over an array at each time, or over the values of one series."""
    if isinstance(term, list):
        times = sorted({at for each in term for at in each})
        return {at: float(what([each[at] for each in term if at in each])) for at in times}
    return float(what(list(series(term).values()))) if series(term) else 0.0


def choose(condition: Term, then: Term, otherwise: Term) -> Term:
    """IF: the one or the other, at each time at which the condition and what it chooses are known."""
    chosen: dict[float, float] = {}
    for at, holds in series(condition).items():
        one = then if holds else otherwise
        if has(one, at):
            chosen[at] = at_time(one, at)
    return chosen


def series(term: Term) -> Series:
    """Return a term that must be one series."""
    if isinstance(term, Mapping):
        return term
    raise Unknown("a series is needed here")


def has(term: Term, at: float) -> bool:
    """Whether a term has a value at a time."""
    return not isinstance(term, Mapping) or at in term


def at_time(term: Term, at: float) -> float:
    """Return a term's value at a time."""
    return term[at] if isinstance(term, Mapping) else cast(float, term)
