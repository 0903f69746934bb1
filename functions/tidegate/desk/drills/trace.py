"""Reads the membership of a spot fleet over time: which machines were added and which were lost, and when.

The format: a CSV with a header and the columns `t_ms` (milliseconds since the trace began, never decreasing), `event`
(`add` or `remove`) and `node` (a machine's name). A `remove` is a loss; a machine that is removed without having been
added was there from the start. Other columns are left alone.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

COLUMNS: Final = ("t_ms", "event", "node")
LONGEST_MS: Final = 366 * 24 * 3600 * 1000
MOST_LOSSES: Final = 1_000
"""More would take minutes: what AWS is asked about grows with the fleet as well as with its losses."""

REPLACED_SECONDS: Final = 60.0
"""By then a lost machine's replacement is in service: notice to release takes seconds, booting 45 s."""


class UnreadableTrace(Exception):
    """What is wrong with the file, where, and what is expected: one line."""


@dataclass(frozen=True, slots=True)
class Change:
    """One machine added or lost, `t` seconds after the trace began."""

    t: float
    event: Literal["add", "remove"]
    node: str


@dataclass(frozen=True, slots=True)
class Wave:
    """A fleet's changes in order, and where they come from."""

    origin: str
    changes: tuple[Change, ...]

    def instants(self) -> tuple[tuple[float, tuple[str, ...]], ...]:
        """Return when machines are lost, and which at each such instant."""
        lost = (change for change in self.changes if change.event == "remove")
        return tuple((t, tuple(each.node for each in some)) for t, some in groupby(lost, key=lambda change: change.t))

    def size(self) -> int:
        """Return the size of a fleet in which every loss hits a machine that is in service.

        The emulated fleet keeps its size, so the additions of the trace (its own replacements) are not repeated. The
        fleet is as large as the trace's was at its largest, where a machine counts until its replacement has booted.
        """
        added = {change.node for change in self.changes if change.event == "add"}
        alive = len({change.node for change in self.changes if change.event == "remove"} - added)
        largest, recent = alive, list[float]()
        for change in self.changes:
            if change.event == "add":
                alive += 1
            else:
                alive -= 1
                recent = [t for t in recent if change.t - t < REPLACED_SECONDS] + [change.t]
            largest = max(largest, alive + len([t for t in recent if change.t - t < REPLACED_SECONDS]))
        return largest


def read_wave(path: Path) -> Wave:
    """Read and check a trace.

    Raises:
        UnreadableTrace: the file is missing, is no such CSV, or says something that can't have happened.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            changes = tuple(_checked(path.name, csv.DictReader(lines, strict=True, skipinitialspace=True)))
    except OSError as error:
        raise UnreadableTrace(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UnreadableTrace(f"{path.name}: not UTF-8 text; a CSV with the columns {', '.join(COLUMNS)}") from None
    except csv.Error as error:
        raise UnreadableTrace(f"{path.name}: not a CSV: {error}") from None
    losses = sum(change.event == "remove" for change in changes)
    if not 1 <= losses <= MOST_LOSSES:
        raise UnreadableTrace(f"{path.name}: {losses} remove rows; a wave has 1 to {MOST_LOSSES} losses")
    return Wave(path.name, changes)


def _checked(name: str, rows: "csv.DictReader[str]") -> Iterable[Change]:
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or [])]
    if missing:
        said = ",".join(rows.fieldnames or []) or "nothing"
        raise UnreadableTrace(f"{name}: line 1: the header must name {', '.join(COLUMNS)}; it says {said[:80]!r}")
    before, there, lost = 0, set[str](), set[str]()
    for row in rows:
        change = _read_row(f"{name}: line {rows.line_num}", row, before)
        where = f"{name}: line {rows.line_num}, column node"
        if change.event == "add" and change.node in there:
            raise UnreadableTrace(f"{where}: {change.node} was added before and never removed")
        if change.event == "remove" and change.node in lost:
            raise UnreadableTrace(f"{where}: {change.node} was removed before and not added again")
        (there if change.event == "add" else lost).add(change.node)
        (lost if change.event == "add" else there).discard(change.node)
        before = round(change.t * 1000)
        yield change


def _read_row(where: str, row: Mapping[str, str | None], before: int) -> Change:
    t_ms, event, node = (str(row.get(column) or "").strip() for column in COLUMNS)
    if not (t_ms.isascii() and t_ms.isdecimal()) or int(t_ms) > LONGEST_MS:
        raise UnreadableTrace(f"{where}, column t_ms: whole milliseconds from 0 to {LONGEST_MS}, not {t_ms[:40]!r}")
    if int(t_ms) < before:
        raise UnreadableTrace(f"{where}, column t_ms: {t_ms} comes after {before}; times never decrease")
    if event not in ("add", "remove"):
        raise UnreadableTrace(f"{where}, column event: add or remove, not {event[:40]!r}")
    if not node:
        raise UnreadableTrace(f"{where}, column node: a machine's name, not nothing")
    return Change(int(t_ms) / 1000, "add" if event == "add" else "remove", node)
