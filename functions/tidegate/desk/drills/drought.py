"""The drought: spot runs dry, zone by zone, and some time later comes back; what the fleet is made of follows."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from tidegate.desk.drills.drought_verdict import Moment, checks
from tidegate.desk.drills.losses import losses
from tidegate.desk.drills.result import Result, Series
from tidegate.desk.drills.spot_interruption import with_decisions
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.place import ZONES
from tidegate.desk.region.region import Region

MINUTE: Final = 60.0
SLICE: Final = 10.0
"""How often the fleet is looked at, in seconds of the Region."""

ON_DEMAND: Final = 2
SPOT: Final = 6
WORK: Final = 4.6
"""Machines' worth of it: the right size is the one that the fleet begins with."""

DRY_MINUTES: Final = 5
LATER_MINUTES: Final = 10
"""When the last zone, where machines still ran, is taken as well."""

BACK_MINUTES: Final = 40
WATCHED_MINUTES: Final = 65
HOLD_DOWN_SECONDS: Final = 600
"""Shorter than by default: the drill shows the order of things, and not how long a cautious owner waits."""

TENDED: Final[Mapping[str, Any]] = {"hold_down_seconds": HOLD_DOWN_SECONDS, "return_step_percent": 50}


def drill(*, step: Callable[[int, int], None], mix: Mapping[str, Any] = TENDED, **settings: Any) -> Result:
    """Let spot run dry and come back, and watch; `step` hears how many minutes of how many have passed.

    `mix`: what the fleet's profile says of it. `settings`: those of `Region`.
    """
    policy: Any = {"stage": {"drill": {}}, "profile": {"default": {"mix": dict(mix)}}}
    with Region(loop=True, policy=policy, **settings) as region:
        fleet = region.fleet("chat", on_demand=ON_DEMAND, spot=SPOT)
        region.load(fleet, lambda _: WORK)
        moments = tuple(_watched(region, fleet, step))
        lost = losses(region.timeline, region.releases)
        dry, back = DRY_MINUTES * MINUTE, BACK_MINUTES * MINUTE
        return Result(
            name="drought",
            about=(
                f"fleet {fleet.name}: {ON_DEMAND} on-demand and {SPOT} spot machines in {len(ZONES)} zones; no spot"
                f" machine can be had from minute {DRY_MINUTES} to {BACK_MINUTES}, two zones lose theirs at once and"
                f" the third in minute {LATER_MINUTES}; after {HOLD_DOWN_SECONDS / MINUTE:.0f} quiet minutes spot is"
                " tried again"
            ),
            timeline=with_decisions(region),
            losses=lost,
            checks=checks(region, moments, lost, dry=dry, back=back),
            series=_series(moments),
            since=dry - MINUTE,
        )


def _watched(region: Region, fleet: Fleet, step: Callable[[int, int], None]) -> Iterator[Moment]:
    """Let the drill happen, and yield the fleet as it is every few seconds."""
    yield Moment.of(region, fleet)
    for minute in range(WATCHED_MINUTES):
        _happen(region, fleet, minute)
        for _ in range(int(MINUTE / SLICE)):
            region.run(SLICE)
            yield Moment.of(region, fleet)
        step(minute + 1, WATCHED_MINUTES)


def _happen(region: Region, fleet: Fleet, minute: int) -> None:
    """Let EC2 do what it does in a minute of the drill."""
    if minute == DRY_MINUTES:
        region.dry_up()
        _take(fleet, region, ZONES[:-1])
    elif minute == LATER_MINUTES:
        _take(fleet, region, ZONES[-1:])
    elif minute == BACK_MINUTES:
        region.recover()


def _take(fleet: Fleet, region: Region, zones: Collection[str]) -> None:
    for each in fleet.spot_machines():
        if each.zone in zones:
            region.interrupt(each)


def _series(moments: tuple[Moment, ...]) -> tuple[Series, ...]:
    """Return what served, minute by minute."""
    each = [one for one in moments if one.t % MINUTE < SLICE]
    on_demand = tuple((one.t, float(one.on_demand)) for one in each)
    spot = tuple((one.t, float(one.spot)) for one in each)
    most = float(ON_DEMAND + SPOT)
    return Series("on-demand machines in service", on_demand, most), Series("spot machines in service", spot, most)
