"""The records of drills in the journal: the one that is under way, and those that let an event act."""

from tidegate.fleet.drill import Live, Refused
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
        started = float(item["started"])
        report = self._journal.get(layout.drill_report(layout.fleet(group), started, nonce, instance))
        return Live(
            nonce,
            group,
            instance,
            started,
            float(item["until"]),
            version=int(item["version"]),
            over=report is not None,
        )

    def open_incidents(self, fleet: str) -> tuple[Incident, ...]:
        """Return the incidents of a fleet that are open."""
        first = layout.OPEN_INCIDENTS
        return tuple(from_item(item) for item in self._journal.between(layout.fleet(fleet), first, f"{first}~~"))

    def begin(self, drill: Live, *, after: int) -> None:
        """Write the record that lets the drill's event act, and that it is under way.

        Raises `Refused` in a race, and for a nonce that was used before.
        """
        record = {"target": drill.group, "expires": drill.expires}
        live = {
            "nonce": drill.nonce,
            "group": drill.group,
            "instance": drill.instance,
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
