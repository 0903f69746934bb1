"""The shape of a fleet: its size and what it is made of, decided together from one look. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tidegate.fleet.distribution import Distribution
from tidegate.fleet.ending import Ending
from tidegate.fleet.group import Group
from tidegate.fleet.history import History, seen
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.mix import Sight as MixSight
from tidegate.fleet.mix import mix
from tidegate.fleet.need import SMOOTH_SECONDS
from tidegate.fleet.reading import FRESH_SECONDS
from tidegate.fleet.scene import Mixing
from tidegate.fleet.size import Sight, Sizing, size
from tidegate.fleet.surplus import Surplus
from tidegate.policy.mix import Mix
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

SETTLED_SECONDS: Final = 300
"""How long after its last change a size is looked at every minute: machines warm up, and signals follow."""


@dataclass(frozen=True, slots=True)
class Resize:
    """Desired end state: the group wants so many units of capacity."""

    group: str
    before: int
    desired: int
    surplus: Surplus = field(default_factory=Surplus)
    """What of it is for machines that are about to be taken, and serve on until then."""

    @property
    def net(self) -> int:
        """How many units it wants without those."""
        return self.desired - self.surplus.units


@dataclass(frozen=True, slots=True)
class Remix:
    """Desired end state: so much of the group is on-demand whatever spot has."""

    group: str
    before: int
    distribution: Distribution
    """All of it, with the base that is wanted."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What was decided about the size and the mix; None: the fleet has no profile."""

    history: History
    net: int = 0
    """The size that there is, without what the group was enlarged by."""

    surplus: Surplus = field(default_factory=Surplus)
    """What is remembered of that."""

    sizing: Sizing | None = None
    mixing: Mixing | None = None
    resize: Resize | None = None
    remix: Remix | None = None
    asks: bool = False
    """Whether a change is wanted, and who else writes the group has to be looked at first."""

    @property
    def actions(self) -> tuple[Resize | Remix, ...]:
        """What is to be done now."""
        return () if self.asks else tuple(one for one in (self.resize, self.remix) if one)


def shape(
    look: Look,
    profiles: Mapping[str, Profile],
    mode: Mode,
    memory: Memory,
    *,
    ending: Ending,
    now: float,
) -> Shape:
    """Decide the size and the mix of a fleet at `now` (epoch seconds)."""
    if look.group is None:
        return Shape(memory.history)
    profile, left = profiles.get(look.group.profile), memory.surplus.left(look.group)
    # Sizes are decided without what the group was enlarged by: that comes and goes with the machines that it is for.
    group = replace(look.group, desired=memory.surplus.size_of(look.group))
    history = _history(group, profile, memory, now)
    if profile is None:
        return Shape(history, group.desired, left)
    sized = size(Sight(group, profile, look.readings, history, look.others, bool(look.incidents), now))
    wanted = ending.enlarged(look.group, memory.surplus.beside(look.group), sized.desired)
    total = min(sized.desired + wanted.units, max(group.max_size, sized.desired))
    mixed = _mixed(look, look.group, profile.mix, memory, ending=ending, desired=total, now=now)
    remix, changes = _remix(look.name, group.distribution, mixed), sized.desired != group.desired
    # Another size may be the same desired capacity, once a surplus is gone: it is set, and so known as Tidegate's.
    resize = Resize(look.name, look.group.desired, total, wanted) if changes or total != look.group.desired else None
    left = wanted if total == look.group.desired else left
    asks = (changes or remix is not None) and look.others is None
    if held := mode.held:
        sized = replace(sized, code=held[0], reason=f"{sized.reason}: not done, {held[1]}") if changes else sized
        mixed = replace(mixed, code=held[0], reason=f"{mixed.reason}: not done, {held[1]}") if remix else mixed
        resize = remix = None
    return Shape(history, group.desired, left, sized, mixed, resize, remix, asks)


def _mixed(look: Look, group: Group, rules: Mix, memory: Memory, *, ending: Ending, desired: int, now: float) -> Mixing:
    return mix(
        MixSight(
            group=group,
            mix=rules,
            blend=look.blend,
            launches=look.launches,
            losses=ending.losses,
            over=ending.pools,
            base=memory.base,
            others=look.others,
            desired=desired,
            now=now,
        )
    )


def watched(look: Look, done: Shape, now: float) -> bool:
    """Whether a look within a minute is worth it: size or mix may change again, or the size has just changed.

    When machines came into service is known from looks alone, and until then they don't count as warm.
    """
    if look.group is None or done.sizing is None or done.mixing is None:
        return False
    steps = done.history.steps
    moved = len(steps) > 1 and now - steps[-1].since < SETTLED_SECONDS
    # The index of what is watched is also where the stack's removal finds whose base is to be given back.
    stands = done.mixing.memory.standing_in or bool(done.surplus.granted)
    return done.sizing.soon or done.mixing.soon or bool(done.resize or done.remix) or moved or stands


def _remix(name: str, distribution: Distribution | None, mixed: Mixing) -> Remix | None:
    if distribution is None or mixed.base == distribution.base:
        return None
    return Remix(name, distribution.base, replace(distribution, base=mixed.base))


def _history(group: Group, profile: Profile | None, memory: Memory, now: float) -> History:
    """Return what is known of a fleet's size after a look: as far back as a decision about it reaches."""
    said = profile.size if profile else Size()
    reach = said.scale_in_after_seconds + SMOOTH_SECONDS + said.warmup_seconds + FRESH_SECONDS
    return seen(memory.history, group, now, reach=reach)
