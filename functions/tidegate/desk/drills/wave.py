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

HOUR_MINUTES: Final = 60
SLICE_SECONDS: Final = 10.0
"""How much of the Region's time passes between two looks at how far the drill has come."""

type Instants = tuple[tuple[float, tuple[str, ...]], ...]


def drill(wave: Wave, *, step: Callable[[int, int], None], **settings: Any) -> Result:
    """Take machines away as the wave says, on virtual time: hours pass in seconds.

    `step` hears how many machines of how many were released; `settings` are those of `Region`.
    """
    instants, size = wave.instants(), wave.size()
    total = sum(len(nodes) for _, nodes in instants)
    with Region(loop=True, **settings) as region:
        fleet = region.fleet("wave", on_demand=1, spot=size)
        warned: set[str] = set()

        def run_until(t: float) -> None:
            while region.world.now() < t:
                region.run(min(SLICE_SECONDS, t - region.world.now()))
                step(len(region.releases), total)

        for t, nodes in instants:
            run_until(t)
            for machine in oldest(fleet, warned)[: len(nodes)]:
                warned.add(machine.id)
                region.interrupt(machine)
        run_until(region.world.now() + WATCHED_SECONDS)
        lost = losses(region.timeline, region.releases)
        return Result(
            name="wave",
            about=f"{wave.origin}: {describe(instants)}, on a fleet of 1 on-demand and {counted(size, 'spot machine')}",
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
    minutes = (instants[-1][0] - instants[0][0]) / 60
    span = f"{minutes / 60:.1f} h" if minutes >= HOUR_MINUTES else f"{minutes:.0f} min"
    losses = f"{counted(count, 'loss', 'losses')} at {counted(len(instants), 'instant')}"
    return losses + (f" within {span}" if minutes else "") + (f", up to {most} at once" if most > 1 else "")


def counted(number: int, one: str, many: str = "") -> str:
    """Say how many there are of something."""
    return f"{number} {one if number == 1 else many or one + 's'}"
