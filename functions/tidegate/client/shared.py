"""What the clients of a process have in common: one store and one reporter for each stage that they follow.

So a client for each request, or for each thread, neither reads more nor reports more.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from tidegate.client.clock import Clock
from tidegate.client.happened import Refreshed
from tidegate.client.reporter import Reporter
from tidegate.client.store import Store
from tidegate.client.time_left import ends
from tidegate.policy.document import Document

MOST: Final = 32
"""Stages that are kept: whatever was used last. It bounds what a session for each request would pile up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The store and the reporter of a stage. `held` is what they were found by: it lives as long as they do."""

    store: Store
    reporter: Reporter
    held: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A store as one client reads it: its hook hears of what its own calls read, and its own deadline holds."""

    store: Store
    tell: Callable[[Refreshed], None]
    deadline_seconds: float
    ticks: Callable[[], float]

    def document(self, model: str) -> Document:
        """Return the routes of a model. Raises `NoRoute`."""
        now = self.ticks()
        return self.store.document(model, tell=self.tell, left=ends(self.deadline_seconds, now) - now)


_known: Final[OrderedDict[tuple[object, ...], Shared]] = OrderedDict()
_lock: Final = Lock()


def shared(stage: str, region: str | None, session: Any, clock: Clock, client: Callable[[str], Any]) -> Shared:
    """Return what is kept of a stage; `client` makes the client of a service with these credentials, there.

    A session is known by itself: reading its credentials, to compare them, may take calls.
    """
    key = (stage, region, id(session), id(clock))
    with _lock:
        found = _known.get(key)
        if found is None:
            found = _known[key] = _made(stage, clock, client, held=(session, clock))
        _known.move_to_end(key)
        if len(_known) > MOST:
            _known.popitem(last=False)
        return found


def _made(stage: str, clock: Clock, client: Callable[[str], Any], held: tuple[object, ...]) -> Shared:
    reporter = Reporter(stage, lambda: client("events"), ticks=clock.ticks, start=clock.beside)
    # What was counted since the last report would otherwise wait for the next failure.
    store = Store(stage, lambda: client("ssm"), tell=lambda _: reporter.flush(), ticks=clock.ticks, chance=clock.chance)
    return Shared(store=store, reporter=reporter, held=held)
