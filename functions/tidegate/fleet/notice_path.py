"""The notice path: look, record, release, wake, record. It may die after any call and run again.

The order is what makes that safe. The incident is written before the release, so that a machine which has left its
group by the next delivery is still known, and its fleet still woken. Trouble with the journal holds back neither a
release nor a wake: it is told at the end, and the next delivery finishes what is missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zlib import crc32

from tidegate.fleet.decision import of_notices
from tidegate.fleet.judge import plan
from tidegate.fleet.notice import How, LossKey, Notice, NoticePlan, Observed, Verdict
from tidegate.fleet.ports import Drills, FleetWakes, Groups, Losses
from tidegate.fleet.release import Gate, Outcome, carry_out, observe
from tidegate.fleet.serving_on import surpluses
from tidegate.fleet.sighting import Sighting, lost_track, sighted
from tidegate.journal.decision import Decision
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
    gate: Gate


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a notice is not done yet. `urgent`: another try can help only before the machine's deadline."""

    why: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Tended:
    """What became of a batch of notices. Whoever is missing in `troubles` is done."""

    verdicts: tuple[Verdict, ...]
    troubles: Mapping[Notice, Trouble]
    lost_track: tuple[Notice, ...] = ()
    """Perhaps losses, gone before they could be written down."""


type Repeated = Collection[Notice]
"""Notices that an earlier delivery could not finish."""


def tend(notices: Sequence[Notice], world: World, now: float, repeated: Repeated = frozenset[Notice]()) -> Tended:
    """Do what a batch of notices asks for at `now` (epoch seconds); what the world refuses is told, never raised."""
    look = partial(_look, world, now)
    try:
        first = look(notices)
    except Exception as error:  # noqa: BLE001 - whatever kept us from looking, the next delivery looks again
        return Tended((), dict.fromkeys(notices, Trouble(f"looking failed: {error}")))
    record = partial(world.losses.seen, *_story(first, world, now), at=now)
    unrecorded = _attempt("recording", first.verdicts, record)
    outcome = carry_out(world.groups, first, look, world.gate, turn=int(now))
    if unrecorded and world.gate() is None:
        # Once more: by the next delivery what was released has left, and nobody knows any more that it was us, and why.
        unrecorded = _attempt("recording", first.verdicts, record)
    unjudged = {notice: Trouble(why) for notice, why in first.unjudged.items()}
    troubles = _unreleased(outcome, world.mode, repeated) | unjudged | unrecorded
    told = _Gone()
    troubles |= _attempt("waking", outcome.verdicts, lambda: _wake(world, outcome, {}))
    finish = partial(_record_end, world, outcome, now, repeated, told)
    troubles |= _attempt("recording the end", outcome.verdicts, finish)
    if told.known:
        troubles |= _attempt("waking", outcome.verdicts, lambda: _wake(world, outcome, told.known))
    return Tended(outcome.verdicts, troubles, tuple(told.lost))


def _story(first: NoticePlan, world: World, now: float) -> tuple[Sequence[Sighting], Sequence[Decision]]:
    """Return what the journal is to know before anything is done."""
    sightings = [sighted(one) for one in first.verdicts if one.recorded]
    return sightings, of_notices(first.verdicts, first.releases, world.mode, now)


def _look(world: World, now: float, notices: Sequence[Notice]) -> NoticePlan:
    drills = _drills(world.drills, {notice.drill for notice in notices if notice.drill is not None}, now)
    observed = observe(world.groups, notices, drills, world.profiles)
    observed = replace(observed, surpluses=surpluses(world.losses, observed, world.profiles))
    return plan(notices, observed, world.profiles, world.mode, now)


def _drills(drills: Drills, nonces: Collection[str], now: float) -> Observed:
    """Read the records of drills. Where one can't be read its drill waits, and no real notice with it."""
    found: dict[str, str] = {}
    unseen: dict[str, str] = {}
    for nonce in sorted(nonces):
        try:
            target = drills.drill_target(nonce, now=now)
        except Exception as error:  # noqa: BLE001 - a drill must not hold a real release back
            unseen[nonce] = f"looking for the record of drill {nonce} failed: {error}"
        else:
            found |= {nonce: target} if target is not None else {}
    return Observed({}, {}, found, unseen)


def _unreleased(outcome: Outcome, mode: Mode, repeated: Repeated) -> dict[Notice, Trouble]:
    """What was to be released and isn't; what an earlier delivery failed to release is missed once it is too late."""
    late = {
        one.notice: Trouble(f"{one.reason}; an earlier delivery failed to release it", urgent=True)
        for one in outcome.verdicts
        if one.code == "past_deadline" and one.notice in repeated and mode.may_release
    }
    failed = {
        one.notice: Trouble(outcome.failed[one.notice.instance], urgent=True)
        for one in outcome.verdicts
        if one.notice.instance in outcome.failed and one.notice.action != "none"
    }
    return late | failed


def _wake(world: World, outcome: Outcome, known: Mapping[LossKey, str]) -> None:
    """Wake the fleet of each loss; those in `known`, if there are any, are of machines that have left it."""
    events: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for one in _losses(outcome):
        group = known.get(one.notice.key) if known else one.group.name if one.group else None
        if group:
            gone = bool(known) or outcome.is_gone(one)
            events.setdefault(group, []).append(f"{one.notice.event_id}{'#gone' if gone else ''}")
            reasons.setdefault(group, one.reason)
    world.wakes.fleets({group: (_wake_id(some), reasons[group]) for group, some in events.items()})


def _wake_id(events: Sequence[str]) -> str:
    """Return the id of a wake: by what all of its events found, or a second wake would be swallowed as a repetition.

    A fleet is woken once for what an event found, once more when its machine has left, and anew for another event that
    comes in the same batch.
    """
    first, *others = sorted(set(events))
    return f"{first}+{len(others)}~{crc32('+'.join(others).encode()):08x}" if others else first


@dataclass(slots=True)
class _Gone:
    """What the journal told of machines that are in no group, as far as it did."""

    known: dict[LossKey, str] = field(default_factory=dict[LossKey, str])
    """The fleet of each that it knows."""

    lost: list[Notice] = field(default_factory=list[Notice])
    """Those that it doesn't, though an earlier delivery may have released them."""


def _record_end(world: World, outcome: Outcome, now: float, repeated: Repeated, told: _Gone) -> None:
    """Raise what is gone to `released`, and note what we lost track of."""
    losses = _losses(outcome)
    strangers = [one.notice for one in losses if one.code == "in_no_group"]
    told.known |= world.losses.known({notice.key for notice in strangers})
    # In no group, unknown, and delivered before: that delivery may have released it, and failed to write it down.
    told.lost += [one for one in strangers if one in repeated and one.key not in told.known]
    world.losses.seen([lost_track(one) for one in told.lost], (), at=now)
    gone = {one.notice.key: _way(one) for one in losses if outcome.is_gone(one)}
    world.losses.released({key: (group, None) for key, group in told.known.items()} | gone, at=now)


def _way(verdict: Verdict) -> tuple[str, How | None]:
    return verdict.group.name if verdict.group else "", verdict.release


def _losses(outcome: Outcome) -> list[Verdict]:
    return [one for one in outcome.verdicts if one.notice.action != "none"]


def _attempt(step: str, verdicts: Iterable[Verdict], act: Callable[[], None]) -> dict[Notice, Trouble]:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - the journal's trouble must not hold a release back
        return {one.notice: Trouble(f"{step} failed: {error}") for one in verdicts}
    return {}
