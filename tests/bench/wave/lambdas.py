"""Queues and Lambda's pollers in front of them, by the rules that AWS documents; what it doesn't is assumed the worse.

- Standard queue: five batches at once to begin with, up to 300 more each minute while messages wait, 1,000 at most.
  Here the 300 come at the end of each minute, all at once. A batch is whatever is visible when a poller is free, ten at
  most; there is no batching window. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
- A mapping may set how many batches are under way at most (ScalingConfig's MaximumConcurrency, 2 or more).
- FIFO queue: messages of one group in order, the next only once the one before is done; as many groups at once as
  there are, and here no more than a standard queue would have. A deduplication id counts for five minutes.
  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
- What a function reports as failed, and everything of one that timed out, is visible again when the visibility timeout
  that began with its receipt is over. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
- An invocation that finds no idle process starts one, cold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tests.bench.wave.clock import Clock, TimedOut
from tidegate.loop.mail import Message

FIRST_BATCHES: Final = 5
MORE_A_MINUTE: Final = 300
MOST_BATCHES: Final = 1000
RECEIVE_SECONDS: Final = 0.02
"""From a message's arrival to its function, an assumption: the pollers wait in long polls."""

COLD_SECONDS: Final = 0.65
"""Lambda's own init (139 ms, 99th percentile of Python on arm64) and our imports, as in the emulated Region."""

REMEMBERED_SECONDS: Final = 300.0


@dataclass
class Stored:
    """One message in a queue; times in seconds of the clock."""

    id: str
    body: str
    sent: float
    group: str = ""
    receives: int = 0
    visible_at: float = 0.0


@dataclass
class Queue:
    """A queue and what it promises: `group` locks are kept for a FIFO queue only."""

    fifo: bool = False
    messages: list[Stored] = field(default_factory=list[Stored])
    seen: dict[str, float] = field(default_factory=dict[str, float])
    """When each deduplication id came last."""

    def receive(self, now: float, most: int) -> list[Stored]:
        """Return messages that are visible; of a group only its first one, and none while that is under way."""
        found: list[Stored] = []
        groups: set[str] = set()
        for message in self.messages:
            blocked = self.fifo and message.group in groups
            groups.add(message.group)
            if not blocked and message.visible_at <= now:
                found.append(message)
            if len(found) == most:
                break
        return found


@dataclass
class Source:
    """A queue, its pollers and the function behind them. `handle` returns the ids that are to come again."""

    clock: Clock
    queue: Queue
    handle: Callable[[Sequence[Message]], set[str]]
    batch_size: int
    visibility: float
    timeout: float
    max_receives: int
    epoch: float
    """Epoch seconds of the clock's zero, which messages are stamped with."""

    most: int = MOST_BATCHES
    """How many batches may be under way, whatever waits: ScalingConfig's MaximumConcurrency."""

    dead: list[Stored] = field(default_factory=list[Stored])
    invocations: int = 0
    cold: int = 0
    timeouts: int = 0
    _running: int = 0
    _idle: int = 0
    _busy_since: float | None = None

    def put(self, message: Stored, *, deduplication: str = "") -> None:
        """Take a message, unless its deduplication id came within five minutes."""
        now = self.clock.now
        if deduplication:
            if now - self.queue.seen.get(deduplication, float("-inf")) < REMEMBERED_SECONDS:
                return
            self.queue.seen[deduplication] = now
        self.queue.messages.append(message)
        self._pump()

    def _allowed(self) -> int:
        """How many batches may be under way: more with each full minute in which messages waited."""
        since = self.clock.now if self._busy_since is None else self._busy_since
        return min(FIRST_BATCHES + MORE_A_MINUTE * int((self.clock.now - since) // 60), self.most)

    def _pump(self) -> None:
        while self._running < self._allowed():
            batch = self.queue.receive(self.clock.now, self.batch_size)
            if not batch:
                break
            for message in batch:
                message.visible_at = self.clock.now + self.visibility
                message.receives += 1
            if buried := [one for one in batch if one.receives > self.max_receives]:
                self.dead += buried
                self._remove(buried)
            elif self._busy_since is None:
                self._busy_since = self.clock.now
                self.clock.after(60.0, self._grow)
            self._begin([one for one in batch if one not in buried])
        if not self.queue.messages:
            self._busy_since = None

    def _grow(self) -> None:
        if self._busy_since is not None:
            self._pump()
            self.clock.after(60.0, self._grow)

    def _begin(self, batch: list[Stored]) -> None:
        if batch:
            self._running += 1
            self.invocations += 1
            self.clock.invoke(partial(self._invoke, batch))

    def _invoke(self, batch: list[Stored]) -> None:
        self.clock.sleep(RECEIVE_SECONDS)
        if self._idle:
            self._idle -= 1
        else:
            self.cold += 1
            self.clock.sleep(COLD_SECONDS)
        self.clock.invoke(partial(self._handle, batch), timeout=self.timeout)

    def _handle(self, batch: list[Stored]) -> None:
        messages = [Message(one.id, one.body, one.receives, self.epoch + one.sent) for one in batch]
        try:
            again = self.handle(messages)
            self._idle += 1
        except TimedOut:
            self.timeouts += 1
            again = {one.id for one in batch}
        except Exception:  # noqa: BLE001 - as Lambda: whatever a handler raises, its batch comes again
            again = {one.id for one in batch}
            self._idle += 1
        self._remove([one for one in batch if one.id not in again])
        for one in batch:
            if one.id in again:
                self.clock.after(max(0.0, one.visible_at - self.clock.now), self._pump)
        self._running -= 1
        self._pump()

    def _remove(self, batch: Sequence[Stored]) -> None:
        gone = {one.id for one in batch}
        self.queue.messages = [one for one in self.queue.messages if one.id not in gone]
