"""The plan of a large fleet, which is made at every look: no AWS, so that it is time of the function alone."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Final

from tests.bench.figure import Figure
from tests.fakes import ACT, NOW
from tests.fleet_fakes import REPLACEMENT, incident, launch
from tests.size_sights import CPU, MEMORY, QUEUE, fleet, reading
from tidegate.fleet.history import MOST_STEPS, History, Step
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.others import Others
from tidegate.fleet.plan import plan
from tidegate.policy.profile import Profile

MACHINES: Final = 1000
INCIDENTS: Final = 20
ROUNDS: Final = 50
PROFILES: Final = {"default": Profile(signal={"cpu": CPU, "memory": MEMORY, "queue": QUEUE})}


def measure() -> Iterator[Figure]:
    """Plan with open incidents, three signals of twenty minutes each, and as many steps as are ever remembered."""
    readings = {"cpu": reading(45), "memory": reading(50), "queue": reading(900)}
    incidents = tuple(incident(number, ago=200, released=190) for number in range(INCIDENTS))
    launches = tuple(launch(REPLACEMENT * 100 + number, ago=180) for number in range(INCIDENTS))
    chat = replace(fleet(MACHINES, bounds=(1, 2 * MACHINES)), desired=MACHINES)
    look = Look("chat", chat, incidents, launches, readings, others=Others())
    steps = tuple(Step(NOW - 20 * number, MACHINES - number % 2) for number in range(MOST_STEPS, 0, -1))
    memory = Memory(history=History(steps, desired=MACHINES, looked=NOW - 60))
    seconds = [_seconds(look, memory) for _ in range(ROUNDS)]
    yield Figure(f"plan of {MACHINES:,} machines", median(seconds) * 1000, "ms", bound=5)


def _seconds(look: Look, memory: Memory) -> float:
    began = perf_counter()
    plan(look, PROFILES, ACT, memory, NOW)
    return perf_counter() - began
