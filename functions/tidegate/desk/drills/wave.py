"""The wave: a fleet loses machines at the instants at which a real one did, several at once among them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from tidegate.desk.drills.losses import NOTICE_SECONDS, Loss, losses
from tidegate.desk.drills.result import Result
from tidegate.desk.drills.trace import Wave
from tidegate.desk.drills.verdict import Check, judge
from tidegate.desk.region.fleet import Fleet, Machine
from tidegate.desk.region.region import Region

WATCHED_SECONDS: Final = NOTICE_SECONDS + 170.0

type Instants = tuple[tuple[float, tuple[str, ...]], ...]


def drill(wave: Wave, *, step: Callable[[int, int], None], **settings: Any) -> Result:
    """Take machines away as the wave says, on virtual time: hours pass in seconds.

    `step` hears how many instants of how many are done; `settings` are those of `Region`.
    """
    instants, size = wave.instants(), wave.size()
    with Region(loop=True, **settings) as region:
        fleet = region.fleet("wave", on_demand=1, spot=size)
        warned: set[str] = set()
        for done, (t, nodes) in enumerate(instants):
            step(done, len(instants))
            region.run(t - region.world.now())
            for machine in oldest(fleet, warned)[: len(nodes)]:
                warned.add(machine.id)
                region.interrupt(machine)
        region.run(WATCHED_SECONDS)
        step(len(instants), len(instants))
        lost = losses(region.timeline, region.releases)
        return Result(
            name="wave",
            about=f"{wave.origin}: {describe(instants)}, on a fleet of 1 on-demand and {size} spot machines",
            timeline=region.timeline,
            losses=lost,
            checks=(all_happened(instants, lost), *judge(region, fleet, size + 1, lost)),
        )


def all_happened(instants: Instants, lost: Sequence[Loss]) -> Check:
    """Check that the fleet had a machine for every loss: a drill of fewer would prove less."""
    wanted = sum(len(nodes) for _, nodes in instants)
    return Check("every loss happened", len(lost) == wanted, f"{len(lost)} of {wanted}")


def oldest(fleet: Fleet, warned: set[str]) -> list[Machine]:
    """Return the spot machines in service that have no notice yet, in the order in which they were launched."""
    return [each for each in fleet.spot_machines() if each.id not in warned]


def describe(instants: Instants) -> str:
    """Say how large a wave is."""
    count, most = sum(len(nodes) for _, nodes in instants), max(len(nodes) for _, nodes in instants)
    hours = (instants[-1][0] - instants[0][0]) / 3600
    return f"{count} losses at {len(instants)} instants within {hours:.1f} h, up to {most} at once"
