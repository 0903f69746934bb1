"""What clients told of the routes of models, in the journal: for an hour, and each event once."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, cast

from tidegate.journal import layout
from tidegate.journal.items import Value
from tidegate.journal.table import Journal
from tidegate.model.report import Report

KEPT_SECONDS: Final = 3600
"""A throttle says something about the next minutes. What it led to stands in a decision, which is kept for long."""

_FIELDS: Final = tuple(one.name for one in fields(Report))


class Reports:
    """The reports of one stage."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def heard(self, reports: Iterable[Report], at: float) -> None:
        """Write up to a hundred reports at `at` (epoch seconds), all or none.

        May be repeated: the same event has the same place.
        """
        keyed = {layout.report(layout.model(one.model), one.time, one.event_id): one for one in reports}
        if keyed:
            self._journal.write(self._journal.put(key, report_values(one, at), at=at) for key, one in keyed.items())

    def since(self, model: str, since: float) -> tuple[Report, ...]:
        """Return what was told of a model by events of `since` (epoch seconds) or later, oldest first."""
        first = f"{layout.REPORTS}{layout.stamp(since)}"
        return tuple(map(read_report, self._journal.between(layout.model(model), first, f"{layout.REPORTS}~")))


def report_values(report: Report, at: float) -> dict[str, Value | None]:
    """Return the values under which the journal keeps a report that it hears at `at` (epoch seconds)."""
    said: dict[str, Value | None] = {name: getattr(report, name) for name in _FIELDS}
    return said | {"expires": int(at) + KEPT_SECONDS}


def read_report(item: Mapping[str, Any]) -> Report:
    """Read a report as the journal keeps it; what an older release did not write is as `Report` has it.

    Raises TypeError for an item that is none.
    """
    return Report(**cast(Any, {name: item[name] for name in _FIELDS if name in item}))
