"""Connects each function with what invokes it: a poller in front of its queue, or a schedule."""

from collections.abc import Iterable, Mapping
from typing import Final

from tidegate.desk.region import schedule
from tidegate.desk.region.app import Queue
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.function import Function
from tidegate.desk.region.poller import Poller
from tidegate.desk.region.provision import Inbox
from tidegate.desk.region.world import World


class Sources:
    """The pollers and schedules of some functions."""

    def __init__(self) -> None:
        self._pollers: Final[dict[str, Poller]] = {}

    def connect(
        self, world: World, functions: Iterable[Function], inboxes: Mapping[str, Inbox], clients: Clients
    ) -> None:
        """Let each function be invoked by its source from now on."""
        for function in functions:
            name, source = function.shape.name, function.shape.source
            if isinstance(source, Queue):
                self._pollers[name] = Poller(world, source, inboxes[name].url, function, clients)
            elif source:
                schedule.start(world, source, function)

    def ring(self, queue: str, seconds: float) -> None:
        """Tell the poller of a queue that a message can be received in so many seconds."""
        for each in self._pollers.values():
            if each.queue.name == queue:
                each.ring(seconds)

    def work_as(self, function: str, clients: Clients) -> None:
        """Let the poller of a function use the function's role."""
        if function in self._pollers:
            self._pollers[function].work_as(clients)
