"""An incident: one machine that spot takes back, from its warning until its replacement is in service. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from tidegate.fleet.notice import Action, How, LossKey, Notice

SEEN: Final = 1
RELEASED: Final = 2
REPLACED: Final = 3
"""Stages in their order; a stage only rises."""

Outcome = Literal["replaced", "not_needed", "survived", "no_fleet"]
"""How an incident ended: its replacement came in service; the group wants no replacement; the machine is still in
service long after its deadline; the group is gone, or no fleet any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One loss as the journal knows it. Times are epoch seconds; None: it has not happened."""

    instance: str
    day: str
    group: str
    profile: str
    pool: str
    """`instance type/Availability Zone`."""

    event: str
    """Id of the event that told of it first."""

    action: Action
    noticed: float
    deadline: float
    seen: float
    decision: str
    """What was decided when it was seen first, and why."""

    drill: str = ""
    """Nonce of the drill that made it up; empty for a real one."""

    stage: int = SEEN
    how: How | None = None
    """How it left, or is to leave; None: not by Tidegate."""

    released: float | None = None
    replacing: str = ""
    """What its replacement was doing when somebody looked last."""

    replacement: str = ""
    """Instance id of what replaced it."""

    replaced: float | None = None
    outcome: Outcome | None = None
    """None while it is open."""

    @property
    def key(self) -> LossKey:
        """Under which its loss counts once."""
        return self.instance, self.day

    @property
    def order(self) -> tuple[float, str, str]:
        """By which incidents stand oldest first: those of a wave, all of one second, by their keys."""
        return self.noticed, *self.key

    @property
    def left(self) -> float:
        """When it stopped serving: at its release, or at its end."""
        return self.deadline if self.released is None else self.released

    @property
    def dip(self) -> float | None:
        """Capacity that was missing, in machine-seconds: from when it stopped serving until its replacement served."""
        return None if self.replaced is None else max(0.0, self.replaced - self.left)

    @property
    def notice(self) -> Notice:
        """The notice it came from."""
        return Notice(self.event, self.instance, self.action, self.noticed, self.drill or None)


_WORDS: Final = ("instance", "day", "group", "profile", "pool", "event", "action", "decision", "replacing", "drill")


def from_item(item: Mapping[str, Any]) -> Incident:
    """Read an incident as the journal keeps it. Raises KeyError for an item that is none."""
    times = {name: float(item[name]) for name in ("noticed", "deadline", "seen")}
    later = {name: float(item[name]) if name in item else None for name in ("released", "replaced")}
    words = {name: str(item.get(name, "")) for name in _WORDS}
    return Incident(
        **cast(Any, words | times | later),
        stage=int(item["stage"]),
        how=cast(How | None, item.get("how")),
        replacement=str(item.get("replacement", "")),
        outcome=cast(Outcome | None, item.get("outcome")),
    )


def to_values(incident: Incident) -> dict[str, str | float | None]:
    """Return the values under which the journal keeps an incident; None for what has not happened."""
    return {name: getattr(incident, name) or None for name in Incident.__dataclass_fields__}


def out(incident: Incident, how: How | None, at: float) -> Incident:
    """Return the incident as it is once its machine is out of its group; `how`: None if that isn't known."""
    return replace(incident, stage=RELEASED, released=at, how=how or incident.how)


def ended(incident: Incident, outcome: Outcome, replacement: str, replaced: float | None) -> Incident:
    """Return the incident as it is once it is over."""
    stage = REPLACED if outcome == "replaced" else incident.stage
    return replace(incident, outcome=outcome, replacement=replacement, replaced=replaced, stage=stage, replacing="")
