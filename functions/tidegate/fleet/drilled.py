"""The records of drills in the journal: the one that is under way, and those that let an event act."""

from collections.abc import Sequence
from contextlib import suppress

from tidegate.fleet.drill import Check, Live, Refused
from tidegate.fleet.drill_alarm import alarm_report, wake_event
from tidegate.fleet.incident import Incident, from_item
from tidegate.journal import layout
from tidegate.journal.table import Canceled, Journal


class Drills:
    """The drills of one stage: one at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def live(self) -> Live | None:
        """Return the drill that was begun last; None if there was none yet."""
        item = self._journal.get(layout.LIVE_DRILL)
        if item is None:
            return None
        group, nonce, instance = str(item["group"]), str(item["nonce"]), str(item["instance"])
        started, alarm = float(item["started"]), str(item.get("alarm", ""))
        report = self._journal.get(layout.drill_report(layout.fleet(group), started, nonce, instance or alarm))
        return Live(
            nonce,
            group,
            instance,
            started,
            float(item["until"]),
            version=int(item["version"]),
            over=report is not None,
            alarm=alarm,
            before=str(item.get("before", "")),
        )

    def open_incidents(self, fleet: str) -> tuple[Incident, ...]:
        """Return the incidents of a fleet that are open."""
        first = layout.OPEN_INCIDENTS
        return tuple(from_item(item) for item in self._journal.between(layout.fleet(fleet), first, f"{first}~~"))

    def begin(self, drill: Live, *, after: int) -> None:
        """Write the record that lets the drill's event act, and that it is under way.

        Raises `Refused` in a race, and for a nonce that was used before.
        """
        record = {"target": layout.fleet(drill.group), "expires": drill.expires}
        live = {
            "nonce": drill.nonce,
            "group": drill.group,
            "instance": drill.instance,
            "started": drill.started,
            "until": drill.expires,
            "alarm": drill.alarm,
            "before": drill.before,
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
        items = self._journal.between(layout.fleet(drill.group), first, last)
        return next((float(one["at"]) for one in items if one["event"] == wake_event(drill.nonce)), None)

    def report(self, drill: Live, checks: Sequence[Check], *, at: float) -> None:
        """Write what an alarm's drill proved, once: it is over."""
        key = layout.drill_report(layout.fleet(drill.group), drill.started, drill.nonce, drill.alarm)
        with suppress(Canceled):
            self._journal.write([self._journal.put(key, alarm_report(drill, checks), at=at, new=True)])
