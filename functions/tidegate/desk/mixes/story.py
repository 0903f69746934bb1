"""What is played: a fleet of twenty machines, and what the market and others do to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from tidegate.desk.world.availability import TIME, read_availability
from tidegate.desk.world.clock import HOUR, MINUTE
from tidegate.desk.world.market import Market, Wave, drought, flapping
from tidegate.desk.world.play import Scenario
from tidegate.desk.world.schedule import Rewrite
from tidegate.desk.world.shape import Shape
from tidegate.fleet.distribution import Distribution

UNITS: Final = 20
"""What the work needs, all the time: these stories are about what a fleet is made of, not about its size."""

OWNED: Final = 2
"""The owner's base; everything above it is to be spot."""

FLEET: Final = Shape(desired=UNITS, distribution=Distribution(base=OWNED, percent=0))

FROM: Final = HOUR
"""When the trouble begins."""

DROUGHT_HOURS: Final = 8
UNTIL: Final = FROM + DROUGHT_HOURS * HOUR
AFTERWARDS: Final = 7 * HOUR
"""How long it goes on after a drought: longer than the longest hold-down."""

QUOTA: Final = 8
"""On-demand machines that the account may run where its quota is short."""

FILE: Final = "spot_availability_p3_9az.csv"
WINDOWS: Final = 6
WINDOW_SECONDS: Final = 60 * HOUR
DRAWN_WINDOW: Final = 5
"""Of a Region one window is drawn, the same of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One scenario, or several that are added up."""

    name: str
    told: str
    parts: tuple[Scenario, ...]
    drawn: int = 0
    """Which part is drawn."""

    closer: tuple[float, float] | None = None
    """From when until when it is drawn a second time, in seconds: where minutes matter."""


def generated() -> tuple[Story, ...]:
    """Return the stories that need no trace; each was to show one thing, and none was chosen by its outcome."""
    dry = Market(spot=drought(FROM, UNTIL))
    ended = UNTIL + AFTERWARDS
    hourly = [Rewrite(t, OWNED) for t in range(HOUR // 2, ended, HOUR)]
    zone = Market(spot=drought(FROM, FROM + 3 * HOUR, "us-east-1a"))
    short = Market(spot=dry.spot, quotas={"on-demand": QUOTA})
    day = Market(spot=flapping(10 * MINUTE, 24 * HOUR))
    return (
        _story("one zone", "One of three zones has no spot for three hours.", 5 * HOUR, zone),
        _story("drought", "No zone has spot for eight hours.", ended, dry),
        _story(
            "flapping", "Spot goes and comes back every ten minutes for a day.", 32 * HOUR, day, trouble=10 * MINUTE
        ),
        _story("no quota", f"The drought again, with a quota of {QUOTA} on-demand machines.", ended, short),
        _story("wave", "60 % of the spot machines are taken at once.", 3 * HOUR, Market(waves=(Wave(FROM, 0.6),))),
        _story("Terraform", "The drought again, and each hour the owner's base is written back.", ended, dry, hourly),
    )


def without(folder: Path | None) -> str | None:
    """Return why there are no stories of real availability; None: there are."""
    if folder and (folder / FILE).is_file():
        return None
    where = f"{folder} has no {FILE}" if folder else "TIDEGATE_TRACES names no folder with traces"
    return f"{where}: the real Regions are left out."


def measured(folder: Path) -> tuple[Story, ...]:
    """Return the stories of real spot availability in a folder, one for each Region. Raises OSError without its file.

    The prices are those of the other stories: shares of a cost are all that is told of it.
    """
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    zones = sorted(columns[columns.index(TIME) + 1 :])
    return tuple(_region(region, tuple(some), lines) for region, some in groupby(zones, key=lambda zone: zone[:-1]))


def _region(region: str, zones: tuple[str, ...], lines: list[str]) -> Story:
    shape = Shape(desired=UNITS, distribution=FLEET.distribution, zones=zones)
    parts = tuple(
        Scenario(
            seconds=WINDOW_SECONDS,
            needed=UNITS,
            shape=shape,
            market=Market(spot=read_availability(lines, window=str(window), zones=zones)),
        )
        for window in range(WINDOWS)
    )
    told = f"Six times sixty hours of p3.2xlarge in the {len(zones)} zones of {region}, measured in early 2023."
    return Story(name=region, told=told, parts=parts, drawn=DRAWN_WINDOW)


def _story(
    name: str, told: str, seconds: float, market: Market, others: Iterable[Rewrite] = (), *, trouble: float = FROM
) -> Story:
    scenario = Scenario(seconds=seconds, needed=UNITS, shape=FLEET, market=market, others=tuple(others))
    return Story(name=name, told=told, parts=(scenario,), closer=(trouble - 2 * MINUTE, trouble + 8 * MINUTE))
