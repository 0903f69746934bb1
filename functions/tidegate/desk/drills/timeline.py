"""A drill's report for people: what happened, second by second, and the verdict."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from rich.text import Text

from tidegate.desk.drills.losses import NOTICE_SECONDS, Loss
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
    "at-size": ("AT SIZE", "bold green"),
    "drained": ("DRAINED", "bold"),
    "healthy": ("healthy", "green"),
    "hook": ("hook", "yellow"),
    "terminated": ("gone", "bold"),
    "detached": ("DETACHED", "bold"),
    "reclaimed": ("RECLAIMED", "red"),
    "noticed": ("noticed", "red"),
    "failed": ("FAILED", "bold red"),
    "died": ("DIED", "bold red"),
    "kept": ("kept", "yellow"),
    "dropped": ("DROPPED", "bold red"),
    "refused": ("REFUSED", "bold red"),
}
"""What stands at the beginning of a line, by the kind of entry, and how."""

MOST_LINES: Final = 60
"""Instants of a wave that are listed one by one; of a longer one, those that took longest."""


def lines(result: Result) -> Iterator[Text]:
    """Return the report of a drill, line by line: a single loss in full, a wave by its instants."""
    yield Text.assemble((result.name, "bold"), f": {result.about}")
    yield Text()
    yield from _story(result) if len(result.losses) == 1 else _instants(result)
    yield Text()
    yield Text(f"AWS calls: {_calls(result)}")
    yield from map(_check, result.checks)
    verdict = ("PASS", "bold white on green") if result.passed else ("FAIL", "bold white on red")
    yield Text.assemble(verdict, f" {result.name}")
    yield Text()


def _story(result: Result) -> Iterator[Text]:
    """Tell every entry, with the time since the warning and what is left of the two minutes."""
    warned = result.losses[0].warned
    number = 0
    for entry in result.timeline:
        number += entry.kind == "call"
        since = entry.t - warned
        label, style = LABELS.get(entry.kind, (entry.kind, ""))
        name = f"{label} {number}" if entry.kind == "call" else label
        left = f"{NOTICE_SECONDS - since:6.1f} s left" if since <= NOTICE_SECONDS else " " * 13
        yield Text.assemble((f"{since:+8.1f} s {left}  ", "dim"), (f"{name:<12}", style), entry.text)


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


def _calls(result: Result) -> str:
    return ", ".join(f"{count} {name}" for name, count in result.calls().most_common()) or "none"


def _check(check: Check) -> Text:
    mark = ("  ok    ", "green") if check.passed else ("  FAIL  ", "bold red")
    return Text.assemble(mark, f"{check.name}: {check.said}")
