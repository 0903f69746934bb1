"""What `tidegate status` says of what fleets are made of: their on-demand bases, whose they are, and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate.layout import below
from tidegate.desk.operate.times import Times, utc
from tidegate.fleet.base import Base, observed
from tidegate.fleet.group import Group
from tidegate.fleet.memory import read_base
from tidegate.fleet.risk import advice
from tidegate.journal import layout
from tidegate.journal.table import Journal

_ITEMS_A_CALL: Final = 100  # BatchGetItem


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a group is made of, by its policy and by what the journal knows."""

    base: int
    known: Base
    """With this base observed."""

    advice: tuple[str, ...]

    @property
    def owner(self) -> int:
        """The owner's base; it is the one that there is, unless on-demand stands in for spot."""
        return self.base if self.known.owner is None else self.known.owner


def read(journal: Journal, fleets: Mapping[str, Group]) -> Mapping[str, Mixed]:
    """Read what fleets with a mixed instances policy are made of: one call for every 100 fleets."""
    found: dict[str, Mixed] = {}
    mixed = sorted(name for name, group in fleets.items() if group.distribution)
    for some in batched(mixed, _ITEMS_A_CALL, strict=False):
        items = journal.several([(layout.fleet(name), layout.STATE) for name in some])
        for name in some:
            item = items.get((layout.fleet(name), layout.STATE))
            found[name] = mixture(fleets[name], read_base(item) if item else Base())
    return found


def mixture(group: Group, base: Base) -> Mixed:
    """Return what a group is made of, seen beside what is remembered of its base."""
    there = group.distribution.base if group.distribution else 0
    return Mixed(there, observed(base, there), advice(base.risk, group.pools))


def data(one: Mixed | None) -> dict[str, object]:
    """Return a mix for machines; None: it has none, or it could not be read."""
    if one is None:
        return {"base": None, "owner_base": None, "stands_in": False, "base_set": None, "advice": []}
    stands_in = one.known.standing_in
    return {
        "base": one.base,
        "owner_base": one.owner,
        "stands_in": stands_in,
        "base_set": utc(one.known.changed) if stands_in else None,
        "advice": list(one.advice),
    }


def short(one: Mixed | None) -> str:
    """Say in a word what a group's on-demand base is."""
    if one is None:
        return "-"
    return f"{one.base} (owner {one.owner})" if one.known.standing_in else str(one.base)


def told(mixes: Mapping[str, Mixed], times: Times) -> Iterator[RenderableType]:
    """Return, for people, where on-demand stands in for spot, and what could be done about losses."""
    for name, one in sorted(mixes.items()):
        if one.known.standing_in:
            since = f"set {times.ago(one.known.changed)}, at {times.at(one.known.changed)}"
            what = f" on-demand stands in for spot: base {one.base}, the owner's is {one.owner}; {since}"
            yield Text.assemble("  ", (name, "bold"), what)
        for sentence in one.advice:
            yield Text.assemble("  ", (name, "bold"), " advice:")
            yield below(sentence)
