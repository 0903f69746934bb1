"""A scene of a reaction that does no more than wake, played in any order, under any crash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.integration.waking import End, Events, Poison, poison_of, record
from tidegate.desk.region.deployment import POLICY
from tidegate.desk.region.events import BUS_SECONDS
from tidegate.desk.region.region import Region

type Order = Callable[[Region, Events, Poison], None]
"""How events are sent, and a message that nobody can read with them."""


def at_once(region: Region, events: Events, poison: Poison) -> None:
    """Send all at the same moment."""
    for event in events:
        region.emit(event)
    region.world.after(BUS_SECONDS, lambda: poison(region))


def twice(region: Region, events: Events, poison: Poison) -> None:
    """Send each doubled."""
    for event in events:
        region.emit(event, copies=2)
    poison(region)


def again_later(region: Region, events: Events, poison: Poison) -> None:
    """Send each once more within the five minutes in which the queue of wakes swallows repetitions."""
    for event in events:
        region.emit(event)
        region.emit(event, delay=200)
    poison(region)


def backwards_one_by_one(region: Region, events: Events, poison: Poison) -> None:
    """Send the last one first, each in a batch of its own."""
    for number, event in enumerate(reversed(events)):
        region.emit(event, delay=number * 3)
    poison(region)


ORDERS: Final[dict[str, Order]] = {
    "every event twice at once": twice,
    "every event again minutes later": again_later,
    "backwards, one by one": backwards_one_by_one,
}


def scattered(random: Random) -> Order:
    """Return an order by chance: each event twice, at any moment of the first and of the next half minute."""

    def send(region: Region, events: Events, poison: Poison) -> None:
        for event in events:
            region.emit(event, delay=random.uniform(0, 5))
            region.emit(event, delay=random.uniform(5, 40))
        poison(region)

    return send


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


@dataclass(frozen=True)
class Scene:
    """Groups that are built, and the events that are sent about them."""

    function: str
    build: Callable[[Region], None]
    events: Callable[[], Events]
    end_of: Callable[[Region], End]
    policy: Mapping[str, Any] | None = None
    drilled: str = "fleet/chat"
    """Whose the drill `n1` is."""

    def play(
        self, *, prepare: Callable[[Region], None] = nothing, send: Order = at_once
    ) -> tuple[End, tuple[str, ...]]:
        """Return the end, and the AWS calls that the function made."""
        with Region(policy=self.policy or POLICY, seed=7) as region:
            self.build(region)
            record(region, "n1", self.drilled)
            prepare(region)
            send(region, self.events(), poison_of(self.function))
            return self.end_of(region), region.calls_of(self.function)
