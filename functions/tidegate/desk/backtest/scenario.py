"""What is played: work over time, and the signals and the group that it meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import pi, sin
from pathlib import Path
from typing import Final

from tidegate.desk.backtest.series import PERCENT, held, read_column, refined, shaken, work
from tidegate.fleet.need import whole
from tidegate.policy.signal import KNOWN, Signal

CPU: Final = Signal(**KNOWN["cpu"])
MEMORY: Final = Signal(**KNOWN["memory"])
SIGNALS: Final = {"cpu": CPU, "memory": MEMORY}

TRACE_MACHINES: Final = 20
"""The size that the group of a trace is taken to have had all the time."""

TRACE_MINUTES: Final = 5
NOISE_PERCENT: Final = 3.0

HOUR: Final = 60
DAY: Final = 24 * HOUR

SPIKE_WORK: Final = 16.0
SPIKE_FROM: Final = 60
SPIKE_UNTIL: Final = 100


@dataclass(frozen=True, slots=True)
class Scenario:
    """Work of each minute by the name of its signal."""

    name: str
    story: str
    works: Mapping[str, Sequence[float | None]]
    """In machines' worth."""

    @property
    def signals(self) -> dict[str, Signal]:
        """What the size follows."""
        return {name: SIGNALS[name] for name in self.works}

    @property
    def targets(self) -> dict[str, float]:
        """The targets of its signals, in percent."""
        return {name: one.target for name, one in self.signals.items() if one.target is not None}

    @property
    def start(self) -> int:
        """The size that the first minute needs."""
        needs = ((one[0] or 0.0) * PERCENT / self.targets[name] for name, one in self.works.items())
        return whole(max(needs))


def generated(*, noise: float = NOISE_PERCENT) -> tuple[Scenario, ...]:
    """Return the scenarios that need no trace; each was to show one thing, and none was chosen by its outcome."""
    spike = [SPIKE_WORK if SPIKE_FROM <= minute < SPIKE_UNTIL else SPIKE_WORK / 4 for minute in range(6 * HOUR)]
    drift = [20 - 16 * abs(minute / (DAY / 2) - 1) for minute in range(DAY)]
    made = (
        Scenario("spike", "Four times the work for forty minutes.", {"cpu": spike}),
        Scenario("drift", "Work rises fivefold over twelve hours, and falls again.", {"cpu": drift}),
        Scenario(
            "disagreement",
            "Memory is low while the CPU is high, and the other way round.",
            {"cpu": _tides(8, 5), "memory": _tides(9, -5)},
        ),
        Scenario(
            "dead signal",
            "Memory falls silent for eight hours, and the CPU goes on.",
            {"cpu": _tides(10, 6), "memory": _tides(8, 5)},
        ),
    )
    *alive, dead = (_shaken(one, noise, 10 * number) for number, one in enumerate(made))
    return *alive, _silenced(dead, 400, 880)


def measured(folder: Path, *, noise: float = NOISE_PERCENT, jumps: bool = False) -> tuple[Scenario, ...]:
    """Return the scenarios of real traces in a folder; `jumps`: each five minutes are one step instead of a slope."""

    def read(file: str, column: str, seed: int) -> tuple[float, ...]:
        means = work(read_column(folder / file, column), machines=TRACE_MACHINES)
        minutes = (held if jumps else refined)(means, minutes=TRACE_MINUTES)
        return shaken(minutes, percent=noise, seed=seed)

    week = "cpu_memory_alibaba2018_8d.csv"
    return (
        Scenario("month", "A month of a real group's CPU.", {"cpu": read("asg_cpu_nab_first_half.csv", "value", 101)}),
        Scenario(
            "week",
            "A week of a cluster's CPU and memory.",
            {"cpu": read(week, "cpu_util_percent", 102), "memory": read(week, "mem_util_percent", 103)},
        ),
    )


def _tides(middle: float, height: float) -> list[float]:
    """Return a day with two tides."""
    return [middle + height * sin(2 * pi * minute / (DAY / 2)) for minute in range(DAY)]


def _shaken(scenario: Scenario, noise: float, seed: int) -> Scenario:
    works = {
        name: shaken([one or 0.0 for one in values], percent=noise, seed=seed + number)
        for number, (name, values) in enumerate(scenario.works.items())
    }
    return replace(scenario, works=works)


def _silenced(scenario: Scenario, first: int, last: int) -> Scenario:
    memory = tuple(None if first <= minute < last else one for minute, one in enumerate(scenario.works["memory"]))
    return replace(scenario, works={**scenario.works, "memory": memory})
