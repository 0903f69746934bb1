"""How what a fleet remembers stands in the journal's table, and how it is read back."""

from collections.abc import Mapping
from typing import Final

from tidegate.fleet.base import Base
from tidegate.fleet.history import Foreign, History, Step
from tidegate.fleet.look import Memory
from tidegate.fleet.risk import Risk
from tidegate.fleet.surplus import SURPLUS, read_surplus, written
from tidegate.journal import layout
from tidegate.journal.items import Item, Value

_COUNTS: Final = ("base_whole", "base_short", "base_trouble", "base_changed", "base_lowered", "base_failures")


def memory_values(memory: Memory, *, fleet: str) -> dict[str, Value]:
    """Return the values of a memory; `fleet` is its target, by which the index finds it while it is watched."""
    history, foreign = memory.history, memory.history.foreign
    values: dict[str, Value | None] = {
        "code": memory.code,
        "claimed": " ".join(memory.claimed),
        "served": " ".join(f"{one.since:.0f}:{one.units}" for one in history.steps),
        "desired": history.desired,
        "meant": history.meant,
        "foreign": f"{foreign.at:.0f}:{foreign.before}:{foreign.after}" if foreign else None,
        "looked": history.looked,
        "raised": history.raised,
        SURPLUS: written(memory.surplus),
        **base_values(memory.base),
        layout.OPEN: fleet if memory.watched else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def read_memory(item: Item) -> Memory:
    """Read a memory as the journal keeps it; what an older version didn't write is as if it were forgotten."""
    steps = (one.partition(":") for one in str(item.get("served", "")).split())
    return Memory(
        code=str(item["code"]),
        claimed=tuple(str(item.get("claimed", "")).split()),
        history=History(
            steps=tuple(Step(float(since), int(units)) for since, _, units in steps),
            desired=_whole(item, "desired"),
            meant=_whole(item, "meant"),
            foreign=_foreign(str(item.get("foreign", ""))),
            looked=float(item.get("looked", 0)),
            raised=float(item.get("raised", 0)),
        ),
        base=read_base(item),
        surplus=read_surplus(str(item.get(SURPLUS, ""))),
        watched=layout.OPEN in item,
    )


def base_values(base: Base) -> dict[str, Value]:
    """Return the values of what is known of an on-demand base; nothing of one that was never seen."""
    if base.owner is None:
        return {}
    pools = " ".join(f"{pool}={count:.3f}" for pool, count in base.risk.pools.items())
    values: dict[str, Value | None] = {
        "owner_base": base.owner,
        "base": base.ours,
        "meant_base": base.meant,
        **{name: getattr(base, name.removeprefix("base_")) or None for name in _COUNTS},
        "risk": f"{base.risk.at:.0f} {pools}" if pools else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def read_base(item: Mapping[str, object]) -> Base:
    """Read what is known of an on-demand base."""
    times = {name.removeprefix("base_"): float(str(item.get(name, 0))) for name in _COUNTS}
    at, *pools = str(item.get("risk", "0")).split()
    counts = (one.rpartition("=") for one in pools)
    return Base(
        owner=_whole(item, "owner_base"),
        ours=_whole(item, "base"),
        meant=_whole(item, "meant_base"),
        failures=int(times.pop("failures")),
        risk=Risk(float(at), {pool: float(count) for pool, _, count in counts}),
        **times,
    )


def _whole(item: Mapping[str, object], name: str) -> int | None:
    return int(str(item[name])) if name in item else None


def _foreign(text: str) -> Foreign | None:
    if not text:
        return None
    at, before, after = text.split(":")
    return Foreign(float(at), int(before), int(after))
