"""What a fleet is made of: on-demand for spot that can't be had, for as long as it can't. Pure.

In units of capacity, of a desired capacity D with so much spot there, in service or on its way:

    needed on-demand = max(the owner's share of D, D - spot)

- **Fallback** (`fallback.py`): the base is raised until that much is on-demand, once spot has been missing for a while,
  or as soon as Auto Scaling says that it lacks spot capacity or spot quota. Auto Scaling then only adds: what is left
  to spot is never less than the spot that runs.
- **Return** (`comeback.py`): after a hold-down without losses and failures the base is lowered step by step. Auto
  Scaling launches spot before it ends on-demand; if it gets none, the base goes up again and the hold-down is doubled.
- **Floor**: as much on-demand as was lost of late doesn't go back, and comes without waiting. It replaces nothing.
- A base that asks for more on-demand than is needed, as after a scale-in, would have spot ended that runs: it goes down
  at once. So does one that on-demand can't fill either: what is missing is asked of spot again.

`docs/mix.md` tells why, and what AWS advises.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.fleet.base import Base, observed
from tidegate.fleet.blend import Blend, missing
from tidegate.fleet.comeback import come_back
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.fallback import fall_back, on_demand_short
from tidegate.fleet.group import Group
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch
from tidegate.fleet.others import Answer, Others, hands_off
from tidegate.fleet.risk import later
from tidegate.fleet.scene import Mixing, Scene, change, doubled, left
from tidegate.policy.mix import Mix

_LAUNCHES_SECONDS: Final = 3600
"""Launches of the last hour tell enough: Auto Scaling tries again all the time."""

_NEEDED: Final = frozenset({"Launch", "Terminate", "AddToLoadBalancer"})
"""Processes without which a group doesn't come to the mix that it is to have."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What deciding a mix looks at."""

    group: Group
    mix: Mix
    blend: Blend | None
    """None: nobody has looked, since nothing is missing and nothing stands in for spot."""

    launches: Sequence[Launch]
    losses: Sequence[Incident]
    """Machines that are being replaced, drills left out."""

    over: Sequence[str]
    """Pools of those whose incidents end with this look."""

    base: Base
    others: Others | None
    """None: nobody has looked yet."""

    desired: int
    """The size that is about to be set, or the one that there is."""

    now: float
    """Epoch seconds."""


def mix(sight: Sight) -> Mixing:
    """Decide the mix of a group."""
    group, distribution = sight.group, sight.group.distribution
    if distribution is None:
        return left(0, "no_mix", "it has no mixed instances policy", sight.base)
    base = observed(sight.base, distribution.base)
    if sight.mix.mode == "leave" and base.standing_in:
        # What Tidegate has set doesn't stay behind.
        after = replace(base, ours=None, meant=None)
        return Mixing(base.owner or 0, "mix_left", "its profile leaves the mix alone: the owner's base", base, after)
    if why := _hands_off(group, sight.mix, sight.others):
        return left(distribution.base, *why, base)
    if sight.blend is None:
        known = base if wants_blend(group, sight.mix, base) else _remembered(sight, base, short=False)
        return left(distribution.base, "mix_unseen" if known is base else "mix_fine", "", known)
    return _decided(sight, distribution, base, sight.blend)


def _decided(sight: Sight, distribution: Distribution, base: Base, blend: Blend) -> Mixing:
    first = Scene(
        sight.group,
        distribution,
        sight.mix,
        blend,
        sight.launches,
        base,
        sight.desired,
        len(sight.losses),
        sight.now,
    )
    scene = replace(first, base=_remembered(sight, base, short=first.short > 0))
    if scene.base.standing_in and scene.kept > scene.needed:
        reason = f"{blend}: more than {scene.needed} on-demand would only replace spot that runs"
        return change(scene, scene.needed, "mix_trimmed", reason)
    if scarce := on_demand_short(scene):
        return scarce
    if scene.short:
        return fall_back(scene)
    if scene.base.standing_in:
        return come_back(scene)
    return left(distribution.base, "mix_fine", str(blend), scene.base)


def wants_blend(group: Group, mix: Mix, base: Base) -> bool:
    """Return whether what a group is made of has to be looked at: EC2 alone tells, and its client is dear to import."""
    distribution = group.distribution
    if mix.mode == "leave" or distribution is None or not distribution.may_be_spot:
        return False
    return missing(group) > 0 or observed(base, distribution.base).standing_in


def launches_tell(group: Group, base: Base) -> bool:
    """Return whether launches have to be looked at: something is missing, or spot is to come for on-demand."""
    return missing(group) > 0 or base.lowered > 0


def launches_since(base: Base, now: float) -> float:
    """Return since when launches tell something, in epoch seconds."""
    return max(min(base.whole, base.lowered or now), now - _LAUNCHES_SECONDS)


def _hands_off(group: Group, mix: Mix, others: Others | None) -> Answer | None:
    """Return why the mix of a group is not Tidegate's to change; None: it is, as far as was looked.

    The group's own scaling policies set its size; what it is made of they leave alone.
    """
    if mix.mode == "leave":
        return "mix_left", "its profile leaves the mix alone"
    if group.distribution and not group.distribution.may_be_spot:
        segments = group.distribution.segmented
        return "no_mix", f"its policy {'divides it by segments' if segments else 'asks for on-demand alone'}"
    if off := hands_off(group, replace(others, policies=()) if others else None):
        return off
    if stopped := sorted(group.suspended & _NEEDED):
        return "suspended", f"{' and '.join(stopped)} suspended: the mix stays"
    return None


def _remembered(sight: Sight, base: Base, *, short: bool) -> Base:
    """Return what is known of the base after a look; `short`: whether spot is missing."""
    now, hold_down = sight.now, doubled(sight.mix.hold_down_seconds, base.failures)
    failed = [one.started for one in sight.launches if one.failure and one.failure.permits_fallback]
    lost = [one.noticed for one in sight.losses]
    trouble = now if short else max(base.trouble, *failed, *lost, 0.0)
    calm = not base.standing_in and now - max(trouble, base.lowered) > hold_down
    return replace(
        base,
        risk=later(base.risk, sight.over, now, half_life=sight.mix.floor_half_life_seconds),
        whole=base.whole if missing(sight.group) else now,
        short=(base.short or now) if short else 0.0,
        trouble=trouble,
        failures=0 if calm else base.failures,
    )
