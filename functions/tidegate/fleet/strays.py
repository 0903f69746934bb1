"""Detached machines that outlived their time: spot should have ended them, and they belong to no group. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tidegate.fleet.ports import Groups

DETACHED_TAG: Final = "tidegate:detached"
"""A machine that Tidegate detached, and the time by which spot has ended it."""

PATIENCE_SECONDS: Final = 900
"""So long past its deadline a machine that was to be interrupted runs on by mistake."""

MOST_ENDED: Final = 100
"""Machines ended at one look; the rest at the next."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A machine that bears our tag. `gone_by` is the tag's own time in epoch seconds; None: nobody can read it."""

    id: str
    spot: bool
    gone_by: float | None


@dataclass(frozen=True, slots=True)
class End:
    """Desired end state: these machines are terminated."""

    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StraysPlan:
    """What is to be done about strays, and why; the others, with why not."""

    actions: tuple[End, ...]
    code: str
    reason: str
    rejected: tuple[str, ...] = ()


class Detached(Protocol):
    """The machines that bear the tag of a detachment."""

    def tagged(self) -> Sequence[Stray]:
        """Return those that still run or are stopped."""
        ...

    def end(self, instances: Sequence[str]) -> None:
        """Terminate machines; one that is gone already is no error."""
        ...


def observe_and_plan(detached: Detached, groups: Groups, now: float) -> StraysPlan:
    """Look at all tagged machines, and at whose they are."""
    strays = detached.tagged()
    return plan(strays, groups.membership({one.id for one in strays}) if strays else {}, now)


def plan(strays: Sequence[Stray], members: Collection[str], now: float) -> StraysPlan:
    """Decide which machines to end at `now` (epoch seconds): spot, in no group, and long past their time."""
    kept = {one.id: why for one in strays if (why := _kept(one, members, now))}
    over = tuple(one.id for one in strays if one.id not in kept)[:MOST_ENDED]
    rejected = tuple(f"{why}: {instance}" for instance, why in kept.items())
    if over:
        reason = f"{', '.join(over)} was detached, is in no group, and runs on long past its deadline: to be ended"
        return StraysPlan((End(over),), "end_strays", reason, rejected)
    return StraysPlan((), "no_strays", f"{len(strays)} detached machines, none of them overdue", rejected)


def _kept(stray: Stray, members: Collection[str], now: float) -> str | None:
    if not stray.spot:
        return "not_spot"
    if stray.id in members:
        return "in_a_group"
    if stray.gone_by is None:
        return "unreadable_tag"
    return None if now > stray.gone_by + PATIENCE_SECONDS else "not_overdue"
