"""Decisions and incidents as people read them, and as machines do.

A decision in JSON: `id` (what `tidegate explain` takes), `fleet` or `model`, `at`, `code`, `reason`, `act` and
`stopped` (mode and kill switch when it was made), `event` (id of what woke it), `observed`, `planned`, `rejected`.

An incident in JSON: `fleet`, `instance`, `pool`; `warned`, `deadline`, `seen`, `released`, `replaced` (moments, null
for what has not happened); `how` (terminate, detach, null), `stage` (seen, released, replaced), `replacement`,
`replacing` (what its replacement was doing when somebody looked last), `dip` (machine-seconds), `outcome` (null while
it is open), `drill` (its nonce, null for a real one), `decision`.

Moments are ISO 8601 in UTC.
"""

from typing import Final

from tidegate.desk.operate.targets import decision_id, named
from tidegate.desk.operate.times import utc
from tidegate.fleet.incident import RELEASED, REPLACED, SEEN, Incident
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode

STAGES: Final = {SEEN: "seen", RELEASED: "released", REPLACED: "replaced"}


def mode_word(mode: Mode) -> str:
    """Say in a word what a mode lets happen."""
    return "stopped" if mode.stopped else "act" if mode.act else "observe"


def decision_data(target: str, one: Decision) -> dict[str, object]:
    """Return a decision about a target for machines."""
    return {
        "id": decision_id(target, one),
        **named(target),
        "at": utc(one.at),
        "code": one.code,
        "reason": one.reason,
        "act": one.mode.act,
        "stopped": one.mode.stopped,
        "event": one.event,
        "observed": dict(one.observed),
        "planned": list(one.planned),
        "rejected": list(one.rejected),
    }


def incident_data(one: Incident) -> dict[str, object]:
    """Return an incident for machines."""
    return {
        "fleet": one.group,
        "instance": one.instance,
        "pool": one.pool,
        "warned": utc(one.noticed),
        "deadline": utc(one.deadline),
        "seen": utc(one.seen),
        "released": utc(one.released),
        "replaced": utc(one.replaced),
        "how": one.how,
        "stage": STAGES.get(one.stage, str(one.stage)),
        "replacement": one.replacement or None,
        "replacing": one.replacing or None,
        "dip": one.dip,
        "outcome": one.outcome,
        "drill": one.drill or None,
        "decision": one.decision,
    }


def progress(one: Incident) -> str:
    """Say in a sentence how far an open incident has come."""
    gone = "not released yet" if one.released is None else f"released {one.released - one.noticed:+.1f} s"
    return f"{gone}; {one.replacing}" if one.replacing else gone
