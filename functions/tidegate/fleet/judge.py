"""What a spot notice asks for: pure rules, from what one look showed to a plan with a reason for every notice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import batched

from tidegate.fleet.belief import disbelief, stranger
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.notice import MOST_IDS, How, Notice, NoticePlan, Observed, Release, Verdict
from tidegate.fleet.others import Answer
from tidegate.fleet.serving_on import KEEPING, may_serve_on, serves_until
from tidegate.fleet.surplus import Surplus
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile


@dataclass(frozen=True, slots=True)
class _Case:
    """One notice beside everything the rules may look at."""

    notice: Notice
    group: Group
    machine: Machine
    profile: Profile | None
    mode: Mode
    now: float
    kept: bool = False
    """Whether the group was enlarged for it, or may be."""

    granted: bool = False
    """Whether the group was enlarged for it."""

    @property
    def what(self) -> str:
        return f"{self.machine.id} ({self.machine.pool}) of {self.group.name}"


def plan(
    notices: Iterable[Notice], observed: Observed, profiles: Mapping[str, Profile], mode: Mode, now: float
) -> NoticePlan:
    """Decide what each notice asks for; several notices of one machine ask for one release.

    `now` is in epoch seconds. Pure: the same arguments give the same plan.
    """
    notices = tuple(notices)
    unjudged = {notice: why for notice in notices if (why := _unseen(notice, observed))}
    kept = may_serve_on(notices, observed, profiles)
    verdicts = tuple(_judge(one, observed, profiles, mode, now, kept) for one in notices if one not in unjudged)
    return NoticePlan(verdicts, _releases(verdicts), unjudged)


def asks_for_hooks(group: Group, profile: Profile | None, instances: Collection[str]) -> bool:
    """Return whether only the group's lifecycle hooks can tell how these machines are to leave it."""
    serving = any(group.machines[one].in_service for one in instances if one in group.machines)
    undecided = profile is not None and profile.release == "auto" and not group.balanced
    return serving and undecided and group.terminate_hook is None and _others(group) is None


def _unseen(notice: Notice, observed: Observed) -> str | None:
    name = observed.membership.get(notice.instance, "")
    return observed.unseen.get(name) or observed.unseen.get(notice.drill or "")


def _judge(  # noqa: PLR0917 - what one look showed, and the rules
    notice: Notice,
    observed: Observed,
    profiles: Mapping[str, Profile],
    mode: Mode,
    now: float,
    kept: frozenset[str],
) -> Verdict:
    name = observed.membership.get(notice.instance, "")
    group = observed.fleets.get(name)
    machine = group.machines.get(notice.instance) if group else None
    dropped = disbelief(notice, observed, now) or stranger(notice, observed, name)
    if dropped or group is None:
        return Verdict(notice, *(dropped or ("in_no_group", f"{notice.instance} is in no Auto Scaling group")))
    if machine is None:
        left = f"{notice.instance} left {name} while it was looked at"
        return Verdict(notice, "leaving", left, group=group, settled=True)
    surplus = observed.surpluses.get(name, Surplus())
    granted = machine.id in surplus.granted
    case = _Case(notice, group, machine, profiles.get(group.profile), mode, now, machine.id in kept, granted)
    nothing = _nothing_to_do(case) or _hands_off(case) or _not_allowed(case)
    if nothing:
        return Verdict(notice, *nothing, group=group, machine=machine, settled=machine.leaving)
    if until := serves_until(notice, case.profile, now) if case.kept else None:
        reason = f"{case.what} has {case.notice.deadline - now:.0f} s left: it serves {until - now:.0f} s of them"
        return Verdict(notice, KEEPING, f"{reason} while its replacement starts", group, machine, until=until)
    how, reason = _way_out(case)
    # No group is made smaller than its minimum: a call that asks for it is refused for all machines that it names.
    shrink = granted and group.desired - surplus.units >= group.min_size
    return Verdict(notice, f"release_{how}", reason, group, machine, release=how, shrink=shrink)


def _nothing_to_do(case: _Case) -> Answer | None:
    """The notice is information only, or the machine needs no help any more."""
    if case.profile is None:
        return "unknown_profile", f"{case.what} asks for profile {case.group.profile!r}, which nobody configured"
    if case.notice.action == "none":
        if case.profile.rebalance == "ignore":
            return "ignored", f"{case.what} is at risk; its profile ignores rebalance recommendations"
        return "recommendation", f"{case.what} is at elevated risk: counted towards its pool"
    if case.machine.leaving:
        return "leaving", f"{case.what} is {case.machine.state}: on its way out already"
    if not case.machine.in_service:
        return "not_in_service", f"{case.what} is {case.machine.state}: it serves nothing that could be moved"
    if case.now >= case.notice.deadline:
        return (
            "past_deadline",
            f"{case.what} ended {case.now - case.notice.deadline:.0f} s ago: nothing left to release",
        )
    return None


def _hands_off(case: _Case) -> Answer | None:
    """Somebody else replaces this machine, or nobody could: a release would only take capacity away."""
    answer = _others(case.group)
    return (answer[0], f"{case.what}: {answer[1]}") if answer else None


def _others(group: Group) -> Answer | None:
    halted = sorted(group.suspended & ({"Launch", "AddToLoadBalancer"} if group.balanced else {"Launch"}))
    if group.deleting:
        return "deleting", "the group is being deleted"
    if group.operator:
        return "other_operator", f"the group is managed by {group.operator}, which replaces it"
    if group.capacity_rebalance:
        return "capacity_rebalancing", "Capacity Rebalancing is on and replaces it"
    if halted:
        return "suspended", f"{' and '.join(halted)} suspended, so no replacement would come to serve"
    return None


def _not_allowed(case: _Case) -> Answer | None:
    if not (held := case.mode.held):
        return None
    how, _ = _way_out(case)
    return held[0], f"{case.what}: would {how} it, but {held[1]}"


def _way_out(case: _Case) -> tuple[How, str]:
    """How the machine leaves. A terminated one ends with its drain; a detached one serves on until AWS takes it."""
    asked = case.profile.release if case.profile else "auto"
    left = f"{case.what} has {case.notice.deadline - case.now:.0f} s left"
    if asked == "detach" or (asked == "auto" and not case.group.balanced and not case.group.terminate_hook):
        why = (
            "its profile says so" if asked == "detach" else "nothing would keep a terminated one until its work is done"
        )
        return "detach", f"{left}: detach, since {why}"
    if case.granted:
        return (
            "terminate",
            f"{left}: terminate in the group, which drains it; its replacement is under way already",
        )
    return "terminate", f"{left}: terminate in the group, which drains it and starts its replacement now"


def _releases(verdicts: Iterable[Verdict]) -> tuple[Release, ...]:
    wanted: dict[tuple[str, How, bool], dict[str, float]] = defaultdict(dict)
    for verdict in verdicts:
        if verdict.release and verdict.group:
            machines = wanted[verdict.group.name, verdict.release, verdict.shrink]
            machines[verdict.notice.instance] = verdict.notice.deadline
    return tuple(
        Release(group, how, ids, max(machines[one] for one in ids), shrink)
        for (group, how, shrink), machines in wanted.items()
        for ids in batched(machines, MOST_IDS[how], strict=False)
    )
