"""What Tidegate did in a run and why, for people: decisions that changed something, numbered, in few words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.desk.world.clock import HOUR, MINUTE
from tidegate.desk.world.play import Run

CHANGES: Final = {
    "release_terminate": "released",
    "release_detach": "released",
    "keeping": "serving on",
    "fallback": "fallback",
    "mix_trimmed": "trimmed",
    "on_demand_short": "on-demand short",
    "return": "return",
    "return_failed": "return failed",
    "returned": "returned",
}
"""Codes of decisions that change a fleet, and what a person calls them."""

MARKS: Final = 30
"""So many marks have room side by side: what is nearer together shares one."""

_INSTANCE: Final = re.compile(r"\bi-[0-9a-f]+\b")
_UNTOLD: Final = "its profile leaves the size alone"
_ALWAYS: Final = re.compile(r"^\S+ has \d+ of \d+ \S+ in service$")


@dataclass(frozen=True, slots=True)
class Line:
    """One decision, `t` seconds after the world began."""

    t: float
    what: str
    reason: str

    @property
    def clock(self) -> str:
        """Hours and minutes since the world began."""
        return f"{self.t // HOUR:.0f}:{self.t % HOUR // MINUTE:02.0f}"

    def __str__(self) -> str:
        return f"{self.clock} {self.what}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Decisions that share a number."""

    number: int
    lines: tuple[Line, ...]

    @property
    def t(self) -> float:
        """Where it stands: at the first of its decisions."""
        return self.lines[0].t


def marks(run: Run) -> tuple[Mark, ...]:
    """Return what changed the fleet of a run, in order."""
    apart = run.totals.seconds / MARKS
    groups: list[list[Line]] = []
    for line in _lines(run):
        if groups and line.t - groups[-1][0].t < apart:
            groups[-1].append(line)
        else:
            groups.append([line])
    return tuple(Mark(number, tuple(some)) for number, some in enumerate(groups, start=1))


def _lines(run: Run) -> Iterator[Line]:
    """Yield each decision; a reason that was told before is referred to."""
    before: dict[tuple[str, str], Line] = {}
    for t, code, reason in run.decided():
        if code in CHANGES:
            line = Line(t, CHANGES[code], brief(reason))
            first = before.setdefault((line.what, line.reason), line)
            yield line if first is line else replace(line, reason=f"as at {first.clock}")


def brief(reason: str) -> str:
    """Return a reason without what is the same in each, and what it says of several machines only once."""
    counted = Counter(_clauses(reason))
    return "; ".join(f"{clause} ({times} times)" if times > 1 else clause for clause, times in counted.items())


def _clauses(reason: str) -> Sequence[str]:
    clauses = reason.split("; ")
    said = [one for one in clauses if one != _UNTOLD and not _ALWAYS.match(one)]
    # A machine with its pool is one of several of which the same is told.
    return [re.sub(r"i-… \(\S+\)", "i-…", _INSTANCE.sub("i-…", one)) for one in said or clauses]
