"""The main drill: one spot machine of a mixed fleet gets its notice."""

from typing import Any, Final

from tidegate.desk.drills.losses import NOTICE_SECONDS, losses
from tidegate.desk.drills.result import Result
from tidegate.desk.drills.verdict import judge
from tidegate.desk.region.clock import START
from tidegate.desk.region.place import ZONES
from tidegate.desk.region.region import Region
from tidegate.desk.region.world import Entry

ON_DEMAND: Final = 2
SPOT: Final = 4
WORK: Final = 3.3
"""Machines' worth of it: as much as six do at 55 %, and five below their target of 70 %."""

STANDING_SECONDS: Final = 90.0
"""How long the fleet has stood before: the loop has looked at it by then."""

WATCHED_SECONDS: Final = NOTICE_SECONDS + 170.0
"""Past the deadline, until a machine that nobody released would have been noticed and replaced as well, and until the
sweep has looked once more: within two minutes."""


def with_decisions(region: Region) -> tuple[Entry, ...]:
    """Return the timeline with what was decided about fleets, as the journal tells it."""
    start = START.timestamp()
    decided = [
        Entry(one.at - start, "tidegate", "decided", one.reason, {"code": one.code}) for one in region.decisions()
    ]
    return tuple(sorted([*decided, *region.timeline], key=lambda entry: entry.t))


def drill(**settings: Any) -> Result:
    """Interrupt one machine and watch. `settings`: those of `Region`."""
    with Region(loop=True, **settings) as region:
        fleet = region.fleet("chat", on_demand=ON_DEMAND, spot=SPOT)
        region.load(fleet, lambda _: WORK)
        region.run(STANDING_SECONDS)
        machine = fleet.spot_machines()[0]
        region.interrupt(machine)
        region.run(WATCHED_SECONDS)
        lost = losses(region.timeline, region.releases)
        about = (
            f"fleet {fleet.name}: {ON_DEMAND} on-demand and {SPOT} spot machines in {len(ZONES)} zones behind a target"
            f" group; EC2 takes back {machine.id} ({machine.type} in {machine.zone})"
        )
        return Result(
            name="spot interruption",
            about=about,
            timeline=with_decisions(region),
            losses=lost,
            checks=judge(region, fleet, ON_DEMAND + SPOT, lost),
            since=lost[0].warned,
        )
