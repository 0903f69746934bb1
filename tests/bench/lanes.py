"""Lambda's concurrency and batching in front of the two queues, on virtual time.

- A standard queue starts with five concurrent batches and grows by 300 a minute, to 1,000
  (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html); ten messages a batch, no window.
- A FIFO queue has one batch in flight for each message group; batch size 1
  (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
- A new lane starts cold. An AWS call takes 50 ms, an assumption: AWS publishes no latency.

What an invocation does takes effect when it starts, and is told as of its end: latencies are upper bounds.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Final

CALL_SECONDS: Final = 0.05
COLD_SECONDS: Final = 0.65
FIRST_LANES: Final = 5
LANES_A_SECOND: Final = 300 / 60
MOST_LANES: Final = 1000
BATCH: Final = 10

type Work = Callable[[float], int]
"""Does something at a moment; returns how many AWS calls that took."""


@dataclass
class Clock:
    """What happens when, in order."""

    now: float = 0.0
    _items: list[tuple[float, int, Callable[[], None]]] = field(
        default_factory=list[tuple[float, int, Callable[[], None]]]
    )
    _order: "count[int]" = field(default_factory=count)

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Plan something."""
        heappush(self._items, (moment, next(self._order), act))

    def run(self, until: float) -> None:
        """Let everything happen that is due by then."""
        while self._items and self._items[0][0] <= until:
            self.now, _, act = heappop(self._items)
            act()
        self.now = until


@dataclass
class Lanes:
    """Runs work beside each other: as many at once as `room` says at that moment."""

    clock: Clock
    room: Callable[[float], int]
    waiting: deque[Work] = field(default_factory=deque[Work])
    busy: int = 0
    warm: int = 0
    calls: int = 0

    def add(self, work: Work) -> None:
        """Let work wait for a lane."""
        self.waiting.append(work)
        self._start()

    def _start(self) -> None:
        while self.waiting and self.busy < self.room(self.clock.now):
            self.busy += 1
            cold = self.busy > self.warm
            self.warm = max(self.warm, self.busy)
            self._begin(self.waiting.popleft(), COLD_SECONDS if cold else 0.0)
        if self.waiting:
            self.clock.at(self.clock.now + 1, self._start)

    def _begin(self, work: Work, delay: float) -> None:
        def begin() -> None:
            calls = work(self.clock.now)
            self.calls += calls
            self.clock.at(self.clock.now + calls * CALL_SECONDS, self._end)

        self.clock.at(self.clock.now + delay, begin)

    def _end(self) -> None:
        self.busy -= 1
        self._start()


def growing(now: float) -> int:
    """Return how many batches of a standard queue run at once, seconds after the first message."""
    return min(MOST_LANES, FIRST_LANES + int(now * LANES_A_SECOND))
