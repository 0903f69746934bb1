"""Plays a scenario under a rule, and counts what that was worth."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tidegate.desk.backtest.change import Change, Scaler
from tidegate.desk.backtest.loop import Tidegate
from tidegate.desk.backtest.native import Native
from tidegate.desk.backtest.scenario import Scenario
from tidegate.desk.backtest.series import PERCENT
from tidegate.desk.backtest.world import MINUTE, TICK, Setting, World
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

_EXACT = 1e-9


@dataclass(slots=True)
class Outcome:
    """What came of a rule."""

    above_minutes: float = 0.0
    """How long any signal's true value was above its target."""

    turned_away: float = 0.0
    """Work that didn't fit, in machine-hours."""

    machine_hours: float = 0.0
    changes: list[Change] = field(default_factory=list[Change])
    sizes: list[int] = field(default_factory=list[int])
    """Machines in service at the beginning of each minute."""


def tidegate(scenario: Scenario, size: Size | None = None) -> Tidegate:
    """Return Tidegate with the defaults of a profile, or another rule of size."""
    return Tidegate(Profile(size=size or Size(), signal=scenario.signals))


def native(scenario: Scenario, size: Size | None = None) -> Native:
    """Return native target tracking with as much warm-up as Tidegate takes for granted."""
    return Native(scenario.targets, (size or Size()).warmup_seconds)


def play(scenario: Scenario, scaler: Scaler, setting: Callable[..., Setting] = Setting) -> Outcome:
    """Play a scenario from its beginning to its end."""
    world = World(setting(start=scenario.start), scenario.works)
    outcome = Outcome()
    shares = {name: target / PERCENT + _EXACT for name, target in scenario.targets.items()}
    while not world.over:
        if change := scaler.tend(world):
            outcome.changes.append(change)
        loads = {name: world.load(name) for name in shares}
        outcome.above_minutes += (
            any(one is not None and one > shares[name] for name, one in loads.items()) * TICK / MINUTE
        )
        excess = max(((one - 1) * world.serving for one in loads.values() if one is not None), default=0.0)
        outcome.turned_away += max(excess, 0.0) * TICK / 3600
        if world.now % MINUTE == 0:
            outcome.sizes.append(world.serving)
        world.tick()
    outcome.machine_hours = world.paid_seconds / 3600
    return outcome
