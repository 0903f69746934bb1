"""What the journal is to know of a notice's machine, as far as it is known now. Plain data."""

from dataclasses import dataclass
from typing import Literal

from tidegate.fleet.notice import Action, How, Notice, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A machine that spot takes back (`loss`), or may soon (`risk`).

    `lost-track`: it may have been a fleet's, and was gone before that could be written down; group and pool are empty.
    """

    kind: Literal["loss", "risk", "lost-track"]
    instance: str
    day: str
    """The second part of its key: with kind and instance it counts once."""

    group: str = ""
    profile: str = ""
    pool: str = ""
    """`instance type/Availability Zone`; empty where the machine left before it was looked at."""

    noticed: float
    deadline: float
    """Both in epoch seconds."""

    decision: str
    """What was decided, and why: for a person."""

    event: str
    """Id of the event that told of it."""

    action: Action = "terminate"
    how: How | None = None
    """How it is to leave its group, if it is."""

    drill: str = ""
    """Nonce of the drill that made it up. A drill's loss is recorded, and never counted against its pool."""


def sighted(verdict: Verdict) -> Sighting:
    """Return what a verdict saw. Raises ValueError for one that is to leave no trace."""
    notice, group = verdict.notice, verdict.group
    if group is None:
        raise ValueError(f"a verdict without a fleet can't be recorded: {verdict.reason}")
    return Sighting(
        kind="risk" if notice.action == "none" else "loss",
        instance=notice.instance,
        day=notice.key[1],
        group=group.name,
        profile=group.profile,
        pool=verdict.machine.pool if verdict.machine else "",
        noticed=notice.time,
        deadline=notice.deadline,
        decision=verdict.reason,
        event=notice.event_id,
        action=notice.action,
        how=verdict.release,
        drill=notice.drill or "",
    )


def lost_track(notice: Notice) -> Sighting:
    """Return what may be said of a loss whose record failed until its machine was gone: that somebody has to look."""
    return Sighting(
        kind="lost-track",
        instance=notice.instance,
        day=notice.key[1],
        noticed=notice.time,
        deadline=notice.deadline,
        decision=f"{notice.instance} is in no group, and an earlier delivery of its notice failed: if a fleet's, "
        "its loss is missing from incidents and pool",
        event=notice.event_id,
        action=notice.action,
        drill=notice.drill or "",
    )
