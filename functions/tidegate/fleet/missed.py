"""Which notices are judged anew, because their machines may still have to be released. Pure."""

from collections.abc import Mapping, Sequence

from tidegate.fleet import judge
from tidegate.fleet.group import Group
from tidegate.fleet.incident import RELEASED, Incident
from tidegate.fleet.notice import NoticePlan, Observed
from tidegate.fleet.surplus import Surplus
from tidegate.journal import layout
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile


def judged(
    group: Group | None,
    incidents: Sequence[Incident],
    profiles: Mapping[str, Profile],
    mode: Mode,
    now: float,
    *,
    surplus: Surplus,
) -> NoticePlan:
    """Decide anew what the notices of these incidents ask for, until their machines are known to have left."""
    if group is None:
        return NoticePlan((), ())
    there = {one.id for one in group.machines.values() if not one.leaving}
    # One that left without a word was released by somebody who died before writing it down.
    dying = (one for one in incidents if one.deadline > now and (one.instance in there or one.stage < RELEASED))
    return judged_again(group, sorted(dying, key=lambda one: one.order), profiles, mode, now, surplus=surplus)


def judged_again(
    group: Group | None,
    incidents: Sequence[Incident],
    profiles: Mapping[str, Profile],
    mode: Mode,
    now: float,
    *,
    surplus: Surplus,
) -> NoticePlan:
    """Decide what these notices ask for; their machines were in the group a moment ago, and may have left it since."""
    members = {one.instance: group.name for one in incidents} if group else {}
    # The record of a drill was live when its incident was written, and outlives the two minutes of a notice.
    drills = {one.drill: layout.fleet(one.group) for one in incidents if one.drill}
    there = {group.name: group} if group else {}
    observed = Observed(members, there, drills, surpluses={name: surplus.beside(one) for name, one in there.items()})
    return judge.plan([one.notice for one in incidents], observed, profiles, mode, now)
