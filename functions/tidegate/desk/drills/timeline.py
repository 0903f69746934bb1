"""A drill's report for people: what happened, second by second, and the verdict."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tidegate.desk.drills.losses import NOTICE_SECONDS, Loss
from tidegate.desk.drills.picture import drawn
from tidegate.desk.drills.result import Result
from tidegate.desk.drills.verdict import Check

LABELS: Final = {
    "event": ("WARNING", "bold yellow"),
    "invoke": ("invoked", "cyan"),
    "call": ("call", "dim"),
    "cold": ("cold start", "cyan"),
    "released": ("RELEASED", "bold green"),
    "draining": ("draining", ""),
    "launched": ("launched", "green"),
    "launch-failed": ("NO LAUNCH", "bold red"),
    "in-service": ("IN SERVICE", "bold green"),
    "alarm": ("ALARM", "bold yellow"),
    "drought": ("DRY", "bold yellow"),
    "recovery": ("NOT DRY", "bold green"),
    "at-mix": ("AT MIX", "bold green"),
    "at-size": ("AT SIZE", "bold green"),
    "drained": ("DRAINED", "bold"),
    "healthy": ("healthy", "green"),
    "hook": ("hook", "yellow"),
    "terminated": ("gone", "bold"),
    "detached": ("DETACHED", "bold"),
    "reclaimed": ("RECLAIMED", "red"),
    "noticed": ("noticed", "red"),
    "decided": ("DECIDED", "bold cyan"),
    "published": ("ROUTES", "bold green"),
    "failed": ("FAILED", "bold red"),
    "died": ("DIED", "bold red"),
    "kept": ("kept", "yellow"),
    "dropped": ("DROPPED", "bold red"),
    "refused": ("REFUSED", "bold red"),
}
"""What stands at the beginning of a line, by the kind of entry, and how."""

MOST_LINES: Final = 60
"""Instants of a wave that are listed one by one; of a longer one, those that took longest."""


TURNS: Final = ("alarm", "drought", "recovery", "decided", "at-size", "at-mix", "published")
"""What is told of a drill that lasts for hours."""

UNTOLD: Final = ("sweep",)
"""Functions whose calls would drown the story: the sweep's come every minute, whatever happens."""


def told(result: Result) -> Iterator[RenderableType]:
    """Return the report of a drill, part by part: a single loss in full, a wave by its instants."""
    yield Text.assemble((result.name, "bold"), f": {result.about}")
    yield Text()
    for series in result.series:
        yield from drawn(series)
        yield Text()
    if len(result.losses) == 1:
        yield _table(_story(result))
    elif result.series:
        yield _table(_course(result))
    else:
        yield from _instants(result)
    yield Text()
    yield Text("AWS calls, retries included", style="bold")
    yield _table(_calls(result))
    yield Text()
    yield _table(map(_check, result.checks))
    verdict = ("PASS", "bold white on green") if result.passed else ("FAIL", "bold white on red")
    yield Text.assemble(verdict, f" {result.name}")
    yield Text()


def _table(rows: Iterable[tuple[RenderableType, ...]]) -> Table:
    """Return rows in columns, of which the last one breaks within itself where the terminal is narrow."""
    table = Table.grid(padding=(0, 2))
    rows = list(rows)
    for number in range(len(rows[0]) if rows else 0):
        table.add_column(no_wrap=number < len(rows[0]) - 1)
    for row in rows:
        table.add_row(*row)
    return table


def _story(result: Result) -> Iterator[tuple[RenderableType, ...]]:
    """Tell what happened from the warning on, with what is left of the two minutes."""
    number = 0
    for entry in result.timeline:
        since = entry.t - result.since
        if since < 0 or entry.data.get("function") in UNTOLD:
            continue
        number += entry.kind == "call"
        label, style = LABELS.get(entry.kind, (entry.kind, ""))
        name = f"{label} {number}" if entry.kind == "call" else label
        left = f"{NOTICE_SECONDS - since:.1f} s left" if since <= NOTICE_SECONDS else ""
        at = Text(f"{since:+7.1f} s {left:>13}", style="dim")
        yield at, Text(name, style=style), Text(entry.text)


def _course(result: Result) -> Iterator[tuple[RenderableType, ...]]:
    """Tell what moved the size, and what became of it; calls and single machines would drown that."""
    for entry in result.timeline:
        if entry.t >= result.since and entry.kind in TURNS:
            label, style = LABELS[entry.kind]
            yield Text(_clock(entry.t), style="dim"), Text(label, style=style), Text(entry.text)


def _instants(result: Result) -> Iterator[Text]:
    """Tell what became of the machines that were lost at each instant."""
    groups = [(t, tuple(some)) for t, some in groupby(result.losses, key=lambda loss: loss.warned)]
    if len(groups) > MOST_LINES:
        yield Text(f"the {MOST_LINES} slowest of {len(groups)} instants:")
        groups = sorted(sorted(groups, key=lambda group: -_slowest(group[1]))[:MOST_LINES])
    for t, some in groups:
        many = "machine" if len(some) == 1 else "machines"
        yield Text.assemble((f"{_clock(t):>10}  ", "dim"), (f"{len(some)} {many} lost", "yellow"), f", {_fate(some)}")


def _fate(some: Iterable[Loss]) -> str:
    some = tuple(some)
    released = [loss.released - loss.warned for loss in some if loss.released is not None]
    replaced = [loss.replaced - loss.warned for loss in some if loss.replaced is not None]
    told = [f"released after {_range(released)}" if len(released) == len(some) else f"released: {len(released)}"]
    told.append(f"replaced after {_range(replaced)}" if len(replaced) == len(some) else f"replaced: {len(replaced)}")
    return ", ".join(told)


def _slowest(some: Iterable[Loss]) -> float:
    return max(float("inf") if loss.released is None else loss.released - loss.warned for loss in some)


def _range(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.1f} s" if high - low < 0.05 else f"{low:.1f} to {high:.1f} s"  # noqa: PLR2004 - the same when rounded


def _clock(t: float) -> str:
    minutes, seconds = divmod(round(t), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _calls(result: Result) -> Iterator[tuple[RenderableType, ...]]:
    for function, counts in result.calls_by_function().items():
        names = ", ".join(f"{count} x {name}" for name, count in counts.most_common())
        yield Text(f"  {function}"), Text(f"{counts.total():>4}", style="bold"), Text(names)


def _check(check: Check) -> tuple[RenderableType, ...]:
    mark = Text("  ok", style="green") if check.passed else Text("  FAIL", style="bold red")
    return mark, Text(f"{check.name}: {check.said}")
