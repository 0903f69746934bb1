"""Makes a wave like the ones that real spot fleets had, for those who bring no trace of their own.

The numbers follow a published trace of a g4dn Auto Scaling group over some eleven hours (uclasystem/bamboo, MIT): 74
losses at 48 instants, a quarter of them three or more at once, on a fleet of some 23 machines. They are numbers only:
the instants, their order and the additions come from the seed.
"""

from random import Random
from typing import Final

from tidegate.desk.drills.trace import Change, Wave

AT_ONCE: Final = (1,) * 31 + (2,) * 12 + (3,) * 2 + (4,) * 2 + (5,)
"""How many machines are lost at each instant."""

FLEET: Final = 23
FIRST_MINUTE: Final = 10
LAST_MINUTE: Final = 646
NEW_AFTER_MINUTES: Final = (2, 15)
"""When the trace's own fleet got a machine again, at the earliest and at the latest."""


def generate_wave(seed: int) -> Wave:
    """Return a wave; the same seed gives the same one."""
    chance = Random(seed)  # noqa: S311 - a drill needs to be repeatable, not unpredictable
    minutes = sorted(chance.sample(range(FIRST_MINUTE + 1, LAST_MINUTE), len(AT_ONCE)))
    sizes = chance.sample(AT_ONCE, len(AT_ONCE))
    pending = [(FIRST_MINUTE, f"node{number}") for number in range(1, FLEET + 1)]
    alive, changes, last = list[str](), list[Change](), FLEET
    for minute, size in zip(minutes, sizes, strict=True):
        arriving = sorted(each for each in pending if each[0] < minute)
        pending = [each for each in pending if each[0] >= minute]
        changes += [Change(60.0 * at, "add", node) for at, node in arriving]
        alive += [node for _, node in arriving]
        for _ in range(min(size, len(alive))):
            changes.append(Change(60.0 * minute, "remove", alive.pop(chance.randrange(len(alive)))))
            last += 1
            pending.append((minute + chance.randint(*NEW_AFTER_MINUTES), f"node{last}"))
    return Wave(f"generated with seed {seed}", tuple(changes))
