"""A woken fleet: look, plan, apply, journal. It may die after any call and run again.

The state is written last, under the version that was read first: what died before it is looked at afresh, and what was
done already shows in what is seen then.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from tidegate.fleet.base import Base
from tidegate.fleet.decision import describe
from tidegate.fleet.drill_alarm import is_drill
from tidegate.fleet.ends import Close
from tidegate.fleet.group import Group
from tidegate.fleet.look import Look
from tidegate.fleet.looking import look_at_group, planned
from tidegate.fleet.missed import judged_again
from tidegate.fleet.notice import How, LossKey, Notice, NoticePlan
from tidegate.fleet.plan import Plan
from tidegate.fleet.records import FleetWorld, Recalled, Record, Wake
from tidegate.fleet.release import Outcome, carry_out
from tidegate.fleet.reshape import reshape
from tidegate.fleet.risk import advice
from tidegate.fleet.shape import Remix, Resize
from tidegate.fleet.steps import step
from tidegate.fleet.surplus import Surplus
from tidegate.journal.decision import Decision


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of a wake. `closed` are the incidents that ended, `released` how machines were released."""

    code: str
    reason: str
    closed: tuple[Close, ...] = ()
    released: tuple[str, ...] = ()
    reshaped: tuple[Resize | Remix, ...] = ()
    failed: bool = False


def reconcile(fleet: str, wake: Wake, world: FleetWorld, now: float) -> Reconciled:
    """Look at a fleet and do what it needs; `now` in epoch seconds.

    What goes wrong with the fleet is journaled, since the sweep wakes it again: one sick fleet must not hold up its own
    queue. Only what keeps the journal from being written is raised.
    """
    recalled = world.journal.recall(fleet)
    if wake.sent < recalled.observed and not is_drill(wake.event):
        return Reconciled("stale_wake", f"{fleet} was looked at after this wake was sent")
    decision = partial(Decision, name=fleet, at=now, event=wake.event, mode=world.mode)
    try:
        look, decided = planned(fleet, recalled, world, now)
        told = _told(look, decided, decision(code=decided.code, reason=decided.reason))
        _announce(decided, told, world)
        outcome = _release(decided, look, recalled.memory.surplus, world, now)
        shaped = reshape(fleet, decided, recalled, told, world)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one fleet is told, and tried again
        failed = decision(code="failed", reason=f"{fleet} could not be looked at: {error}")
        world.journal.trouble(fleet, recalled, failed)
        return Reconciled("failed", failed.reason, failed=True)
    failures = (*dict.fromkeys(outcome.failed.values()), *([shaped.failed] if shaped.failed else []))
    record = _record(shaped.recalled, shaped.plan, outcome, replace(told, reason="; ".join([told.reason, *failures])))
    closed = world.journal.conclude(fleet, record)
    ways = tuple(how for how in record.released.values() if how)
    done = () if shaped.failed else tuple(one for one in decided.actions if isinstance(one, Resize | Remix))
    code = _came_to(decided, outcome)
    return Reconciled(code, record.decision.reason, tuple(closed), ways, done, failed=bool(failures))


def _announce(decided: Plan, told: Decision, world: FleetWorld) -> None:
    """Write down what is about to be released: whoever dies right after it leaves nobody guessing."""
    ways: dict[LossKey, How] = {one.notice.key: one.release for one in decided.verdicts if one.release}
    if ways:
        # The journal's trouble must not hold a release back: what was done is written down afterwards as well.
        with suppress(Exception):
            world.journal.announce(told, ways)


def _release(decided: Plan, look: Look, surplus: Surplus, world: FleetWorld, now: float) -> Outcome:
    """Release what the notice path missed."""
    by_notice = {one.notice: one for one in look.incidents}

    def look_again(notices: Sequence[Notice]) -> NoticePlan:
        incidents = tuple(by_notice[notice] for notice in notices)
        group = look_at_group(look.name, incidents, world, now)
        return judged_again(group, incidents, world.profiles, world.mode, now, surplus=surplus)

    return carry_out(world.groups, decided.notices, look_again, world.gate, turn=int(now))


def _came_to(decided: Plan, outcome: Outcome) -> str:
    """Return the code of a look: a release that somebody else made meanwhile counts as what was found then."""
    found = [one.code for one in outcome.verdicts if one.release is None]
    if not decided.notices.releases or len(found) < len(outcome.verdicts):
        return decided.code
    return found[0]


def _told(look: Look, decided: Plan, decision: Decision) -> Decision:
    """Return the decision with what it followed from, and what was planned and what not."""
    return replace(
        decision,
        observed=describe(look.group)
        | {"open_incidents": len(look.incidents), "launches": len(look.launches)}
        | ({"blend": str(look.blend)} if look.blend else {})
        | ({"needs": [str(one) for one in sizing.needs]} if (sizing := decided.shape.sizing) else {})
        | _advised(look.group, decided.memory.base),
        planned=tuple(map(step, decided.actions)),
        rejected=tuple(f"{one.code}: {one.notice.instance}" for one in decided.verdicts if not one.release),
    )


def _advised(group: Group | None, base: Base) -> dict[str, object]:
    told = advice(base.risk, group.pools) if group else ()
    return {"advice": list(told)} if told else {}


def _record(recalled: Recalled, decided: Plan, outcome: Outcome, told: Decision) -> Record:
    """Return what the journal is to know of a look."""
    released: dict[LossKey, How | None] = {
        one.notice.key: one.release for one in outcome.verdicts if outcome.is_gone(one)
    }
    return Record(recalled, told, decided, released)
