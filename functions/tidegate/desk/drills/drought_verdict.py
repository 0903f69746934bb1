"""PASS or FAIL of a drought: what stood in for spot, what it cost, and whether all is as before in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from tidegate.desk.drills.losses import Loss
from tidegate.desk.drills.verdict import Check, nothing_stuck, recorded_once, released_once, some
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

_MINUTE: Final = 60.0

STOOD_IN_MINUTES: Final = 3
"""How long a fleet may be short: a launch that fails, a minute of jitter, one to the next look, a machine's start."""

LEAST_STEPS: Final = 2
"""In fewer, all on-demand machines would be given up at once."""

ONE_REPLACED: Final = 1
"""Auto Scaling launches spot before it ends the on-demand machine in whose place it comes, one at a time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A fleet as it was `t` seconds after the Region began, in machines."""

    t: float
    desired: int
    base: int
    on_demand: int
    """In service, like `spot`."""

    spot: int
    running: frozenset[str]
    """Spot machines in service, by their ids."""

    @classmethod
    def of(cls, region: Region, fleet: Fleet) -> Self:
        """Look at a fleet."""
        spot = frozenset(each.id for each in fleet.spot_machines())
        return cls(region.world.now(), fleet.desired, fleet.base, len(fleet.on_demand_machines()), len(spot), spot)

    @property
    def serving(self) -> int:
        """All machines in service."""
        return self.on_demand + self.spot


def checks(
    region: Region, moments: Sequence[Moment], lost: Sequence[Loss], *, dry: float, back: float
) -> tuple[Check, ...]:
    """Check a drought that began at `dry` and ended at `back`, in seconds since the Region began."""
    during = [one for one in moments if dry <= one.t <= back]
    return (
        stood_in(during),
        ran_on(moments, lost),
        only_what_was_missing(moments, during),
        size_kept(moments),
        back_in_steps(moments, back),
        as_before(moments),
        released_once(region, lost),
        recorded_once(region, lost),
        nothing_stuck(region),
    )


def stood_in(during: Sequence[Moment]) -> Check:
    """Check that on-demand came for what was lost, and that no loss left the fleet short for long."""
    short = longest = 0.0
    for before, after in pairwise(during):
        short = short + after.t - before.t if after.serving < after.desired else 0.0
        longest = max(longest, short)
    most = max(one.on_demand for one in during)
    said = f"{most} on-demand at the most, the fleet was short for up to {longest / _MINUTE:.1f} minutes"
    passed = most > during[0].on_demand and longest <= STOOD_IN_MINUTES * _MINUTE
    return Check(f"on-demand stood in within {STOOD_IN_MINUTES} minutes", passed, said)


def ran_on(moments: Sequence[Moment], lost: Sequence[Loss]) -> Check:
    """Check that every spot machine that left had its notice: no other one was ended for on-demand to stand in."""
    warned = {one.instance for one in lost}
    seen = frozenset[str]().union(*(one.running for one in moments))
    ended = sorted(seen - moments[-1].running - warned)
    said = f"without a notice: {some(ended)}" if ended else f"{len(warned)} left, each with its notice"
    return Check("no spot machine ended that could run on", not ended, said)


def only_what_was_missing(moments: Sequence[Moment], during: Sequence[Moment]) -> Check:
    """Check that on-demand only filled what spot had left."""
    beyond = max(one.serving - one.desired for one in during)
    after = max(one.serving - one.desired for one in moments)
    said = f"{max(beyond, 0)} beyond what was desired in the drought, {max(after, 0)} while spot came back"
    return Check("never more on-demand than spot missing", beyond <= 0 and after <= ONE_REPLACED, said)


def size_kept(moments: Sequence[Moment]) -> Check:
    """Check that nobody changed the size."""
    sizes = sorted({one.desired for one in moments})
    said = f"it is {sizes[0]}" if len(sizes) == 1 else f"it was {' and '.join(map(str, sizes))}"
    return Check("desired capacity unchanged", len(sizes) == 1, said)


def back_in_steps(moments: Sequence[Moment], back: float) -> Check:
    """Check that on-demand went step by step once spot was back."""
    bases = [one.base for one in moments if one.t >= back]
    steps = [*bases[:1], *(after for before, after in pairwise(bases) if after != before)]
    passed = len(steps) > LEAST_STEPS and steps == sorted(steps, reverse=True)
    return Check("back to spot step by step", passed, f"base {', '.join(map(str, steps))}")


def as_before(moments: Sequence[Moment]) -> Check:
    """Check that the owner has their base back, and spot what it had."""
    first, last = moments[0], moments[-1]
    said = f"base {last.base}, {last.on_demand} on-demand and {last.spot} spot machines"
    before = (first.base, first.on_demand, first.spot)
    return Check("all as before in the end", before == (last.base, last.on_demand, last.spot), said)
