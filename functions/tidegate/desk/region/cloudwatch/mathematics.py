"""Metric math, as much of it as alarms on fleets use: arithmetic, comparisons, and a handful of functions.

Source: AmazonCloudWatch/latest/monitoring/using-metric-math.html. What isn't known here is refused, never guessed.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from tidegate.desk.region.cloudwatch.terms import Series, Term, Unknown, aggregate, choose, join, series

OPERATORS: Final[Mapping[type[Any], Callable[[float, float], float]]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: lambda left, right: left**right,
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
}

AGGREGATES: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": sum,
}
"""Over an array of series at each time; over one series, of all its values: a single number."""

EACH: Final[Mapping[str, Callable[[float], float]]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


def compute(expression: str, known: Mapping[str, Series], metrics: Sequence[str]) -> Series:
    """Return the series of an expression over series by id; `metrics` are the ids that METRICS() stands for."""
    value = Evaluation(known, metrics).of(parse(expression))
    if isinstance(value, list):
        raise Unknown(f"{expression} gives several series")
    if isinstance(value, Mapping):
        return value
    # A number alone becomes a series with the times of what it was computed from.
    return dict.fromkeys(sorted({at for each in known.values() for at in each}), value)


def parse(expression: str) -> ast.expr:
    """Read an expression."""
    try:
        # CloudWatch writes ^ for what Python writes as **; no other sign differs.
        return ast.parse(expression.strip().replace("^", "**"), mode="eval").body
    except SyntaxError:
        raise Unknown(f"Error in expression: {expression}") from None


def names(expression: str) -> set[str]:
    """Return the ids that an expression uses, and the functions."""
    return {each.id for each in ast.walk(parse(expression)) if isinstance(each, ast.Name)}


class Evaluation:
    """Evaluates one expression."""

    def __init__(self, known: Mapping[str, Series], metrics: Sequence[str]) -> None:
        self._known: Final = known
        self._metrics: Final = metrics

    def of(self, node: ast.expr) -> Term:
        """Return the value of a part of the expression."""
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name in self._known:
                return self._known[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return join(OPERATORS[ast.Sub], 0.0, self.of(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return join(OPERATORS[type(op)], self.of(left), self.of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return join(OPERATORS[type(op)], self.of(left), self.of(right))
            case ast.List(elts=elements):
                return [series(self.of(each)) for each in elements]
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments)
            case _:
                raise Unknown(f"the emulated Region doesn't know this part of an expression: {ast.unparse(node)}")

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> Term:
        if name == "METRICS" and not arguments:
            return [self._known[each] for each in self._metrics]
        if name == "FILL" and len(arguments) == 2:  # noqa: PLR2004 - FILL(series, value)
            return self._fill(series(self.of(arguments[0])), arguments[1])
        terms = [self.of(each) for each in arguments]
        if name in EACH and len(terms) == 1:
            return join(lambda value, _: EACH[name](value), terms[0], 0.0)
        if name in AGGREGATES and len(terms) == 1:
            return aggregate(AGGREGATES[name], terms[0])
        if name == "IF" and len(terms) == 3:  # noqa: PLR2004 - IF(condition, then, else)
            return choose(*terms)
        raise Unknown(f"the emulated Region doesn't know the function {name} with {len(terms)} arguments")

    def _fill(self, given: Series, how: ast.expr) -> Series:
        times = sorted({at for each in self._known.values() for at in each})
        if isinstance(how, ast.Name) and how.id == "REPEAT":
            filled: dict[float, float] = {}
            for at in times:
                if at in given or filled:
                    filled[at] = given[at] if at in given else next(reversed(filled.values()))
            return filled
        value = self.of(how)
        other = value if isinstance(value, Mapping) else dict.fromkeys(times, cast(float, value))
        return {at: given[at] if at in given else other[at] for at in times if at in given or at in other}
