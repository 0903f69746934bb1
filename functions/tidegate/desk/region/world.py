"""What all amendments share: the virtual clock, the agenda of what happens later, the record of what happened.

Times are seconds since the Region began. Nothing here knows an AWS service, so the same amendments can run on another
clock (a real one, in a server).
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, Literal, Protocol

Actor = Literal["aws", "lambda", "tidegate", "application"]
"""Who did it: AWS by itself, Lambda around the function, Tidegate's handler, or an application that asks a model."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; `t` in seconds since the Region began, `data` for machines, `text` for people."""

    t: float
    actor: Actor
    kind: str
    text: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])


class Clock(Protocol):
    """Seconds since the Region began; moving it moves every clock the process can read."""

    def now(self) -> float:
        """Return the moment."""
        ...

    def move_to(self, t: float) -> None:
        """Move to a later moment."""
        ...


type Act = Callable[[], None]
type Item = tuple[float, int, Act]
"""When, in which order, what."""


class World:
    """The clock and two agendas: what AWS does by itself, and invocations, of which one runs at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._acts: list[Item] = []
        self._invocations: dict[int, list[Item]] = {}
        self._order = count()
        self._timeline: list[Entry] = []
        self.caller: Actor | None = None
        self.function: str | None = None
        """Name of the function that is running."""
        self.deadline = float("inf")
        """When the running function is stopped by its timeout."""
        self.instant = False
        """While a fleet is being built, machines boot and turn healthy at once."""

    def now(self) -> float:
        """Return the moment, seconds since the Region began."""
        return self._clock.now()

    def after(self, seconds: float, act: Act) -> None:
        """Let AWS do something later. It may happen while a handler waits for an answer, as in an account."""
        heappush(self._acts, (self.now() + seconds, next(self._order), act))

    def invoke_after(self, seconds: float, act: Act, *, rank: int = 0) -> None:
        """Plan an invocation. It waits until the running one is over; of those that wait, the lowest `rank` goes first.

        In an account functions run beside each other. Here the patient ones let the urgent ones go before.
        """
        heappush(self._invocations.setdefault(rank, []), (self.now() + seconds, next(self._order), act))

    def advance(self, seconds: float) -> None:
        """Let time pass inside a call: AWS goes on meanwhile, other invocations wait."""
        until = self.now() + seconds
        while self._acts and self._acts[0][0] <= until:
            self._do_next(self._acts)
        self._clock.move_to(until)

    def run(self, seconds: float) -> None:
        """Let time pass, with everything that is due in it, in order."""
        until = self.now() + seconds
        while (agenda := self._earliest()) and agenda[0][0] <= until:
            self._do_next(agenda)
        self._clock.move_to(max(until, self.now()))

    def record(self, actor: Actor, kind: str, text: str, **data: Any) -> None:
        """Add a line to the timeline, now."""
        self._timeline.append(Entry(self.now(), actor, kind, text, data))

    def place(self) -> int:
        """Where the next line of the timeline will stand, for a cause that is told after its effects."""
        return len(self._timeline)

    def record_at(self, place: int, entry: Entry) -> None:
        """Add a line before those that came since `place` was asked for."""
        self._timeline.insert(place, entry)

    @property
    def timeline(self) -> tuple[Entry, ...]:
        """Everything recorded, in order."""
        return tuple(self._timeline)

    @contextmanager
    def calling(self, caller: Actor, function: str | None = None) -> Generator[None]:
        """AWS calls made inside are this caller's, or its function's: they take time and stand in the timeline."""
        before = self.caller, self.function
        self.caller, self.function = caller, function
        try:
            yield
        finally:
            self.caller, self.function = before

    @contextmanager
    def at_once(self) -> Generator[None]:
        """Build something as if it had always stood there."""
        before, self.instant = self.instant, True
        try:
            yield
        finally:
            self.instant = before

    def _earliest(self) -> list[Item]:
        """Return the agenda whose first item is next: what AWS does by itself, then invocations by their rank."""
        ranked = [(-1, self._acts), *sorted(self._invocations.items())]
        agendas = [(max(agenda[0][0], self.now()), rank, agenda) for rank, agenda in ranked if agenda]
        return min(agendas, key=lambda one: one[:2])[2] if agendas else []

    def _do_next(self, agenda: list[Item]) -> None:
        due, _, act = heappop(agenda)
        # An invocation can be due while the clock stood inside another one: it happens now, never in the past.
        self._clock.move_to(max(due, self.now()))
        act()
