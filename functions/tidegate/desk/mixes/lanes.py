"""What a market and others did in a scenario, as lanes below a plot: when there was no spot, and what came else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from tidegate.desk.mixes.compare import PERCENT
from tidegate.desk.world.market import EVERYWHERE, Step
from tidegate.desk.world.play import Scenario
from tidegate.desk.world.schedule import Rewrite


@dataclass(frozen=True, slots=True)
class Lane:
    """Spans and moments of one kind, in seconds."""

    name: str
    spans: Sequence[tuple[float, float]] = ()
    moments: Sequence[float] = ()


def lanes(scenario: Scenario) -> list[Lane]:
    """Return the lanes of a scenario, in the order of their names: no spot, waves, and a base that is written back."""
    market = scenario.market
    found = [
        Lane("no spot" if where == EVERYWHERE else f"no spot in {where}", _dry(steps, scenario.seconds))
        for where, steps in sorted(market.spot.steps.items())
    ]
    found += [Lane(f"{PERCENT * wave.share:.0f} % of spot taken", moments=(wave.t,)) for wave in market.waves]
    written = [one.t for one in scenario.others if isinstance(one, Rewrite)]
    return [*found, *([Lane("base written back", moments=written)] if written else [])]


def _dry(steps: Sequence[Step], end: float) -> list[tuple[float, float]]:
    """Return from when until when a pool holds nothing."""
    ends = (*steps, (end, inf))
    return [(t, min(until, end)) for (t, room), (until, _) in pairwise(ends) if room < 1 and t < end]
