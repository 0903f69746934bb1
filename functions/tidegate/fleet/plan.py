"""What a woken fleet needs: pure rules, from what one look showed to desired end states with a reason.

It finishes what the notice path could not: machines that it missed are released, incidents are followed until their
replacements serve. What a notice asks for, `judge.py` decides here as well as there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.fleet import judge
from tidegate.fleet.ends import Close, Follow, ends
from tidegate.fleet.group import Group
from tidegate.fleet.incident import RELEASED, Incident
from tidegate.fleet.launches import Launch
from tidegate.fleet.notice import NoticePlan, Observed, Release, Verdict
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

type Action = Release | Close | Follow


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a fleet showed."""

    name: str
    group: Group | None
    """None: the group is gone, or no longer a fleet."""

    incidents: tuple[Incident, ...] = ()
    """Those that are open."""

    launches: tuple[Launch, ...] = ()
    """What the group tried since the oldest of them, oldest first."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a fleet remembers from one look to the next."""

    code: str = ""
    """Code of the last decision."""

    claimed: tuple[str, ...] = ()
    """Launches that have replaced a machine already, as far as they may be seen again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and why. An empty plan has a reason too."""

    actions: tuple[Action, ...]
    code: str
    reason: str
    memory: Memory
    verdicts: tuple[Verdict, ...] = ()
    """What was decided for each machine that isn't known to have left its group."""

    @property
    def notices(self) -> NoticePlan:
        """The part that releases machines."""
        return NoticePlan(self.verdicts, tuple(one for one in self.actions if isinstance(one, Release)))


STEADY: Final = "steady"
SETTLING: Final = "settling"


def plan(look: Look, profiles: Mapping[str, Profile], mode: Mode, memory: Memory, now: float) -> Plan:
    """Decide what a fleet needs at `now` (epoch seconds)."""
    missed = judged(look.group, look.incidents, profiles, mode, now)
    over = ends(look.group, look.incidents, look.launches, memory.claimed, now)
    actions = (*missed.releases, *over)
    code, reason = _answer(look, missed, over)
    return Plan(actions, code, reason, Memory(code, _claimed(look, over, memory)), missed.verdicts)


def judged(
    group: Group | None, incidents: Sequence[Incident], profiles: Mapping[str, Profile], mode: Mode, now: float
) -> NoticePlan:
    """Decide anew what the notices of these incidents ask for, until their machines are known to have left."""
    if group is None:
        return NoticePlan((), ())
    there = {one.id for one in group.machines.values() if not one.leaving}
    # One that left without a word was released by somebody who died before writing it down.
    dying = (one for one in incidents if one.deadline > now and (one.instance in there or one.stage < RELEASED))
    return judged_again(group, sorted(dying, key=lambda one: one.order), profiles, mode, now)


def judged_again(
    group: Group | None, incidents: Sequence[Incident], profiles: Mapping[str, Profile], mode: Mode, now: float
) -> NoticePlan:
    """Decide what these notices ask for; their machines were in the group a moment ago, and may have left it since."""
    members = {one.instance: group.name for one in incidents} if group else {}
    # The record of a drill was live when its incident was written, and outlives the two minutes of a notice.
    drills = {one.drill: one.group for one in incidents if one.drill}
    observed = Observed(members, {group.name: group} if group else {}, drills)
    return judge.plan([one.notice for one in incidents], observed, profiles, mode, now)


def _claimed(look: Look, over: Sequence[Close | Follow], memory: Memory) -> tuple[str, ...]:
    """Return the launches that have replaced a machine; a look without incidents asks for none, and forgets none."""
    claimed = {one.replacement for one in over if isinstance(one, Close) and one.replacement} | set(memory.claimed)
    seen = {launch.instance for launch in look.launches} if look.incidents else claimed
    return tuple(sorted(claimed & seen))


def _answer(look: Look, missed: NoticePlan, over: Sequence[Close | Follow]) -> tuple[str, str]:
    group = look.group
    if group is None:
        return "no_fleet", f"{look.name} is gone, or no longer bears the tag: nothing to tend"
    size = f"{group.name} has {group.in_service} of {group.desired} machines in service"
    told = [verdict.reason for verdict in missed.verdicts] + [one.reason for one in over]
    if told:
        return _code(missed, over), f"{size}; {'; '.join(told)}"
    if group.in_service == group.desired:
        return STEADY, f"{size}, and no incident is open"
    return SETTLING, f"{size}; no incident is open: Auto Scaling is at it"


def _code(missed: NoticePlan, over: Sequence[Close | Follow]) -> str:
    """The most telling of all codes: a release before the end of an incident, and that before waiting."""
    if missed.releases:
        return f"release_{missed.releases[0].how}"
    closed = [one.code for one in over if isinstance(one, Close)]
    waiting = [one.code for one in over] or [verdict.code for verdict in missed.verdicts]
    return (closed or waiting)[0]
