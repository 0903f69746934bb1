"""Reads spot availability as it was measured: CSV with `t_seconds` and a column for each zone, 1 = spot available.

    window,tick,t_seconds,us-east-1a,us-west-2b
    0,0,0,0,1
    0,1,195,1,1

Files of the same kind exist with the opposite meaning: there 1 says that spot was gone. Nothing in a file tells which
one it is, so whoever reads one has to know.
"""

from collections.abc import Collection, Iterable, Mapping
from csv import DictReader
from math import inf
from typing import Final

from tidegate.desk.world.market import Step, Supply

TIME: Final = "t_seconds"
WINDOW: Final = "window"
_OTHERS: Final = (TIME, WINDOW, "tick")
_ROOM: Final = {"0": 0.0, "1": inf}


def read_availability(lines: Iterable[str], *, window: str | None = None, zones: Collection[str] = ()) -> Supply:
    """Return what was measured as a supply of these zones, or of all: a zone holds any number of machines, or none.

    `window` picks the rows of one window, where a file has several, each with times of its own.

    Raises:
        ValueError: no such window or zone, a value other than 0 and 1, times that don't rise; with the line.
    """
    reader = DictReader(lines)
    names = reader.fieldnames or ()
    known = [name for name in names if name not in _OTHERS]
    if TIME not in names or not set(zones) <= set(known):
        raise ValueError(f"{TIME} and {', '.join(sorted(zones)) or 'a zone'} are needed; there are {', '.join(names)}")
    steps: dict[str, list[Step]] = {zone: [] for zone in known if not zones or zone in zones}
    last = -inf
    for row in reader:
        if window is not None and row.get(WINDOW) != window:
            continue
        t = _time(row, last, reader.line_num)
        last = t
        for zone, told in steps.items():
            room = _room(row, zone, reader.line_num)
            if not told or told[-1][1] != room:
                told.append((t, room))
    if last == -inf:
        raise ValueError("there are no rows" + (f" of window {window}" if window is not None else ""))
    return Supply({zone: tuple(told) for zone, told in steps.items()})


def _time(row: Mapping[str, str], last: float, line: int) -> float:
    t = float(row[TIME])
    if t <= last:
        raise ValueError(f"line {line}: {TIME} is {t:.0f} after {last:.0f}; a file of several windows needs one named")
    return t


def _room(row: Mapping[str, str], zone: str, line: int) -> float:
    if row[zone] not in _ROOM:
        raise ValueError(f"line {line}: {zone} is {row[zone]!r}: 1 (spot available) or 0 is needed")
    return _ROOM[row[zone]]
