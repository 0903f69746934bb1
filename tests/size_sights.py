"""What sizing looks at, in a few lines: a fleet of machines, and signals that were at a value for a while."""

from collections.abc import Mapping
from dataclasses import replace

from tests.fakes import NOW, group
from tidegate.fleet.group import Group
from tidegate.fleet.history import History, Step
from tidegate.fleet.others import Others
from tidegate.fleet.reading import Point, Reading
from tidegate.fleet.size import Sight
from tidegate.policy.profile import Profile
from tidegate.policy.signal import KNOWN, Signal
from tidegate.policy.size import Size

CPU = Signal(**KNOWN["cpu"])
MEMORY = Signal(**KNOWN["memory"])
QUEUE = Signal(namespace="chat", metric="waiting", target=5, statistic="Sum", per="group")
GPU_MEMORY = Signal(alarm="gpu-memory-{group}")

MINUTES = 20


def reading(*values: float, ended: float = 0.0, period: int = 60) -> Reading:
    """Return datapoints of a minute, the last of which ended so many seconds before `NOW`; a lone one lasted long."""
    several = values * MINUTES if len(values) == 1 else values
    last = NOW - ended - period
    count = len(several)
    return Reading(tuple(Point(last - period * (count - 1 - n), one) for n, one in enumerate(several)), period)


def then(before: float, *newest: float, minutes: int = MINUTES) -> Reading:
    """Return datapoints that were at a value, and then at these."""
    return reading(*[before] * (minutes - len(newest)), *newest)


def fleet(
    machines: int = 10,
    *,
    desired: int | None = None,
    weight: int = 1,
    bounds: tuple[int, int] = (1, 100),
    suspended: frozenset[str] = frozenset(),
) -> Group:
    """Return a group whose machines are in service, and as many as it wants."""
    chat = group("chat", *range(machines))
    weighted = {one.id: replace(one, weight=weight) for one in chat.machines.values()}
    wanted = machines * weight if desired is None else desired
    return replace(chat, machines=weighted, desired=wanted, min_size=bounds[0], max_size=bounds[1], suspended=suspended)


def sight(
    readings: Mapping[str, Reading],
    *,
    of: Group | None = None,
    signals: Mapping[str, Signal] | None = None,
    size: Size | None = None,
    history: History | None = None,
    others: Others | None = None,
    busy: bool = False,
) -> Sight:
    """Return what sizing looks at; the machines have been in service for long unless a history says otherwise."""
    chat = of or fleet()
    named = signals or {name: {"cpu": CPU, "memory": MEMORY, "queue": QUEUE}[name] for name in readings}
    known = history or History((Step(NOW - 86400, chat.in_service),), desired=chat.desired)
    return Sight(chat, Profile(size=size or Size(), signal=named), readings, known, others, busy, NOW)
