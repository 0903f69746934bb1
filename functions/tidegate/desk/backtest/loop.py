"""Tidegate around the world's group: what wakes it, what it remembers, and the plan that runs in Lambda."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from tidegate.desk.backtest.change import Change
from tidegate.desk.backtest.world import MINUTE, World
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.others import Others
from tidegate.fleet.plan import Plan, plan
from tidegate.fleet.reading import FRESH_SECONDS
from tidegate.fleet.sweep import EVERY_MINUTES, deviation
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile

SWEEP_AT: Final = 30
"""At which second of a minute the sweep comes; a datapoint has then been there for half a minute."""

ACT: Final = Mode(act=True, stopped=False)


@dataclass(slots=True)
class Tidegate:
    """Tidegate tending one fleet."""

    profile: Profile
    memory: Memory = field(default_factory=Memory)
    alarmed: frozenset[str] = frozenset()
    """Signals whose alarm is in ALARM."""

    looks: int = 0

    def tend(self, world: World) -> Change | None:
        """Look when an alarm goes off, and whenever the sweep would wake the fleet."""
        rang = self._rang(world)
        if not (rang or self._swept(world)):
            return None
        self.looks += 1
        planned = self._planned(world)
        self.memory = planned.memory
        if planned.resize is None or planned.shape.sizing is None:
            return None
        before, after = planned.resize.before, planned.resize.desired
        self.memory = planned.remembered(world.now)
        world.resize(after)
        return Change(world.now, before, after, planned.shape.sizing.reason)

    def _rang(self, world: World) -> bool:
        """Follow the alarms by their newest datapoint; return whether one has just gone to ALARM: only that is told.

        Without a datapoint an alarm leaves ALARM for INSUFFICIENT_DATA.
        """
        if not world.news:
            return False
        targets = ((name, one.target) for name, one in self.profile.signal.items() if one.target is not None)
        high = frozenset(name for name, target in targets if (world.values(name, 1)[-1] or 0.0) > target)
        rang, self.alarmed = bool(high - self.alarmed), high
        return rang

    def _swept(self, world: World) -> bool:
        """Return whether the sweep comes now and finds a reason, as `fleet/sweep.py` does."""
        minute, second = divmod(world.now, MINUTE)
        if second != SWEEP_AT:
            return False
        if self.alarmed or self.memory.watched or minute % EVERY_MINUTES == 0:
            return True
        return deviation(_group(world)) is not None

    def _planned(self, world: World) -> Plan:
        """Look and plan, and once more with a closer look before the size is changed, as `fleet/reconcile.py` does."""
        group, since = _group(world), world.now - self.profile.size.scale_in_after_seconds - FRESH_SECONDS
        look = Look(group.name, group, readings={name: world.reading(name, since) for name in self.profile.signal})
        profiles = {group.profile: self.profile}
        planned = plan(look, profiles, ACT, self.memory, world.now)
        if not planned.asks:
            return planned
        return plan(replace(look, others=Others()), profiles, ACT, self.memory, world.now)


def _group(world: World) -> Group:
    states = (("InService", world.serving), ("Pending", len(world.booting)), ("Terminating", len(world.draining)))
    return _built(states, world.desired, world.setting.min_size, world.setting.max_size)


@lru_cache(maxsize=4096)
def _built(states: tuple[tuple[str, int], ...], desired: int, least: int, most: int) -> Group:
    each = [state for state, number in states for _ in range(number)]
    machines = {f"i-{number}": Machine(f"i-{number}", "m7i.large", "a", state) for number, state in enumerate(each)}
    return Group("fleet", "default", machines, desired=desired, min_size=least, max_size=most)
