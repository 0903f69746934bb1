"""A group of machines on a virtual clock, with work to do, and the metrics that tell of it. It decides nothing.

What it takes for granted:

- Machines share the work evenly from the moment they are in service. They need `boot_seconds` to get there from the
  call that asks for them, and are paid for from that call on.
- A machine that is taken gets no more work at once, and is paid for until it has drained.
- A utilisation never shows more than 100 %: work beyond that is turned away and doesn't come back.
- A minute's datapoint is its mean, and can be read `delay_seconds` after the minute has ended.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tidegate.desk.backtest.series import PERCENT
from tidegate.fleet.history import Step
from tidegate.fleet.reading import Point, Reading

TICK: Final = 30
"""Seconds of one step of the clock."""

MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a group is like, beside its work."""

    start: int
    """Machines in service when the clock starts."""

    min_size: int = 1
    max_size: int = 1000
    boot_seconds: int = 120
    """From the call to InService: half a minute until a machine answers, then its server's start and health checks."""

    drain_seconds: int = 60
    """A target group's deregistration delay; its default is 300.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html"""

    delay_seconds: int = 60
    """A datapoint of one minute can be read about two minutes after that minute began.
    https://docs.datadoghq.com/integrations/guide/cloud-metric-delay/"""


@dataclass(slots=True)
class World:
    """One group and its metrics; `works` holds the work of each minute by the name of its signal."""

    setting: Setting
    works: Mapping[str, Sequence[float | None]]
    now: int = 0
    """Seconds since the start."""

    serving: int = 0
    desired: int = 0
    booting: deque[int] = field(default_factory=deque[int])
    """When each machine that was asked for will be in service, the first one first."""

    draining: deque[int] = field(default_factory=deque[int])
    """When each machine that was taken is gone, the first one first."""

    steps: list[Step] = field(default_factory=list[Step])
    """How many were in service since when."""

    paid_seconds: int = 0
    _values: dict[str, list[float | None]] = field(default_factory=dict[str, list[float | None]])
    _busy: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        self.serving = self.desired = self.setting.start
        self.steps = [Step(0, self.serving)]
        self._values = {name: [] for name in self.works}
        self._busy = dict.fromkeys(self.works, 0.0)

    @property
    def minutes(self) -> int:
        """How long there is work."""
        return min(len(work) for work in self.works.values())

    @property
    def over(self) -> bool:
        """Whether there is no more work."""
        return self.now >= self.minutes * MINUTE

    def load(self, signal: str) -> float | None:
        """Return the work of this moment for each machine in service: more than 1 doesn't fit; None: unknown."""
        done = self.works[signal][self.now // MINUTE]
        return None if done is None else done / self.serving if self.serving else float("inf")

    def tick(self) -> None:
        """Let the machines work until the next step of the clock, then let come and go what is due."""
        for name in self.works:
            self._busy[name] += min(self.load(name) or 0.0, 1.0) * TICK
        self.paid_seconds += TICK * (self.serving + len(self.booting) + len(self.draining))
        self.now += TICK
        if self.now % MINUTE == 0:
            self._measure(self.now // MINUTE - 1)
        while self.draining and self.draining[0] <= self.now:
            self.draining.popleft()
        while self.booting and self.booting[0] <= self.now:
            self.booting.popleft()
            self._serve(self.serving + 1)

    def resize(self, desired: int) -> None:
        """Ask for another size; those that still boot go first.

        Raises:
            ValueError: a size outside of what the group may have, which Auto Scaling refuses.
        """
        if not self.setting.min_size <= desired <= self.setting.max_size:
            raise ValueError(f"{desired} is outside of {self.setting.min_size} to {self.setting.max_size}")
        self.desired = desired
        while self.booting and self.serving + len(self.booting) > desired:
            self.booting.pop()
        self.booting.extend([self.now + self.setting.boot_seconds] * (desired - self.serving - len(self.booting)))
        if self.serving > desired:
            self.draining.extend([self.now + self.setting.drain_seconds] * (self.serving - desired))
            self._serve(desired)

    @property
    def readable(self) -> int:
        """How many minutes have datapoints that can be read by now."""
        return max(0, (self.now - self.setting.delay_seconds) // MINUTE)

    @property
    def news(self) -> bool:
        """Whether a minute's datapoint can be read from this very moment on."""
        return self.readable > 0 and (self.now - self.setting.delay_seconds) % MINUTE < TICK

    def values(self, signal: str, minutes: int) -> list[float | None]:
        """Return the last datapoints that can be read, in percent, newest last; None: nothing was measured."""
        return self._values[signal][max(0, self.readable - minutes) : self.readable]

    def reading(self, signal: str, since: float) -> Reading:
        """Return what can be read of a signal from `since` on."""
        first, last = max(0, -int(-since // MINUTE)), self.readable
        values = enumerate(self._values[signal][first:last], start=first)
        return Reading(tuple(Point(minute * MINUTE, one) for minute, one in values if one is not None), MINUTE)

    def _measure(self, minute: int) -> None:
        for name, work in self.works.items():
            self._values[name].append(None if work[minute] is None else PERCENT * self._busy[name] / MINUTE)
            self._busy[name] = 0.0

    def _serve(self, machines: int) -> None:
        self.serving = machines
        if self.steps[-1].since == self.now:
            self.steps.pop()
        self.steps.append(Step(self.now, machines))
