"""The notice path: look, record, release, record, wake. It may die after any call and run again.

The order is what makes that safe. The incident is written before the release, so that a machine which has left its
group by the next delivery is still known, and its fleet still woken. Trouble with the journal never holds a release
back: it is told at the end, and the next delivery finishes what is missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tidegate.fleet.judge import plan
from tidegate.fleet.notice import LossKey, Notice, NoticePlan, Verdict
from tidegate.fleet.ports import Drills, FleetWakes, Groups, Losses, Sighting
from tidegate.fleet.release import Outcome, carry_out, observe
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile


@dataclass(frozen=True, slots=True)
class World:
    """What the notice path looks at and acts on."""

    groups: Groups
    losses: Losses
    drills: Drills
    wakes: FleetWakes
    profiles: Mapping[str, Profile]
    mode: Mode


@dataclass(frozen=True, slots=True)
class Tended:
    """What became of a batch of notices."""

    verdicts: tuple[Verdict, ...]
    troubles: Mapping[Notice, str]
    """Why a notice is not done yet; whoever is missing here is."""


def tend(
    notices: Sequence[Notice], world: World, now: float, repeated: Collection[Notice] = frozenset[Notice]()
) -> Tended:
    """Do what a batch of notices asks for; what the world refuses is told, never raised.

    `now` is in epoch seconds, `repeated` are those that an earlier delivery could not finish.
    """
    look = partial(_look, world, now)
    try:
        first = look(notices)
    except Exception as error:  # noqa: BLE001 - whatever kept us from looking, the next delivery looks again
        return Tended((), dict.fromkeys(notices, f"looking failed: {error}"))
    sightings = [_sighting(one) for one in first.verdicts if one.recorded]
    troubles = _attempt("recording", first.verdicts, lambda: world.losses.seen(sightings, at=now))
    outcome = carry_out(world.groups, first, look)
    for one in outcome.verdicts:
        if one.notice.instance in outcome.failed:
            troubles[one.notice] = outcome.failed[one.notice.instance]
    known: dict[LossKey, str] = {}
    finish = partial(_record_end, world, outcome, now, repeated, known)
    troubles |= _attempt("recording the end", outcome.verdicts, finish)
    troubles |= _attempt("waking", outcome.verdicts, lambda: _wake(world, outcome, known))
    return Tended(outcome.verdicts, troubles)


def _look(world: World, now: float, notices: Sequence[Notice]) -> NoticePlan:
    nonces = {notice.drill for notice in notices if notice.drill is not None}
    targets = {nonce: world.drills.drill_target(nonce, now=now) for nonce in nonces}
    drills = {nonce: target for nonce, target in targets.items() if target is not None}
    return plan(notices, observe(world.groups, notices, drills, world.profiles), world.profiles, world.mode, now)


def _record_end(
    world: World, outcome: Outcome, now: float, repeated: Collection[Notice], known: dict[LossKey, str]
) -> None:
    """Raise what is gone to `released`; put into `known` the fleets of losses that only the journal still knows."""
    losses = _losses(outcome)
    strangers = [one.notice for one in losses if one.code == "in_no_group"]
    known |= world.losses.known({notice.key for notice in strangers})
    # In no group, unknown, and delivered before: that delivery may have released it, and failed to write it down.
    lost_track = [_lost_track(one) for one in strangers if one in repeated and one.key not in known]
    world.losses.seen(lost_track, at=now)
    world.losses.released({one.notice.key for one in losses if outcome.is_gone(one)} | set(known), at=now)


def _wake(world: World, outcome: Outcome, known: Mapping[LossKey, str]) -> None:
    """Wake the fleet of each loss, even of one that has left it."""
    wakes: dict[str, tuple[str, str]] = {}
    for one in _losses(outcome):
        group = one.group.name if one.group else known.get(one.notice.key)
        if group:
            wakes.setdefault(group, (one.notice.event_id, one.reason))
    world.wakes.fleets(wakes)


def _losses(outcome: Outcome) -> list[Verdict]:
    return [one for one in outcome.verdicts if one.notice.action != "none"]


def _sighting(verdict: Verdict) -> Sighting:
    notice, group, machine = verdict.notice, verdict.group, verdict.machine
    if group is None or machine is None:
        raise ValueError(f"a verdict without a machine can't be recorded: {verdict.reason}")
    return Sighting(
        kind="risk" if notice.action == "none" else "loss",
        instance=notice.instance,
        day=notice.key[1],
        group=group.name,
        profile=group.profile,
        pool=machine.pool,
        noticed=notice.time,
        deadline=notice.deadline,
        decision=verdict.reason,
        drill=notice.drill is not None,
    )


def _lost_track(notice: Notice) -> Sighting:
    """What may be known of a loss whose record failed until its machine was gone: that somebody has to look."""
    return Sighting(
        kind="lost-track",
        instance=notice.instance,
        day=notice.key[1],
        group="",
        profile="",
        pool="",
        noticed=notice.time,
        deadline=notice.deadline,
        decision=f"{notice.instance} is in no group, and an earlier delivery of its notice failed: if a fleet's, "
        "its loss is missing from incidents and pool",
        drill=notice.drill is not None,
    )


def _attempt(step: str, verdicts: Iterable[Verdict], act: Callable[[], None]) -> dict[Notice, str]:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - the journal's trouble must not hold a release back
        return {one.notice: f"{step} failed: {error}" for one in verdicts}
    return {}
