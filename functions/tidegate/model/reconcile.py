"""A woken model: look, plan, publish, journal. It may die after any call and run again.

The intention is written before anything is published, with its epoch: whoever dies in between leaves the document of
before, which works, and the next look publishes under a new epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tidegate.journal.decision import Decision
from tidegate.journal.layout import stamp
from tidegate.model.looking import REPORTS_SECONDS, planned
from tidegate.model.plan import Plan
from tidegate.model.records import ModelWorld
from tidegate.model.sight import Sight, Traffic
from tidegate.policy.document import Document

_TOLD: Final = 5
"""Minutes that a decision shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What became of a wake."""

    code: str
    reason: str
    published: Document | None = None
    broken: tuple[str, ...] = ()
    """The routes that somebody has to look at."""

    unread: tuple[str, ...] = ()
    """Why something could not be read, so that nothing changed for it."""

    failed: bool = False


def reconcile(name: str, event: str, sent: float, world: ModelWorld, now: float) -> Reconciled:
    """Look at a model and publish what it needs; `sent` and `now` in epoch seconds, `event` is what woke it.

    What goes wrong with the model is journaled, since the sweep wakes it again: one sick model must not hold up its own
    queue. Only what keeps the journal from being written is raised.
    """
    model = world.models.get(name)
    if model is None:
        return Reconciled(code="no_model", reason=f"{name} is no model of stage {world.stage}")
    recalled = world.journal.recall(name, since=now - REPORTS_SECONDS)
    if sent < recalled.observed:
        return Reconciled(code="stale_wake", reason=f"{name} was looked at after this wake was sent")
    decision = partial(Decision, name=name, at=now, event=event, mode=world.mode)
    try:
        sight, decided = planned(name, model, recalled, world, now)
        told = decision(code=decided.code, reason=decided.reason, **_told(sight, decided))
        before = recalled
        for publish in decided.actions:
            before = world.journal.intend(before, told, decided)
            world.documents.publish(publish.document)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one model is told, and tried again
        failed = decision(code="failed", reason=f"{name} could not be looked at: {error}")
        world.journal.trouble(world.journal.recall(name, since=now), failed)
        return Reconciled(code="failed", reason=failed.reason, failed=True)
    world.journal.conclude(before, told, decided)
    return Reconciled(
        code=decided.code,
        reason=decided.reason,
        published=decided.actions[0].document if decided.actions else None,
        unread=sight.unread,
        broken=tuple(route for route, one in decided.memory.tracks.items() if one.standing == "broken"),
    )


def _told(sight: Sight, decided: Plan) -> Mapping[str, Any]:
    """Return what a decision followed from, and what was planned and what not."""
    return {
        "observed": {
            "traffic": {name: _minutes(of) for name, of in sight.traffic.items()},
            "reports": len(sight.reports),
            "destinations": {name: list(of) for name, of in sight.destinations.items() if of is not None},
            "published": sight.published.epoch if sight.published else "nothing",
        }
        | ({"unread": list(sight.unread)} if sight.unread else {})
        | ({"advice": list(decided.advice)} if decided.advice else {}),
        "planned": steps(decided),
        "rejected": tuple(f"{one.code}: {one.why}" for one in decided.rejected),
    }


def _minutes(traffic: Traffic | None) -> object:
    if traffic is None:
        return "unread"
    return [
        f"{stamp(one.start)[11:16]} {one.invocations:.0f} answered, {one.throttles:.0f} throttled"
        for one in traffic[-_TOLD:]
    ]


def steps(decided: Plan) -> tuple[str, ...]:
    """Return what is to be done, as a person reads it."""
    return tuple(f"publish {_order(one.document)}" for one in decided.actions)


def _order(document: Document) -> str:
    return f"{', '.join(one.name for one in document.routes) or 'no route'} (epoch {document.epoch})"
