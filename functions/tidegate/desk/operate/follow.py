"""Follows a drill's incident in the journal until it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from tidegate.desk.account import Ports
from tidegate.desk.operate.drill import Begun
from tidegate.desk.operate.times import length
from tidegate.desk.operate.told import progress
from tidegate.fleet.drill import DRILL_SECONDS, Check, proved
from tidegate.fleet.incident import Incident, from_item
from tidegate.fleet.notice import LEAD_SECONDS
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import read_decision
from tidegate.journal.table import Journal

EVERY_SECONDS: Final = 3
_GIVE_UP_SECONDS: Final = LEAD_SECONDS + 60
"""A warning that nobody has written down by then was dropped, or never arrived: past its deadline nothing is done."""

_MOST_TROUBLES: Final = 5
"""Looks that may fail one after another."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a drill went: its incident (None: never written), whether it is over, and what was decided meanwhile."""

    begun: Begun
    incident: Incident | None
    over: bool
    decisions: tuple[Decision, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """What it was to prove."""
        if self.incident is None:
            said = f"no incident of {self.begun.instance} was written"
            return (Check("warning arrived", False, f"{said}: look at the dead letters and the function's log"),)
        arrived = Check(
            "warning arrived", True, f"seen {self.incident.seen - self.begun.started:.1f} s after it was sent"
        )
        if self.over:
            return (arrived, *proved(self.incident))
        late = Check("incident over", False, f"not within {length(DRILL_SECONDS)}: {progress(self.incident)}")
        return (arrived, proved(self.incident)[0], late)

    @property
    def passed(self) -> bool:
        """PASS or FAIL."""
        return all(check.passed for check in self.checks)


def follow(journal: Journal, begun: Begun, ports: Ports, step: Callable[[str], None]) -> Course:
    """Look every few seconds until the incident is over, or too much time has passed; `step` hears how it goes.

    Raises the error of the journal's call once several looks have failed one after another.
    """
    start, troubles = ports.now(), 0
    incident: Incident | None = None
    while True:
        waited = ports.now() - start
        try:
            incident, over = _look(journal, begun)
            troubles = 0
            step(f"{waited:.0f} s: {progress(incident) if incident else 'the warning is under way'}")
        except (BotoCoreError, ClientError) as error:
            over, troubles = False, troubles + 1
            if troubles >= _MOST_TROUBLES:
                raise
            step(f"{waited:.0f} s: the journal can't be read ({type(error).__name__}); trying again")
        if over or waited >= (DRILL_SECONDS if incident or troubles else _GIVE_UP_SECONDS):
            return Course(begun, incident, over, _decisions(journal, begun, ports.now()))
        ports.pause(EVERY_SECONDS)


def _look(journal: Journal, begun: Begun) -> tuple[Incident | None, bool]:
    """Return the incident as it is now, and whether it is over; both are written in one transaction with its report."""
    expected = begun.incident
    target = layout.fleet(begun.fleet)
    for key, over in (
        (layout.open_incident(target, *expected.key), False),
        (layout.closed_incident(target, expected.instance, expected.noticed, begun.nonce), True),
    ):
        if (item := journal.get(key)) and item.get("drill") == begun.nonce:
            return from_item(item), over
    return None, False


def _decisions(journal: Journal, begun: Begun, now: float) -> tuple[Decision, ...]:
    first, last = (f"{layout.DECISIONS}{layout.stamp(at)}" for at in (begun.started, now + 1))
    return tuple(map(read_decision, journal.between(layout.fleet(begun.fleet), first, last)))
