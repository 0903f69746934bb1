"""What a woken fleet needs: pure rules, from what one look showed to desired end states with a reason.

It finishes what the notice path could not: machines that it missed are released, incidents are followed until their
replacements serve. What a notice asks for, `judge.py` decides here as well as there. Then it sees to the size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.fleet.ends import Close, Follow, ends
from tidegate.fleet.group import Group
from tidegate.fleet.history import History, seen, wanting
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.missed import judged
from tidegate.fleet.need import SMOOTH_SECONDS
from tidegate.fleet.notice import NoticePlan, Release, Verdict
from tidegate.fleet.reading import FRESH_SECONDS
from tidegate.fleet.size import Sight, Sizing, size
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size


@dataclass(frozen=True, slots=True)
class Resize:
    """Desired end state: the group wants so many units of capacity."""

    group: str
    before: int
    desired: int


type Action = Release | Close | Follow | Resize


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and why. An empty plan has a reason too."""

    actions: tuple[Action, ...]
    code: str
    reason: str
    memory: Memory
    verdicts: tuple[Verdict, ...] = ()
    """What was decided for each machine that isn't known to have left its group."""

    sizing: Sizing | None = None
    """What was decided about the size; None: the fleet has no profile."""

    asks: bool = False
    """Whether another size is wanted, and who else writes it has to be looked at first: the plan is to be made anew."""

    @property
    def notices(self) -> NoticePlan:
        """The part that releases machines."""
        return NoticePlan(self.verdicts, tuple(one for one in self.actions if isinstance(one, Release)))

    @property
    def resize(self) -> Resize | None:
        """The part that changes the size."""
        return next((one for one in self.actions if isinstance(one, Resize)), None)

    def remembered(self, resized: Resize, now: float) -> Memory:
        """Return what is to be remembered once the size was set, at `now` (epoch seconds)."""
        return replace(self.memory, history=wanting(self.memory.history, resized.desired, now))


SETTLED_SECONDS: Final = 300
"""How long after its last change a size is looked at every minute: machines warm up, and signals follow."""

STEADY: Final = "steady"
SETTLING: Final = "settling"
_AS_MEANT: Final = ("right_size", "size_left")


def plan(look: Look, profiles: Mapping[str, Profile], mode: Mode, memory: Memory, now: float) -> Plan:
    """Decide what a fleet needs at `now` (epoch seconds)."""
    missed = judged(look.group, look.incidents, profiles, mode, now)
    over = ends(look.group, look.incidents, look.launches, memory.claimed, now)
    history = _history(look, profiles, memory, now)
    sized = _sizing(look, profiles, history, now)
    resize = _resize(look, sized)
    asks = resize is not None and look.others is None
    if sized and resize and (held := mode.held):
        sized, resize = replace(sized, code=held[0], reason=f"{sized.reason}: not done, {held[1]}"), None
    code, reason = _answer(look, missed, over, sized)
    return Plan(
        actions=(*missed.releases, *over, *((resize,) if resize and not asks else ())),
        code=code,
        reason=reason,
        memory=Memory(code, _claimed(look, over, memory), history, _watched(look, sized, resize, history, now)),
        verdicts=missed.verdicts,
        sizing=sized,
        asks=asks,
    )


def _sizing(look: Look, profiles: Mapping[str, Profile], history: History, now: float) -> Sizing | None:
    """Decide the size of a fleet; None where nobody said how."""
    profile = profiles.get(look.group.profile) if look.group else None
    if look.group is None or profile is None:
        return None
    return size(Sight(look.group, profile, look.readings, history, look.others, bool(look.incidents), now))


def _history(look: Look, profiles: Mapping[str, Profile], memory: Memory, now: float) -> History:
    """Return what is known of a fleet's size after a look: as far back as a decision about it reaches."""
    if look.group is None:
        return memory.history
    profile = profiles.get(look.group.profile)
    said = profile.size if profile else Size()
    reach = said.scale_in_after_seconds + SMOOTH_SECONDS + said.warmup_seconds + FRESH_SECONDS
    return seen(memory.history, look.group, now, reach=reach)


def _resize(look: Look, sized: Sizing | None) -> Resize | None:
    if look.group is None or sized is None or sized.desired == look.group.desired:
        return None
    return Resize(look.name, look.group.desired, sized.desired)


def _watched(look: Look, sized: Sizing | None, resize: Resize | None, history: History, now: float) -> bool:
    """Whether a look within a minute is worth it: the size may change again, or has just changed.

    When machines came into service is known from looks alone, and until then they don't count as warm.
    """
    if look.group is None or sized is None:
        return False
    moved = len(history.steps) > 1 and now - history.steps[-1].since < SETTLED_SECONDS
    return sized.soon or resize is not None or moved


def _claimed(look: Look, over: Sequence[Close | Follow], memory: Memory) -> tuple[str, ...]:
    """Return the launches that have replaced a machine; a look without incidents asks for none, and forgets none."""
    claimed = {one.replacement for one in over if isinstance(one, Close) and one.replacement} | set(memory.claimed)
    tried = {launch.instance for launch in look.launches} if look.incidents else claimed
    return tuple(sorted(claimed & tried))


def _answer(look: Look, missed: NoticePlan, over: Sequence[Close | Follow], sized: Sizing | None) -> tuple[str, str]:
    group = look.group
    if group is None:
        return "no_fleet", f"{look.name} is gone, or no longer bears the tag: nothing to tend"
    state = f"{group.name} has {group.in_service} of {group.desired} {group.unit} in service"
    told = [verdict.reason for verdict in missed.verdicts] + [one.reason for one in over]
    told += [look.blind] if look.blind else []
    told += [sized.reason] if sized else [f"its profile {group.profile!r} is one that nobody configured"]
    return _code(group, missed, over, sized), "; ".join([state, *told])


def _code(group: Group, missed: NoticePlan, over: Sequence[Close | Follow], sized: Sizing | None) -> str:
    """The most telling of all codes: what is done before what is waited for, and that before what is as meant."""
    if missed.releases:
        return f"release_{missed.releases[0].how}"
    if sized and sized.desired != group.desired:
        return sized.code
    closed = [one.code for one in over if isinstance(one, Close)]
    waiting = [one.code for one in over] or [verdict.code for verdict in missed.verdicts]
    if closed or waiting:
        return (closed or waiting)[0]
    if not group.at_size:
        return SETTLING
    return STEADY if sized is None or sized.code in _AS_MEANT else sized.code
