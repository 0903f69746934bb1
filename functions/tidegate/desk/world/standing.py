"""A world that begins: a fleet that has stood there for a while, and what is going to happen to it."""

from collections.abc import Iterable

from tidegate.desk.world import interruption, schedule
from tidegate.desk.world.clock import DAY
from tidegate.desk.world.keeping import keep, shares
from tidegate.desk.world.launching import serve
from tidegate.desk.world.machine import Attempt
from tidegate.desk.world.market import Market
from tidegate.desk.world.placement import place
from tidegate.desk.world.schedule import Rewrite, ScheduledAction
from tidegate.desk.world.shape import Shape
from tidegate.desk.world.world import World


def standing(
    shape: Shape, market: Market | None = None, *, seed: int = 1, others: Iterable[ScheduledAction | Rewrite] = ()
) -> World:
    """Return a world whose fleet serves in full, as far as the market has it; what is short is being launched.

    What was launched before the world began counts neither as a launch nor as an event.
    """
    world = World(shape, market or Market(), seed)
    for option, share in shares(world).items():
        left = min(share, world.missing)
        while left > 0 and not isinstance(found := place(world, option), str):
            machine = world.add(*found, option)
            machine.launched = -DAY
            left -= machine.weight
            serve(world, machine, Attempt(started=world.now, option=option, instance=machine.id))
    world.counts.launches = 0
    world.events.clear()
    interruption.foresee(world)
    schedule.plan(world, others)
    world.clock.after(0, lambda: keep(world))
    return world
