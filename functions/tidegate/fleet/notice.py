"""A spot notice, and the plan that a batch of them asks for: plain data. The rules stand in `judge.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import gmtime, strftime
from typing import Final, Literal

from tidegate.fleet.group import Group, Machine
from tidegate.fleet.surplus import Surplus

LEAD_SECONDS: Final = 120
"""From a warning to the end of the machine.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""

How = Literal["terminate", "detach"]
Action = Literal["terminate", "stop", "hibernate", "none"]
LossKey = tuple[str, str]
"""(instance, day of the event in UTC): one machine is lost once a day. A drill's day bears its nonce."""

MOST_IDS: Final[Mapping[How, int]] = {"terminate": 100, "detach": 20}
"""Ids that one call takes, as the Auto Scaling API reference gives them."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event about one spot machine. `action` is `none` for a rebalance recommendation."""

    event_id: str
    instance: str
    action: Action
    time: float
    """When AWS sent it, in epoch seconds."""

    drill: str | None = None
    """Nonce of the drill that made it up; None for a real one."""

    @property
    def deadline(self) -> float:
        """Epoch seconds at which the machine ends; hibernation begins at once."""
        return self.time if self.action == "hibernate" else self.time + LEAD_SECONDS

    @property
    def key(self) -> LossKey:
        """Under which its loss is recorded; a drill must not hide a real loss of the same day."""
        day = strftime("%Y-%m-%d", gmtime(self.time))
        return self.instance, f"{day}~{self.drill}" if self.drill else day


@dataclass(frozen=True, slots=True)
class Observed:
    """The world as one look showed it."""

    membership: Mapping[str, str]
    """Group's name by instance; what is in no group is missing."""

    fleets: Mapping[str, Group]
    """The groups that bear the opt-in tag, by name."""

    drills: Mapping[str, str] = field(default_factory=dict[str, str])
    """Target of each live drill record, by nonce."""

    unseen: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a group or a drill could not be looked at, by the group's name or the nonce."""

    surpluses: Mapping[str, Surplus] = field(default_factory=dict[str, Surplus])
    """What groups were enlarged by for machines that still serve, by the group's name."""


@dataclass(frozen=True, slots=True)
class Release:
    """Desired end state: these machines are out of their group, and their replacements are under way or there."""

    group: str
    how: How
    instances: tuple[str, ...]
    deadline: float
    shrink: bool = False
    """Whether their replacements serve already, or start: the desired capacity falls with them."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.instances) <= MOST_IDS[self.how]:
            raise ValueError(f"{self.how} takes 1 to {MOST_IDS[self.how]} machines a call, not {len(self.instances)}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one notice asks for. `code` is the reason for machines (a metric's dimension), `reason` for people."""

    notice: Notice
    code: str
    reason: str
    group: Group | None = None
    machine: Machine | None = None
    release: How | None = None
    settled: bool = False
    """Whether the machine is on its way out of the group already."""

    until: float | None = None
    """Until when it serves on before it is released, in epoch seconds; None: it isn't kept."""

    shrink: bool = False
    """Whether its group was enlarged for it, and is to shrink with its release."""

    @property
    def recorded(self) -> bool:
        """Whether the journal is to know of it: every believable notice of a fleet's machine."""
        return self.group is not None and self.code != "ignored"


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """What a batch of notices asks for: a verdict each, and the releases that follow."""

    verdicts: tuple[Verdict, ...]
    releases: tuple[Release, ...]
    unjudged: Mapping[Notice, str] = field(default_factory=dict[Notice, str])
    """Notices that could not be judged, since a part of the look failed, and why."""

    @property
    def reason(self) -> str:
        """All reasons, for a person at 3 a.m."""
        return "; ".join(verdict.reason for verdict in self.verdicts) or "no notices"
