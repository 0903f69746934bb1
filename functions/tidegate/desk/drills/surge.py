"""The surge: a fleet's load doubles, and some time later goes; its size follows."""

from collections.abc import Callable
from typing import Any, Final

from tidegate.desk.drills.result import Result, Series
from tidegate.desk.drills.spot_interruption import with_decisions
from tidegate.desk.drills.verdict import Check, nothing_stuck
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region
from tidegate.desk.region.world import Entry

MINUTE: Final = 60.0
ON_DEMAND: Final = 2
SPOT: Final = 4
LEAST, MOST = 3, 14
TARGET: Final = 70.0
"""Of the CPU in percent: the default of a profile."""

QUIET, BUSY = 3.3, 7.2
"""Machines' worth of work."""

COMES_MINUTES: Final = 20
LATER_SECONDS: Final = 25.0
"""And so much after the full minute: metrics and looks come by the clock, work doesn't."""

GOES_MINUTES: Final = 60
WATCHED_MINUTES: Final = 100
ABOVE_MINUTES: Final = 15
"""How long the CPU may be above its target: two steps, each with its alarm, a machine's start and its warm-up."""

IN_MINUTES: Final = 30
"""How long machines may be too many: ten minutes are waited out, and each step takes a look."""


def load(t: float) -> float:
    """Return how much work there is `t` seconds after the Region began, in machines' worth."""
    return BUSY if COMES_MINUTES * MINUTE <= t - LATER_SECONDS < GOES_MINUTES * MINUTE else QUIET


def drill(*, step: Callable[[int, int], None], **settings: Any) -> Result:
    """Let the load come and go, and watch; `step` hears how many minutes of how many have passed.

    `settings`: those of `Region`.
    """
    with Region(loop=True, **settings) as region:
        fleet = region.fleet("chat", on_demand=ON_DEMAND, spot=SPOT, min_size=LEAST, max_size=MOST)
        region.load(fleet, load)
        sizes, cpu = list[tuple[float, float]](), list[tuple[float, float]]()
        for minute in range(1, WATCHED_MINUTES + 1):
            region.run(MINUTE)
            t = region.world.now()
            sizes.append((t, fleet.size))
            cpu.append((t, min(100.0, 100 * load(t - 1) / fleet.size)))
            step(minute, WATCHED_MINUTES)
        series = (Series("machines", tuple(sizes), MOST), Series("CPU %", tuple(cpu), 100.0, target=TARGET))
        return Result(
            name="surge",
            about=(
                f"fleet {fleet.name}: {ON_DEMAND + SPOT} machines, {LEAST} to {MOST} allowed, the CPU kept at"
                f" {TARGET:g} %; work for {BUSY:g} machines comes after {COMES_MINUTES} minutes and goes after"
                f" {GOES_MINUTES}"
            ),
            timeline=with_decisions(region),
            losses=(),
            checks=checks(region, fleet, series),
            series=series,
            since=(COMES_MINUTES - 1) * MINUTE,
        )


def checks(region: Region, fleet: Fleet, series: tuple[Series, Series]) -> tuple[Check, ...]:
    """Check that the size followed the load both ways, woken by its alarm, and never left its bounds."""
    sizes, cpu = (dict(one.points) for one in series)
    alarms = [one for one in region.timeline if one.kind == "alarm"]
    above = sum(value > TARGET for value in cpu.values())
    reached = [t for t, size in sizes.items() if t > GOES_MINUTES * MINUTE and size == fleet.size]
    took = min(reached, default=float("inf")) / MINUTE - GOES_MINUTES
    least, most = min(sizes.values()), max(sizes.values())
    outside = [size for size in sizes.values() if not LEAST <= size <= MOST]
    return (
        _rang(alarms),
        Check("soon below its target again", above <= ABOVE_MINUTES, f"above for {above} of {len(cpu)} minutes"),
        Check(
            "smaller again once the load is gone",
            took <= IN_MINUTES and fleet.size < most,
            f"from {most:g} to {fleet.size} machines within {took:.0f} minutes",
        ),
        Check("never outside of its bounds", not outside, f"{least:g} to {most:g} machines"),
        nothing_stuck(region),
    )


def _rang(alarms: list[Entry]) -> Check:
    first = next((one for one in alarms if one.data["state"] == "ALARM"), None)
    if first is None:
        return Check("its alarm rang", False, "no alarm rang")
    after = first.t - COMES_MINUTES * MINUTE - LATER_SECONDS
    return Check("its alarm rang", after > 0, f"{first.data['alarm']}, {after:.0f} s after the load came")
