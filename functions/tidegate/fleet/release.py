"""Carries a notice plan out: look, release, and look once more at what was refused."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from zlib import crc32

from tidegate.fleet.judge import asks_for_hooks
from tidegate.fleet.notice import Notice, NoticePlan, Observed, Release, Verdict
from tidegate.fleet.ports import Groups, Refused
from tidegate.policy.profile import Profile

type Gate = Callable[[], str | None]
"""Asked right before each call that changes something: None, or why it is not to be made any more."""


class Planner(Protocol):
    """Looks at the world and decides what some notices ask for."""

    def __call__(self, notices: Sequence[Notice]) -> NoticePlan:
        """Return the plan for these notices. May raise whatever kept it from looking."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan: the verdicts it ended with, and why some of its releases failed."""

    verdicts: tuple[Verdict, ...]
    failed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a machine could not be released, by instance."""

    def is_gone(self, verdict: Verdict) -> bool:
        """Return whether the machine of one of these verdicts is out of its group now, or on its way."""
        return verdict.settled or (verdict.release is not None and verdict.notice.instance not in self.failed)


def observe(groups: Groups, notices: Sequence[Notice], drills: Observed, profiles: Mapping[str, Profile]) -> Observed:
    """Look at the machines of some notices, in at most two calls and one for each group without a balancer.

    The event names neither group nor tags; looking up only what it names makes the cost follow the wave. `drills` is
    what was observed of drill records. A group whose hooks give no answer holds no other group up.
    """
    membership = groups.membership({notice.instance for notice in notices})
    fleets = dict(groups.fleets(set(membership.values()))) if membership else {}
    losing: defaultdict[str, set[str]] = defaultdict(set)
    for notice in notices:
        if notice.action != "none":
            losing[membership.get(notice.instance, "")].add(notice.instance)
    unseen = dict(drills.unseen)
    for name, group in tuple(fleets.items()):
        if asks_for_hooks(group, profiles.get(group.profile), losing[name]):
            try:
                fleets[name] = replace(group, terminate_hook=groups.has_terminate_hook(name))
            except Exception as error:  # noqa: BLE001 - only this group's machines wait for the next delivery
                unseen[name] = f"looking at the hooks of {name} failed: {error}"
    return Observed(membership, fleets, drills.drills, unseen)


def carry_out(groups: Groups, first: NoticePlan, look_again: Planner, gate: Gate, *, turn: int) -> Outcome:
    """Release what the plan names. What Auto Scaling refuses as a whole is looked at again once, and the rest repeated.

    A terminate or detach call fails for all its machines when one of them is gone, foreign or on its way out; a failure
    that is no refusal (throttling, a timeout) is left to the next delivery, and so is what `gate` holds back. `turn` is
    another number at each delivery.
    """
    failed, refused = _apply(groups, _shuffled(first.releases, turn), gate)
    if not refused:
        return Outcome(first.verdicts, failed)
    try:
        second = look_again([one.notice for one in first.verdicts if one.notice.instance in refused])
    except Exception as error:  # noqa: BLE001 - whatever keeps us from looking: the next delivery looks again
        return Outcome(first.verdicts, failed | dict.fromkeys(refused, f"refused, and looking again failed: {error}"))
    still_failed, still_refused = _apply(groups, _shuffled(second.releases, turn), gate)
    unjudged = {notice.instance: why for notice, why in second.unjudged.items()}
    fresh = {one.notice: one for one in second.verdicts}
    verdicts = tuple(_merged(one, fresh.get(one.notice)) for one in first.verdicts)
    return Outcome(verdicts, failed | still_failed | still_refused | unjudged)


def _merged(before: Verdict, after: Verdict | None) -> Verdict:
    if after is None:
        return before
    if after.machine is None:  # it was in service a moment ago: it has left its group since
        return replace(before, code="leaving", reason=after.reason, release=None, settled=True)
    return after


def _apply(groups: Groups, releases: Sequence[Release], gate: Gate) -> tuple[dict[str, str], dict[str, str]]:
    """Make the calls; return why machines failed, and why machines were refused. One group never stops another."""
    failed: dict[str, str] = {}
    refused: dict[str, str] = {}
    for one in _marked(groups, releases, failed, refused, gate):
        if held := gate():
            failed |= dict.fromkeys(one.instances, f"{one.how} held back: {held}")
            continue
        act = groups.terminate if one.how == "terminate" else groups.detach
        try:
            act(one.group, one.instances, shrink=one.shrink)
        except Refused as error:
            refused |= dict.fromkeys(one.instances, f"{one.how} refused: {error}")
        except Exception as error:  # noqa: BLE001 - the other groups' machines have their own two minutes
            failed |= dict.fromkeys(one.instances, f"{one.how} failed: {error}")
    return failed, refused


def _shuffled(releases: Sequence[Release], turn: int) -> list[Release]:
    """Return releases in an order that differs from turn to turn: a group that hangs is not always in front."""
    return sorted(releases, key=lambda one: crc32(f"{turn}{one.group}".encode()))


def _marked(
    groups: Groups, releases: Sequence[Release], failed: dict[str, str], refused: dict[str, str], gate: Gate
) -> tuple[Release, ...]:
    """Tag everything that is to be detached, in one call, and return what may be released now.

    The tag comes first: a machine that is detached without it would belong to nobody and never be cleaned up.
    """
    leaving = [one for one in releases if one.how == "detach"]
    ids = [instance for one in leaving for instance in one.instances]
    if not ids:
        return tuple(releases)
    if held := gate():
        failed |= dict.fromkeys(ids, f"detach held back: {held}")
        return tuple(one for one in releases if one.how == "terminate")
    try:
        groups.mark_detached(ids, max(one.deadline for one in leaving))
    except Refused as error:
        refused |= dict.fromkeys(ids, f"tag refused: {error}")
    except Exception as error:  # noqa: BLE001 - untagged machines are not detached; terminations go on
        failed |= dict.fromkeys(ids, f"tag failed: {error}")
    else:
        return tuple(releases)
    return tuple(one for one in releases if one.how == "terminate")
