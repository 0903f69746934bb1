"""Tidegate around the simulated world: what wakes it there, and the very functions that run in Lambda.

Notices go the way of `reactions/spot_interruption`, wakes that of `loop/reconcile`, and the sweep comes every minute.
Looks and calls take no time. What reaches Lambda does so after the seconds below; nothing gets lost on the way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tidegate.desk.world.clock import BEGAN, MINUTE
from tidegate.desk.world.happened import Event
from tidegate.desk.world.journal import MemoryJournal
from tidegate.desk.world.metrics import DELAY_SECONDS, Metrics
from tidegate.desk.world.ports import Ports
from tidegate.desk.world.world import World
from tidegate.fleet import notice_path
from tidegate.fleet.notice import Notice
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import FleetWorld, Wake
from tidegate.fleet.sweep import EVENT, Calls, wanted
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile
from tidegate.reactions.spot_interruption.pattern import BATCH_SIZE, MAX_RECEIVES, VISIBILITY_TIMEOUT_SECONDS

EVENT_SECONDS: Final = 1.0
"""From an event to its reaction. From EventBridge to Lambda p99 took 0.4 s (measured in February 2023); a queue lies
between, and a function may start cold."""

WAKE_SECONDS: Final = 0.5
"""From a wake to the look that it asks for."""

SWEEP_SECOND: Final = 30
"""At which second of a minute the sweep comes."""

SWALLOWED_SECONDS: Final = 300
"""For so long the queue of wakes takes an id only once.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html"""

ACT: Final = Mode(act=True, stopped=False)


@dataclass(slots=True, eq=False)
class Tidegate:
    """Tidegate tending the one fleet of a world, from now on."""

    world: World
    profile: Profile
    metrics: Metrics
    ports: Ports
    mode: Mode = ACT
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    looks: int = 0
    _inbox: list[tuple[Notice, int]] = field(default_factory=list[tuple[Notice, int]])
    """Notices that wait for their reaction, and how often each was delivered before."""

    _woken: dict[str, float] = field(default_factory=dict[str, float])
    _alarms: frozenset[str] = frozenset()
    """Signals whose alarm is in ALARM."""

    def __post_init__(self) -> None:
        self.world.listeners.append(self._hear)
        self.world.clock.at(SWEEP_SECOND, self._sweep)
        if self.metrics.gauges:
            self.world.clock.at(MINUTE + DELAY_SECONDS, self._watch)

    def fleets(self, reasons: Mapping[str, tuple[str, str]]) -> None:
        """Ask for a look at each fleet: the queue of wakes."""
        for fleet, (event, _) in reasons.items():
            self._wake(fleet, event)

    @property
    def _now(self) -> float:
        """Epoch seconds."""
        return BEGAN + self.world.now

    @property
    def _profiles(self) -> Mapping[str, Profile]:
        return {self.world.shape.profile: self.profile}

    def _hear(self, event: Event) -> None:
        """Receive what EventBridge matches: notices of a machine, and launches that failed."""
        if event.kind in ("warning", "recommendation"):
            action = "terminate" if event.kind == "warning" else "none"
            notice = Notice(f"{event.kind}-{event.instance}", event.instance, action, BEGAN + event.t)
            self._deliver(notice, 0, EVENT_SECONDS)
        elif event.kind == "launch-failed":
            name = f"launch-failed-{len(self.world.attempts)}"
            self.world.clock.after(EVENT_SECONDS, lambda: self._wake(self.world.shape.name, name))

    def _deliver(self, notice: Notice, receives: int, seconds: float) -> None:
        def due() -> None:
            self._inbox.append((notice, receives))
            # After whatever else is due at this moment: what comes together is handled together.
            self._later(0, self._react)

        self._later(seconds, due)

    def _react(self) -> None:
        """Handle a batch of notices; what could not be done is delivered again."""
        batch, self._inbox = self._inbox[:BATCH_SIZE], self._inbox[BATCH_SIZE:]
        if not batch:
            return
        told = dict(batch)
        here = notice_path.World(self.ports, self.journal, self.journal, self, self._profiles, self.mode, lambda: None)
        repeated = [notice for notice, receives in batch if receives]
        tended = notice_path.tend(list(told), here, self._now, repeated)
        for one in tended.verdicts:
            if one.until is not None and one.notice not in tended.troubles:
                # A copy with a delay of its own, as the handler sends it.
                self._deliver(one.notice, 0, max(0.0, one.until - self._now))
        for notice, trouble in tended.troubles.items():
            in_time = not trouble.urgent or self._now + VISIBILITY_TIMEOUT_SECONDS < notice.deadline
            if in_time and told[notice] + 1 < MAX_RECEIVES:
                self._deliver(notice, told[notice] + 1, VISIBILITY_TIMEOUT_SECONDS)

    def _wake(self, fleet: str, event: str) -> None:
        sent = self.world.now
        if sent - self._woken.get(event, -SWALLOWED_SECONDS) < SWALLOWED_SECONDS:
            return
        self._woken[event] = sent
        self._later(WAKE_SECONDS, lambda: self._look(fleet, Wake(event, BEGAN + sent)))

    def _look(self, fleet: str, wake: Wake) -> None:
        self.looks += 1
        here = FleetWorld(self.ports, self.metrics, self.journal, self._profiles, self.mode, lambda: None)
        reconcile(fleet, wake, here, self._now)

    def _sweep(self) -> None:
        """Wake the fleet if it wants a look, as the sweep of all fleets does."""
        self._later(MINUTE, self._sweep)
        name, minute = self.world.shape.name, int(self._now // MINUTE)
        seen = self.ports.fleets([name])
        unfinished = {name: bool(self.journal.incidents)} if self._unfinished else {}
        alarms = {name: sorted(self._alarms)} if self._alarms else {}
        for fleet in wanted(seen, Calls(unfinished, alarms), [minute]):
            self._wake(fleet, f"{EVENT}{minute}")

    @property
    def _unfinished(self) -> bool:
        return bool(self.journal.incidents) or self.journal.memory.watched

    def _watch(self) -> None:
        """Follow the alarms by their newest datapoint; only the change to ALARM is told. Missing data ends it."""
        self._later(MINUTE, self._watch)
        high = frozenset(_above(self.profile, self.metrics))
        if rang := sorted(high - self._alarms):
            event = f"alarm-{rang[0]}-{self.world.now:.0f}"
            self._later(EVENT_SECONDS, lambda: self._wake(self.world.shape.name, event))
        self._alarms = high

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self.world.clock.after(seconds, act)


def _above(profile: Profile, metrics: Metrics) -> Sequence[str]:
    targets = ((name, one.target) for name, one in profile.signal.items() if one.target is not None)
    return [name for name, target in targets if (metrics.newest(name) or 0.0) > target]
