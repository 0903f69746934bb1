"""How what a model remembers stands in the journal's table, and how it is read back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tidegate.journal import layout
from tidegate.journal.items import Item, Value
from tidegate.model.memory import Destinations, Memory
from tidegate.model.standing import Track


def memory_values(memory: Memory, *, target: str) -> dict[str, Value]:
    """Return the values of a memory; `target` is by what the index finds it while it is watched."""
    values: dict[str, Value] = {
        "code": memory.code,
        "tracks": json.dumps({name: asdict(one) for name, one in memory.tracks.items()}, sort_keys=True),
        "down": " ".join(memory.down),
        "epoch": memory.epoch,
        "outside": " ".join(memory.outside),
        "profiles": json.dumps({name: asdict(one) for name, one in memory.profiles.items()}, sort_keys=True),
    }
    return values | ({layout.OPEN: target} if memory.watched else {})


def read_memory(item: Item) -> Memory:
    """Read a memory as the journal keeps it; what an older version didn't write is as if it were forgotten."""
    profiles = _table(item, "profiles")
    return Memory(
        code=str(item.get("code", "")),
        tracks={name: Track(**one) for name, one in _table(item, "tracks").items()},
        down=tuple(str(item.get("down", "")).split()),
        epoch=int(item.get("epoch", 0)),
        outside=tuple(str(item.get("outside", "")).split()),
        profiles={
            name: Destinations(regions=tuple(one["regions"]), at=float(one["at"]), of=one["of"])
            for name, one in profiles.items()
        },
    )


def _table(item: Item, name: str) -> Mapping[str, Any]:
    return json.loads(str(item.get(name, "{}")))
