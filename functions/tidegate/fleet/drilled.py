"""The records of drills in the journal: the one that is under way, and those that let an event act."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, cast

from tidegate.fleet.drill import Check, Live, Refused
from tidegate.fleet.drill_alarm import alarm_report, wake_event
from tidegate.fleet.incident import Incident, from_item
from tidegate.journal import layout
from tidegate.journal.table import Canceled, Journal

_TEXTS: Final = ("nonce", "group", "instance", "alarm", "before", "model", "route")
"""What the record of the drill under way says; one of an older release lacks the last of them."""


class Drills:
    """The drills of one stage: one at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def live(self) -> Live | None:
        """Return the drill that was begun last; None if there was none yet."""
        item = self._journal.get(layout.LIVE_DRILL)
        if item is None:
            return None
        said = {name: str(item.get(name, "")) for name in _TEXTS}
        times = {"started": float(item["started"]), "expires": float(item["until"])}
        found = Live(**cast(Any, said | times), version=int(item["version"]))
        report = self._journal.get(layout.drill_report(found.target, found.started, found.nonce, found.what))
        return replace(found, over=report is not None)

    def open_incidents(self, fleet: str) -> tuple[Incident, ...]:
        """Return the incidents of a fleet that are open."""
        first = layout.OPEN_INCIDENTS
        return tuple(from_item(item) for item in self._journal.between(layout.fleet(fleet), first, f"{first}~~"))

    def begin(self, drill: Live, *, after: int) -> None:
        """Write the record that lets the drill's event act, and that it is under way.

        Raises `Refused` in a race, and for a nonce that was used before.
        """
        record = {"target": drill.target, "expires": drill.expires}
        live = {
            **{name: getattr(drill, name) for name in _TEXTS},
            "started": drill.started,
            "until": drill.expires,
        }
        try:
            self._journal.write(
                [
                    self._journal.put(layout.drill_record(drill.nonce), record, at=drill.started, new=True),
                    self._journal.put_version(layout.LIVE_DRILL, live, at=drill.started, after=after),
                ]
            )
        except Canceled:
            raise Refused(
                f"another drill was begun at the same moment, or {drill.nonce} was one before; wait for the report, or "
                "take another nonce"
            ) from None

    def decided(self, drill: Live, *, now: float) -> float | None:
        """Return when a look that an alarm's drill asked for was journaled, in epoch seconds; None: not yet."""
        first, last = (f"{layout.DECISIONS}{layout.stamp(at)}" for at in (drill.started, now + 1))
        items = self._journal.between(drill.target, first, last)
        return next((float(one["at"]) for one in items if one["event"] == wake_event(drill.nonce)), None)

    def report(self, drill: Live, checks: Sequence[Check], *, at: float) -> None:
        """Write what a drill proved that ends with the sweep, once: it is over."""
        key = layout.drill_report(drill.target, drill.started, drill.nonce, drill.what)
        with suppress(Canceled):
            self._journal.write([self._journal.put(key, alarm_report(drill, checks), at=at, new=True)])
