"""How decisions stand in the journal's table, and how they are read back."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode

MOST_TOLD: Final = 20_000
"""Characters of a reason that are kept. A reason tells of each machine, an item holds 400 KB, and where launches fail
for a thousand machines of one group, each would repeat Auto Scaling's own text."""


def decision_values(decision: Decision) -> dict[str, str | float | bool]:
    """Return the values under which the journal keeps a decision; what is nested is JSON."""
    return {
        "name": decision.name,
        "at": decision.at,
        "event": decision.event,
        "act": decision.mode.act,
        "stopped": decision.mode.stopped,
        "code": decision.code,
        "reason": _cut(decision.reason),
        "observed": json.dumps(decision.observed, sort_keys=True),
        "planned": json.dumps(decision.planned),
        "rejected": json.dumps(decision.rejected),
    }


def read_decision(item: Mapping[str, Any]) -> Decision:
    """Read a decision as the journal keeps it. Raises KeyError for an item that is none."""
    return Decision(
        name=str(item["name"]),
        at=float(item["at"]),
        event=str(item["event"]),
        mode=Mode(act=bool(item["act"]), stopped=bool(item["stopped"])),
        code=str(item["code"]),
        reason=str(item["reason"]),
        observed=json.loads(item["observed"]),
        planned=tuple(json.loads(item["planned"])),
        rejected=tuple(json.loads(item["rejected"])),
    )


def _cut(text: str) -> str:
    more = len(text) - MOST_TOLD
    return text if more <= 0 else f"{text[:MOST_TOLD]}... ({more} characters more)"
