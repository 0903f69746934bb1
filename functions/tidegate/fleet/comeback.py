"""The way back to spot: a step at a time, once spot can be trusted, and up again if it can't. Pure."""

from dataclasses import replace
from typing import Final

from tidegate.fleet.others import Answer
from tidegate.fleet.scene import Mixing, Scene, change, left, stay

STEP_SECONDS: Final = 300
"""From one step to the next: a launch, its health checks, and a look at what became of it."""

_MINUTE: Final = 60
_DAY_MINUTES: Final = 1440


def come_back(scene: Scene) -> Mixing:
    """Give back what stands in for spot."""
    if scene.blend.on_demand_all - scene.kept >= scene.group.heaviest:
        return _watch(scene)
    if scene.distribution.base == scene.base.owner:
        known = replace(scene.base, ours=None)
        return left(scene.distribution.base, "returned", f"{scene.blend}: spot is back", known)
    if scene.kept <= scene.owned:
        return change(scene, scene.owned, "return", f"{scene.blend}, as the owner's base has it")
    if waits := _not_yet(scene):
        return stay(scene, *waits)
    units = max(scene.owned, scene.floor, scene.kept - scene.step)
    quiet = (scene.now - scene.base.trouble) / _MINUTE
    reason = f"spot was quiet for {quiet:.0f} minutes: from {scene.kept} to {units} on-demand"
    return change(scene, units, "return", reason, lowered=scene.now)


def _watch(scene: Scene) -> Mixing:
    """See what becomes of a step: on-demand goes once spot has come for it, or stays because there is none."""
    failure = scene.spot_failure(scene.base.lowered) if scene.base.lowered else None
    if failure is None:
        return stay(scene, "returning", f"{scene.blend}: spot is to come for on-demand")
    reason = f"no spot came for on-demand ({failure.cause}): {scene.needed} stay on-demand"
    known = {"failures": scene.base.failures + 1, "lowered": 0.0, "trouble": scene.now}
    return change(scene, scene.needed, "return_failed", reason, **known)


def _not_yet(scene: Scene) -> Answer | None:
    """Return why nothing is given back now."""
    base, mix = scene.base, scene.mix
    left = scene.hold_down + scene.jitter - (scene.now - base.trouble)
    if left > 0:
        again = f", after {base.failures} failed returns" if base.failures else ""
        return "holding", f"{scene.blend}: spot has to be quiet for {left / _MINUTE:.0f} minutes more{again}"
    if not mix.returns_at(int(scene.now // _MINUTE) % _DAY_MINUTES):
        return "outside_window", f"{scene.blend}: machines go back to spot in {mix.return_window} UTC only"
    if scene.kept <= max(scene.owned, scene.floor):
        return "floor", f"{scene.blend}: {scene.floor} stay on-demand for {base.risk.losses:.1f} recent losses"
    since = scene.now - base.changed
    if since < STEP_SECONDS:
        return "returning", f"{scene.blend}: the last step is {since:.0f} s ago"
    if scene.lost or not scene.group.at_size:
        return "unsettled", f"{scene.blend}: machines are still coming or going"
    return None
