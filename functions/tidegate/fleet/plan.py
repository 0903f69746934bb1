"""What a woken fleet needs: pure rules, from what one look showed to desired end states with a reason.

It finishes what the notice path could not: machines that it missed are released, incidents are followed until their
replacements serve. What a notice asks for, `judge.py` decides here as well as there. Then it sees to the shape: to the
size, and to what the fleet is made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tidegate.fleet.ending import Ending
from tidegate.fleet.ends import Close, Follow, ends
from tidegate.fleet.group import Group
from tidegate.fleet.history import History, wanting
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.missed import judged
from tidegate.fleet.notice import NoticePlan, Release, Verdict
from tidegate.fleet.shape import Remix, Resize, Shape, shape, watched
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

type Action = Release | Close | Follow | Resize | Remix


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and why. An empty plan has a reason too."""

    actions: tuple[Action, ...]
    code: str
    reason: str
    memory: Memory
    verdicts: tuple[Verdict, ...] = ()
    """What was decided for each machine that isn't known to have left its group."""

    shape: Shape = field(default_factory=lambda: Shape(History()))
    """What was decided about the size and the mix."""

    @property
    def asks(self) -> bool:
        """Whether who else writes the group has to be looked at before it is changed: the plan is to be made anew."""
        return self.shape.asks

    @property
    def notices(self) -> NoticePlan:
        """The part that releases machines."""
        return NoticePlan(self.verdicts, tuple(one for one in self.actions if isinstance(one, Release)))

    @property
    def resize(self) -> Resize | None:
        """The part that changes the size."""
        return next((one for one in self.actions if isinstance(one, Resize)), None)

    @property
    def remix(self) -> Remix | None:
        """The part that changes what the fleet is made of."""
        return next((one for one in self.actions if isinstance(one, Remix)), None)

    def intended(self, memory: Memory) -> Memory:
        """Return what was remembered before, with the size and the base that are about to be set."""
        history, base = memory.history, memory.base
        if self.resize:
            history = replace(history, meant=self.resize.net)
        if self.remix and self.shape.mixing:
            # The owner's base as it was just seen: by it alone what is meant can be told from what somebody else sets.
            base = replace(base, owner=self.shape.mixing.memory.owner, meant=self.remix.distribution.base)
        surplus = memory.surplus.before(self.resize.surplus, self.resize.net) if self.resize else memory.surplus
        return replace(memory, history=history, base=base, surplus=surplus)

    def remembered(self, now: float) -> Memory:
        """Return what is to be remembered once size and mix were set, at `now` (epoch seconds)."""
        history, base = self.memory.history, self.memory.base
        if self.resize:
            history = wanting(history, self.resize.net, now)
        if self.remix and self.shape.mixing:
            base = self.shape.mixing.after
        surplus = self.resize.surplus if self.resize else self.memory.surplus
        return replace(self.memory, history=history, base=base, surplus=surplus)


STEADY: Final = "steady"
SETTLING: Final = "settling"
_AS_MEANT: Final = ("right_size", "size_left")
_MIX_AS_MEANT: Final = ("mix_fine", "mix_left", "mix_unseen", "no_mix")


def plan(look: Look, profiles: Mapping[str, Profile], mode: Mode, memory: Memory, now: float) -> Plan:
    """Decide what a fleet needs at `now` (epoch seconds)."""
    missed = judged(look.group, look.incidents, profiles, mode, now, surplus=memory.surplus)
    over = ends(look.group, look.incidents, look.launches, memory.claimed, now)
    done = shape(look, profiles, mode, memory, ending=_ending(look, missed, over), now=now)
    code, reason = _answer(look, missed, over, done)
    base = done.mixing.memory if done.mixing else memory.base
    return Plan(
        actions=(*missed.releases, *over, *done.actions),
        code=code,
        reason=reason,
        memory=Memory(code, _claimed(look, over, memory), done.history, watched(look, done, now), base, done.surplus),
        verdicts=missed.verdicts,
        shape=done,
    )


def _ending(look: Look, missed: NoticePlan, over: Sequence[Close | Follow]) -> Ending:
    closed = tuple(one for one in over if isinstance(one, Close))
    keys = {one.incident.key for one in closed}
    return Ending(
        tuple(one for one in look.incidents if one.key not in keys),
        closed,
        frozenset(one.notice.instance for one in missed.verdicts if one.until is not None),
    )


def _claimed(look: Look, over: Sequence[Close | Follow], memory: Memory) -> tuple[str, ...]:
    """Return the launches that have replaced a machine; a look without incidents asks for none, and forgets none."""
    claimed = {one.replacement for one in over if isinstance(one, Close) and one.replacement} | set(memory.claimed)
    tried = {launch.instance for launch in look.launches} if look.incidents else claimed
    return tuple(sorted(claimed & tried))


def _answer(look: Look, missed: NoticePlan, over: Sequence[Close | Follow], done: Shape) -> tuple[str, str]:
    group = look.group
    if group is None:
        return "no_fleet", f"{look.name} is gone, or no longer bears the tag: nothing to tend"
    state = f"{group.name} has {group.in_service} of {group.desired} {group.unit} in service"
    told = [verdict.reason for verdict in missed.verdicts] + [one.reason for one in over] + list(look.blind)
    if done.sizing and done.mixing:
        told += [done.sizing.reason, *([] if done.mixing.code in _MIX_AS_MEANT else [done.mixing.reason])]
    else:
        told.append(f"its profile {group.profile!r} is one that nobody configured")
    return _code(group, missed, over, done), "; ".join([state, *told])


def _code(group: Group, missed: NoticePlan, over: Sequence[Close | Follow], done: Shape) -> str:
    """The most telling of all codes: what is done before what is waited for, and that before what is as meant."""
    if missed.releases:
        return f"release_{missed.releases[0].how}"
    sized, mixed = done.sizing, done.mixing
    if mixed and group.distribution and mixed.base != group.distribution.base:
        return mixed.code
    if sized and sized.desired != done.net:
        return sized.code
    closed = [one.code for one in over if isinstance(one, Close)]
    waiting = [one.code for one in over] or [verdict.code for verdict in missed.verdicts]
    if closed or waiting:
        return (closed or waiting)[0]
    if mixed and mixed.code not in _MIX_AS_MEANT:
        return mixed.code
    if not group.at_size:
        return SETTLING
    return STEADY if sized is None or sized.code in _AS_MEANT else sized.code
