"""How much spot has taken of late: losses of a fleet by their pools, each counting half after a while. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

MOST_POOLS: Final = 32
"""Pools that are remembered, those with the most losses."""

_FORGOTTEN: Final = 0.01
"""A loss is forgotten once this is left of it: after some seven half-lives."""

TELLING_LOSSES: Final = 3
"""Fewer losses say nothing about a pool."""

FEW_POOLS: Final = 6
"""Two instance types in three zones: AWS advises ten types or more, in all zones.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-best-practices.html"""


@dataclass(frozen=True, slots=True)
class Risk:
    """Losses by pool (`instance type/Availability Zone`), as they counted at `at` (epoch seconds)."""

    at: float = 0.0
    pools: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def losses(self) -> float:
        """How many losses that are in all."""
        return sum(self.pools.values())


def later(risk: Risk, lost: Iterable[str], now: float, *, half_life: float) -> Risk:
    """Return the risk at `now` (epoch seconds), with one more loss in each of these pools; `half_life` in seconds."""
    left = 0.5 ** (max(0.0, now - risk.at) / half_life)
    pools = Counter({name: count * left for name, count in risk.pools.items()})
    pools.update(Counter(lost))
    return Risk(now, {name: count for name, count in pools.most_common(MOST_POOLS) if count > _FORGOTTEN})


def advice(risk: Risk, pools: int) -> tuple[str, ...]:
    """Return what an owner could do about a fleet's pools; `pools`: how many its policy and zones open to it.

    0: nobody knows, since its policy asks for what machines are like and names no types.
    """
    told: list[str] = []
    failing = [name for name, count in risk.pools.items() if count >= max(TELLING_LOSSES, risk.losses / 2)]
    told += [f"most losses of late are in {' and '.join(sorted(failing))}: take it out, or add others"] * bool(failing)
    if 0 < pools < FEW_POOLS and risk.losses >= 1:
        told.append(f"it may launch in {pools} pools only: more instance types, and all zones, lose less at a time")
    return tuple(told)
