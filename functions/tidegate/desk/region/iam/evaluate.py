"""Decides whether a role's policies allow a call: actions, resources and conditions, which moto leaves out mostly.

Source: IAM/latest/UserGuide/reference_policies_evaluation-logic.html; an explicit Deny wins, nothing said is a no.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

type Statement = Mapping[str, Any]
type Context = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that a call needs: action, the ARN it acts on (None: any will do), condition keys and values."""

    action: str
    resource: str | None
    context: Context = field(default_factory=dict[str, Sequence[str]])
    said: str = ""
    """What the service says without it, if that isn't the usual sentence."""


def allowed(need: Need, statements: Iterable[Statement]) -> bool:
    """Whether the statements allow what is needed."""
    applying = [each for each in statements if applies(each, need)]
    return bool(applying) and all(each.get("Effect", "Allow") == "Allow" for each in applying)


def applies(statement: Statement, need: Need) -> bool:
    """Whether action, resource and all conditions of a statement match."""
    if not any(matches(pattern, need.action, ignore_case=True) for pattern in listed(statement["Action"])):
        return False
    if need.resource and not any(matches(pattern, need.resource) for pattern in listed(statement["Resource"])):
        return False
    return all(
        holds(operator, wanted, need.context.get(key, ()))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def holds(operator: str, wanted: Any, actual: Sequence[str]) -> bool:
    """One condition; an operator that isn't known here must not pass silently.

    Source: IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    quantifier, _, plain = operator.rpartition(":")
    if plain == "Null":
        return (not actual) == (str(listed(wanted)[0]).lower() == "true")
    test = TESTS.get(plain)
    if test is None:
        raise NotImplementedError(f"the emulated Region doesn't know the condition operator {operator}")
    met = [any(test(each, pattern) for pattern in listed(wanted)) for each in actual]
    # A key that the request doesn't carry satisfies ForAllValues and nothing else.
    return all(met) if quantifier == "ForAllValues" else any(met)


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """IAM's wildcards: * for any run of characters, ? for one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.IGNORECASE if ignore_case else 0) is not None


def listed(value: Any) -> Sequence[Any]:
    """IAM takes one value wherever it takes a list."""
    return [value] if isinstance(value, str | bool) else value


TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda value, pattern: value == pattern,
    "StringLike": lambda value, pattern: matches(pattern, value),
    "ArnEquals": lambda value, pattern: matches(pattern, value),
    "ArnLike": lambda value, pattern: matches(pattern, value),
    "Bool": lambda value, pattern: value.lower() == str(pattern).lower(),
    "NumericLessThanEquals": lambda value, pattern: float(value) <= float(pattern),
}
