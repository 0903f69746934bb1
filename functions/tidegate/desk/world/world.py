"""One fleet, the market that it buys on, and the clock: what there is.

What happens to it stands beside it: `launching`, `leaving`, `keeping` (of its size), `replacing` and `scale_in`,
`interruption`, `schedule`, and `operations`, which are calls.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tidegate.desk.world.clock import Clock
from tidegate.desk.world.happened import Backoff, Counts, Event, Kind
from tidegate.desk.world.machine import Attempt, Machine
from tidegate.desk.world.market import Market
from tidegate.desk.world.meter import Meter
from tidegate.desk.world.shape import OPTIONS, Offer, Option, Pool, Shape
from tidegate.fleet.distribution import Distribution


@dataclass(slots=True, eq=False)
class World:
    """The simulated world of one fleet. What is left to chance, `seed` decides."""

    shape: Shape
    market: Market = field(default_factory=Market)
    seed: int = 1
    members: dict[str, Machine] = field(default_factory=dict[str, Machine])
    """What Auto Scaling describes, dead or alive, the oldest first."""

    running: dict[str, Machine] = field(default_factory=dict[str, Machine])
    """What EC2 runs and bills, members or not."""

    attempts: list[Attempt] = field(default_factory=list[Attempt])
    events: list[Event] = field(default_factory=list[Event])
    listeners: list[Callable[[Event], None]] = field(default_factory=list[Callable[[Event], None]])
    """Who hears of what happens: in an account, EventBridge does."""

    counts: Counts = field(default_factory=Counts)
    backoff: dict[Option, Backoff] = field(default_factory=lambda: {option: Backoff() for option in OPTIONS})

    desired: int = field(init=False)
    min_size: int = field(init=False)
    max_size: int = field(init=False)
    distribution: Distribution = field(init=False)
    chance: Random = field(init=False)
    meter: Meter = field(init=False)
    clock: Clock = field(init=False)
    needed: int | None = None
    """Units that the work needs: what is in service is measured by them; None: by the desired capacity."""

    version: int = 0
    """Another one whenever a member, a size or the distribution may look otherwise than before."""

    _numbers: Iterator[int] = field(init=False)
    _serving: tuple[int, Mapping[Option, int]] = (-1, {})

    def __post_init__(self) -> None:
        shape, first = self.shape, self.shape.offers[0]
        self.desired, self.min_size, self.max_size = shape.desired, shape.min_size, shape.max_size
        self.distribution = shape.distribution
        self.chance = Random(self.seed)  # noqa: S311 - the same seed is to give the same story
        self.meter = Meter(first.on_demand / first.weight)
        self.clock = Clock(self._passed)
        self._numbers = count(1)

    @property
    def now(self) -> float:
        """Seconds since the world began."""
        return self.clock.now

    def run(self, seconds: float) -> None:
        """Let time pass, with everything that happens in it."""
        self.clock.run(seconds)

    def counted(self) -> list[Machine]:
        """Return the machines that count towards the desired capacity."""
        return [one for one in self.members.values() if one.counted]

    def ahead(self) -> list[Machine]:
        """Return those that are launched before another one goes."""
        return [one for one in self.members.values() if one.ahead_of is not None and one.state == "Pending"]

    def serving(self, *options: Option) -> int:
        """Return the units of capacity that do work, all or those of some purchase options."""
        if self._serving[0] != self.version:
            found = dict.fromkeys(OPTIONS, 0)
            for one in self.members.values():
                found[one.option] += one.weight if one.serving else 0
            self._serving = (self.version, found)
        return sum(self._serving[1][option] for option in options or OPTIONS)

    @property
    def missing(self) -> int:
        """Units that count less than are desired; below 0: more."""
        return self.desired - units(self.counted())

    @property
    def on_demand_target(self) -> int:
        """Units that are to be on-demand."""
        return self.distribution.on_demand(self.desired)

    def add(self, offer: Offer, zone: str, option: Option, *, ahead_of: str | None = None) -> Machine:
        """Let EC2 run another machine of the group."""
        self.counts.launches += 1
        instance = f"i-{next(self._numbers):017x}"
        pool = Pool(offer.type, zone)
        self.version += 1
        machine = Machine(id=instance, pool=pool, option=option, offer=offer, launched=self.now, ahead_of=ahead_of)
        self.members[instance] = self.running[instance] = machine
        return machine

    def end(self, machine: Machine, *, taken: bool = False) -> None:
        """Let EC2 end a machine, and bill it; `taken`: it takes it back."""
        if machine.alive:
            self.version += 1
            machine.alive = False
            del self.running[machine.id]
            self.meter.cost[machine.option] += machine.cost(self.now, taken=taken)

    def forget(self, machine: Machine) -> None:
        """Let the group forget a machine."""
        self.version += 1
        machine.state = "Gone"
        self.members.pop(machine.id, None)

    def record(self, kind: Kind, text: str, instance: str = "") -> None:
        """Write down what has just happened, and tell whoever listens."""
        self.version += 1
        event = Event(self.now, kind, text, instance)
        self.events.append(event)
        for listener in self.listeners:
            listener(event)

    def _passed(self, seconds: float) -> None:
        wanted = self.desired if self.needed is None else self.needed
        self.meter.passed(seconds, wanted=wanted, serving=self.serving())


def units(machines: Iterable[Machine]) -> int:
    """Return how many units of capacity some machines are."""
    return sum(one.weight for one in machines)


def on_demand_units(machines: Iterable[Machine]) -> int:
    """Return how many units of some machines are on-demand."""
    return units(one for one in machines if one.option == "on-demand")
