"""Fleets and models as a person names them, and what was decided about them.

A fleet goes by its name alone, a model by `model/NAME`; a fleet whose own name begins like that by `fleet/NAME`.
"""

from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import read_decision
from tidegate.journal.table import Journal


def target(said: str) -> str:
    """Return the journal's target that a person means."""
    return layout.drilled(said)


def spoken(target: str) -> str:
    """Return how a person names a target; `target` reads it back."""
    name = layout.fleet_name(target)
    return name if name is not None and layout.drilled(name) == target else target


def named(target: str) -> dict[str, str]:
    """Return a target for machines: its name, by the kind that it is of."""
    model = layout.model_name(target)
    return {"model": model} if model is not None else {"fleet": layout.fleet_name(target) or target}


def decision_id(target: str, one: Decision) -> str:
    """Return the name by which a person asks for a decision about a target."""
    return f"{spoken(target)}@{layout.stamp(one.at)}"


def decisions(journal: Journal, target: str, *, most: int, at: str = "") -> tuple[Decision, ...]:
    """Return the newest decisions about a target, newest first; `at`: of those whose time begins so."""
    items = journal.latest(target, f"{layout.DECISIONS}{at}", most=most)
    return tuple(read_decision(item) for item in items)
