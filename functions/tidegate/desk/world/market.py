"""What the market has for a fleet: how many machines pools would hold over time, quotas, waves of interruptions.

A pool that would hold fewer machines than run in it takes the others back, with a notice of two minutes. Nobody can buy
what would be taken back. EC2 tells nobody how much a pool holds, so this is what a backtest assumes or has measured.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from operator import itemgetter
from typing import Final

from tidegate.desk.world.shape import Option, Pool

EVERYWHERE: Final = "*"

type Step = tuple[float, float]
"""(second since the world began, machines that the pool holds from then on)."""


@dataclass(frozen=True, slots=True)
class Supply:
    """How many machines pools would hold, by a pool's name, a zone, or `EVERYWHERE`: the scarcest of them counts.

    What isn't named, and what is before its first step, holds any number.

    Raises:
        ValueError: steps that are not in the order of time.
    """

    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])

    def __post_init__(self) -> None:
        for key, steps in self.steps.items():
            if list(steps) != sorted(steps, key=itemgetter(0)):
                raise ValueError(f"the steps of {key} are not in the order of time")

    def room(self, pool: Pool, t: float) -> float:
        """Return how many machines of this fleet the pool would hold."""
        return min(_at(self.steps.get(key, ()), t) for key in (pool.name, pool.zone, EVERYWHERE))

    @property
    def changes(self) -> tuple[float, ...]:
        """The moments at which it changes, in order."""
        return tuple(sorted({t for steps in self.steps.values() for t, _ in steps}))


@dataclass(frozen=True, slots=True)
class Wave:
    """At one moment EC2 takes back a share (0 to 1) of the spot machines in a pool, a zone, or everywhere.

    Unlike a pool that dries up, it takes no more than these, and what is launched right after it stays.
    """

    t: float
    share: float
    where: str = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What can be bought how, and what is taken back when."""

    spot: Supply = field(default_factory=Supply)
    on_demand: Supply = field(default_factory=Supply)
    """What on-demand pools hold besides: a machine that runs is never taken back."""

    quotas: Mapping[Option, int] = field(default_factory=dict[Option, int])
    """Most machines of a purchase option that the account may run. EC2 counts vCPUs: here they are machines.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"""

    waves: tuple[Wave, ...] = ()
    ahead_seconds: float = 0
    """By how much a rebalance recommendation is ahead of the notice; 0: it comes with it.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html"""

    warned: float = 1.0
    """The share of interruptions that are announced, 0 to 1: notices are best effort.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""

    def room(self, option: Option, pool: Pool, t: float) -> float:
        """Return how many machines bought like this the pool would hold."""
        return (self.spot if option == "spot" else self.on_demand).room(pool, t)


def drought(start: float, end: float, where: str = EVERYWHERE, *, room: float = 0) -> Supply:
    """Return a supply that holds `room` machines from `start` to `end`, and any number before and after."""
    return Supply({where: ((start, room), (end, inf))})


def flapping(seconds: float, until: float, where: str = EVERYWHERE) -> Supply:
    """Return a supply that comes and goes every so many seconds, first gone after the first of them."""
    turns = range(1, int(until // seconds) + 1)
    return Supply({where: tuple((turn * seconds, 0 if turn % 2 else inf) for turn in turns)})


def together(supplies: Iterable[Supply]) -> Supply:
    """Return supplies of different pools and zones as one. Raises ValueError where two say something of the same."""
    steps: dict[str, tuple[Step, ...]] = {}
    for supply in supplies:
        if both := steps.keys() & supply.steps.keys():
            raise ValueError(f"two supplies say something of {', '.join(sorted(both))}")
        steps |= supply.steps
    return Supply(steps)


def _at(steps: tuple[Step, ...], t: float) -> float:
    place = bisect_right(steps, t, key=itemgetter(0))
    return steps[place - 1][1] if place else inf
