"""The main drill: one spot machine of a mixed fleet gets its notice."""

from typing import Any, Final

from tidegate.desk.drills.losses import NOTICE_SECONDS, losses
from tidegate.desk.drills.result import Result
from tidegate.desk.drills.verdict import judge
from tidegate.desk.region.place import ZONES
from tidegate.desk.region.region import Region

ON_DEMAND: Final = 2
SPOT: Final = 4
WATCHED_SECONDS: Final = NOTICE_SECONDS + 60.0
"""Past the deadline, until a machine that nobody released would have been noticed as well."""


def drill(**settings: Any) -> Result:
    """Interrupt one machine and watch. `settings`: those of `Region`."""
    with Region(**settings) as region:
        fleet = region.fleet("chat", on_demand=ON_DEMAND, spot=SPOT)
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
            timeline=region.timeline,
            losses=lost,
            checks=judge(region, fleet, ON_DEMAND + SPOT, lost),
        )
