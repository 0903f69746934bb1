"""Fallback: on-demand stands in for spot that is missing, within its limits, and only for lack of spot. Pure."""

from typing import Final

from tidegate.fleet.blend import missing
from tidegate.fleet.launches import Failure
from tidegate.fleet.limits import limit
from tidegate.fleet.others import Answer
from tidegate.fleet.scene import Mixing, Scene, change, stay

ASKING_SECONDS: Final = 60
"""How long Auto Scaling is given to ask EC2 for a replacement, at the least: what it asks for shows then."""

ON_DEMAND_SHORT_SECONDS: Final = 900
"""How long a launch that found no on-demand capacity, or no quota for it, keeps more from being asked for."""


def fall_back(scene: Scene) -> Mixing:
    """Let on-demand stand in for the spot that is missing, once it may."""
    what = f"{scene.short} {scene.group.unit} of spot missing"
    top = limit(scene.group, scene.mix, owned=scene.owned, desired=scene.size)
    if scene.kept >= top.units:
        return stay(scene, top.code, f"{what}, and {scene.kept} on-demand already: {top.why}")
    if held := _refused(scene):
        return stay(scene, held[0], f"{what}; {held[1]}")
    failure = scene.spot_failure(scene.base.whole)
    wait = scene.jitter + (0 if failure else _patience(scene))
    waited = scene.now - scene.base.short
    if waited < wait:
        return stay(scene, "spot_missing", f"{what} for {waited:.0f} s: on-demand stands in after {wait:.0f} s")
    units = min(scene.needed, top.units)
    why = f"launching spot failed ({failure.cause})" if failure else f"none came for {waited:.0f} s"
    limited = f", which is all there may be: {top.why}" if units < scene.needed else ""
    # Lost again so soon, the machines that had come back were none to rely on.
    failed = scene.base.lowered > 0 and scene.now - scene.base.lowered < scene.hold_down
    reason = f"{what}, {why}: from {scene.kept} to {units} on-demand{limited}"
    failures = scene.base.failures + failed
    return change(scene, units, "fallback", reason, lowered=0.0, failures=failures)


def _patience(scene: Scene) -> int:
    """Return how long spot may take to come where no launch has failed, in seconds."""
    after = scene.mix.fallback_after_seconds
    return min(after, ASKING_SECONDS) if scene.floor > scene.kept else after


def on_demand_short(scene: Scene) -> Mixing | None:
    """Give back what on-demand can't provide either: otherwise Auto Scaling would ask for nothing else."""
    scarce = _scarce(scene, scene.base.changed)
    there = max(scene.owned, scene.blend.on_demand_all)
    if scarce is None or not scene.base.standing_in or scene.kept <= there or not missing(scene.group):
        return None
    reason = f"on-demand is short ({scarce.cause}): {scene.kept - there} are asked of spot again; {scarce.text}"
    return change(scene, there, "on_demand_short", reason)


def _refused(scene: Scene) -> Answer | None:
    """Return which failed launches keep on-demand from standing in."""
    if scarce := _scarce(scene, max(scene.base.whole, scene.now - ON_DEMAND_SHORT_SECONDS)):
        return "on_demand_short", f"on-demand is short too ({scarce.cause}): {scarce.text}"
    failures = scene.failures(scene.base.whole)
    if failures and not any(one.permits_fallback for one in failures):
        last = failures[-1]
        return f"launch_failed_{last.cause}", f"launching failed ({last}), and not for lack of spot: {last.text}"
    return None


def _scarce(scene: Scene, since: float) -> Failure | None:
    """Return a failure after `since` (epoch seconds) that says that on-demand is short."""
    return next((one for one in scene.failures(since) if one.market == "on-demand" and one.lacking), None)
