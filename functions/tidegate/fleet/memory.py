"""How what a fleet remembers stands in the journal's table, and how it is read back."""

from collections.abc import Mapping

from tidegate.fleet.history import Foreign, History, Step
from tidegate.fleet.look import Memory
from tidegate.journal import layout
from tidegate.journal.items import Item, Value


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
        watched=layout.OPEN in item,
    )


def _whole(item: Mapping[str, object], name: str) -> int | None:
    return int(str(item[name])) if name in item else None


def _foreign(text: str) -> Foreign | None:
    if not text:
        return None
    at, before, after = text.split(":")
    return Foreign(float(at), int(before), int(after))
