"""What the mix of a group is decided by, and what is decided: plain data, and the numbers that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Final
from zlib import crc32

from tidegate.fleet.base import Base
from tidegate.fleet.blend import Blend, missing
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.group import Group
from tidegate.fleet.launches import Failure, Launch
from tidegate.policy.mix import Mix

MOST_DOUBLINGS: Final = 3
"""A hold-down of 45 minutes then lasts for six hours: a return that fails costs a launch that fails, and no machine."""

_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Mixing:
    """The base that a group should have, and why; its own where nothing is to be done."""

    base: int
    code: str
    reason: str
    memory: Base
    """What is known after the look, whether the base is set or not."""

    after: Base
    """What is known once the base was set."""

    soon: bool = False
    """Whether another look within a minute may decide otherwise, whatever happens."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A group, what it is made of, and what is known of it."""

    group: Group
    distribution: Distribution
    mix: Mix
    blend: Blend
    launches: Sequence[Launch]
    base: Base
    """What is known of the base, this look included."""

    desired: int
    """The size that is about to be set, or the one that there is."""

    lost: int
    """Machines that spot took, and whose replacements don't serve yet."""

    now: float
    """Epoch seconds."""

    @property
    def size(self) -> int:
        """For how much the mix is decided: what is about to be added, spot may well give."""
        return min(self.desired, self.group.desired)

    @property
    def owned(self) -> int:
        """Units that are on-demand by the owner's base."""
        return self.on_demand(self.base.owner or 0)

    @property
    def kept(self) -> int:
        """Units that Auto Scaling keeps on-demand by the base that there is."""
        return self.on_demand(self.distribution.base)

    @property
    def needed(self) -> int:
        """Units that have to be on-demand, since there is no spot for them."""
        return max(self.owned, self.size - self.blend.spot_all)

    @property
    def short(self) -> int:
        """Units of spot that are missing; on-demand that is there in their place makes up for them."""
        spot = self.group.desired - self.distribution.on_demand(self.group.desired) - self.blend.spot_all
        return max(0, min(spot, missing(self.group)))

    @property
    def floor(self) -> int:
        """Units that recent losses keep on-demand."""
        most = self.size * self.mix.floor_limit_percent // _PERCENT
        return min(round(self.base.risk.losses + self.lost) * self.group.heaviest, most)

    @property
    def step(self) -> int:
        """Units that one step of a return gives back."""
        return max(1, ceil((self.kept - self.owned) * self.mix.return_step_percent / _PERCENT))

    @property
    def jitter(self) -> int:
        """How long this group waits, so that not all of them ask for the same in one moment, in seconds."""
        return crc32(self.group.name.encode()) % (self.mix.jitter_seconds + 1)

    @property
    def hold_down(self) -> float:
        """How long it has to be quiet before spot is trusted again, in seconds."""
        return doubled(self.mix.hold_down_seconds, self.base.failures)

    def on_demand(self, base: int) -> int:
        """Return the units that a base makes on-demand."""
        return self.distribution.on_demand(self.size, base)

    def base_for(self, units: int) -> int:
        """Return the base for so many units on-demand: the owner's own, where that is enough."""
        owner = self.base.owner or 0
        return owner if self.on_demand(owner) >= units else self.distribution.base_for(units, self.size)

    def spot_failure(self, since: float) -> Failure | None:
        """Return a launch's failure at `since` (epoch seconds) or later that says that spot is short."""
        return next((one for one in self.failures(since) if one.permits_fallback), None)

    def failures(self, since: float) -> list[Failure]:
        """Return why launches failed that began at `since` (epoch seconds) or later, oldest first."""
        failed = sorted((one for one in self.launches if one.started >= since), key=lambda one: one.order)
        return [one.failure for one in failed if one.failure]


def doubled(hold_down: float, failures: int) -> float:
    """Return a hold-down after so many returns that failed in a row."""
    return hold_down * 2 ** min(failures, MOST_DOUBLINGS)


def change(scene: Scene, units: int, code: str, reason: str, **known: Any) -> Mixing:
    """Let so many units be on-demand; `known`: what else is known of the base then."""
    base = scene.base_for(units)
    after = replace(scene.base, ours=base, meant=None, changed=scene.now, **known)
    return Mixing(base, code, reason, scene.base, after, soon=True)


def stay(scene: Scene, code: str, reason: str) -> Mixing:
    """Leave the base as it is, for now."""
    return left(scene.distribution.base, code, reason, scene.base, soon=True)


def left(seen: int, code: str, reason: str, memory: Base, *, soon: bool = False) -> Mixing:
    """Leave the base as it was seen."""
    return Mixing(seen, code, reason, memory, memory, soon)
