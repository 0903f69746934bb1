"""Plays a simulated fleet, with Tidegate around it or without, and says what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tidegate.desk.world.calls import Calls
from tidegate.desk.world.clock import BEGAN
from tidegate.desk.world.happened import Event
from tidegate.desk.world.market import Market
from tidegate.desk.world.metrics import Gauge, Metrics
from tidegate.desk.world.ports import Ports
from tidegate.desk.world.schedule import Rewrite, ScheduledAction
from tidegate.desk.world.shape import OPTIONS, Option, Shape
from tidegate.desk.world.standing import standing
from tidegate.desk.world.tending import ACT, Tidegate
from tidegate.desk.world.world import World
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

TICK: Final = 30
"""Seconds between two rows of a run."""


@dataclass(frozen=True, slots=True)
class Row:
    """How the fleet stood at a moment, in units of capacity; `t` in seconds since the world began."""

    t: float
    desired: int
    on_demand: int
    spot: int
    on_demand_target: int
    """What its policy asks for on-demand; the rest is to be spot."""

    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a run came to. Times in seconds, costs in USD."""

    seconds: float
    dip: float
    """Unit-seconds by which less was in service than needed."""

    worst: int
    """Most units that were missing at once."""

    longest: float
    """The longest time for which something was missing."""

    cost: Mapping[Option, float]
    all_on_demand: float
    """What the needed capacity would have cost on-demand."""

    launches: int
    failures: int
    losses: int
    """Machines of the group that EC2 took back."""

    replacements: int
    """Machines that Auto Scaling ended only because another one took their place."""

    looks: int = 0

    @property
    def saved(self) -> float:
        """The share of the cost of all on-demand that was saved; below 0: it cost more."""
        return 1 - sum(self.cost.values()) / self.all_on_demand if self.all_on_demand else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a fleet."""

    rows: Sequence[Row]
    events: Sequence[Event]
    decisions: Sequence[Decision]
    """Tidegate's, each with its code and its reason; their times are epoch seconds."""

    calls: Calls
    totals: Totals

    def decided(self) -> list[tuple[float, str, str]]:
        """Return the decisions as (seconds since the world began, code, reason)."""
        return [(one.at - BEGAN, one.code, one.reason) for one in self.decisions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is to be played, for how many seconds."""

    seconds: float
    shape: Shape = field(default_factory=Shape)
    market: Market = field(default_factory=Market)
    others: Iterable[ScheduledAction | Rewrite] = ()
    needed: int | None = None
    """Units that the work needs; None: always as many as are desired. A group that is enlarged while dying machines
    serve on lacks nothing by that."""

    gauges: Mapping[str, Gauge] = field(default_factory=dict[str, Gauge])
    """What the signals of the profile show, by their names; a signal without one shows nothing."""

    seed: int = 1
    """Decides all that is left to chance."""


def play(scenario: Scenario, profile: Profile | None, *, mode: Mode = ACT, tick: float = TICK) -> Run:
    """Play a scenario; `profile`: how Tidegate tends the fleet, None: it doesn't."""
    world = standing(scenario.shape, scenario.market, seed=scenario.seed, others=scenario.others)
    world.needed = scenario.needed
    calls = Calls()
    ports, metrics = Ports(world, calls), Metrics(world, scenario.gauges, calls)
    tidegate = Tidegate(world, profile, metrics, ports, mode) if profile else None
    rows = [_row(world)]
    while world.now < scenario.seconds:
        world.run(min(tick, scenario.seconds - world.now))
        rows.append(_row(world))
    return Run(
        rows=rows,
        events=world.events,
        decisions=tidegate.journal.decisions if tidegate else (),
        calls=calls,
        totals=_totals(world, tidegate.looks if tidegate else 0),
    )


def _row(world: World) -> Row:
    serving = {option: world.serving(option) for option in OPTIONS}
    base = world.distribution.base
    return Row(world.now, world.desired, serving["on-demand"], serving["spot"], world.on_demand_target, base)


def _totals(world: World, looks: int) -> Totals:
    meter, counts = world.meter, world.counts
    running = dict.fromkeys(OPTIONS, 0.0)
    for machine in world.running.values():
        running[machine.option] += machine.cost(world.now)
    return Totals(
        seconds=meter.seconds,
        dip=meter.dip,
        worst=meter.deepest,
        longest=meter.longest,
        cost={option: meter.cost[option] + running[option] for option in OPTIONS},
        all_on_demand=meter.all_on_demand,
        launches=counts.launches,
        failures=counts.failures,
        losses=counts.losses,
        replacements=counts.replacements,
        looks=looks,
    )
