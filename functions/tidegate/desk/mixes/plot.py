"""Draws a story: what served under each rule, where there was no spot, and when Tidegate did what."""

# matplotlib leaves parts of its annotations open.
# pyright: reportUnknownMemberType=false
from collections.abc import Sequence
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tidegate.desk.backtest.plot import BLUE, ORANGE, STYLE
from tidegate.desk.mixes.compare import TIDEGATE, Played
from tidegate.desk.mixes.lanes import Lane, lanes
from tidegate.desk.mixes.story import UNITS
from tidegate.desk.mixes.told import Mark, marks
from tidegate.desk.world.clock import HOUR, MINUTE
from tidegate.desk.world.play import Row

VERMILLION: Final = "#D55E00"
GREY: Final = "#8a8a8a"
INK: Final = "#000000"

Span = tuple[float, float]
"""From when until when, in seconds."""


def draw(played: Played, path: Path) -> None:
    """Draw a story into a file whose name says its format."""
    with mpl.rc_context(STYLE):
        _figure(played, INK).savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


def svg(played: Played, ink: str) -> str:
    """Return a story as SVG without a background; `ink`: the colour of its lines and letters.

    The group `mark-N` is the mark with that number.
    """
    said: dict[Any, Any] = {f"{name}.color": ink for name in ("text", "xtick", "ytick")}
    said |= {"axes.labelcolor": ink, "axes.edgecolor": ink, "svg.hashsalt": f"tidegate {played.story.name}"}
    with mpl.rc_context({**STYLE, **said}), StringIO() as page:
        _figure(played, ink).savefig(page, format="svg", transparent=True, metadata={"Date": None})
        return page.getvalue()


def _figure(played: Played, ink: str) -> Figure:
    story, rules = played.story, list(played.runs)
    scenario = story.parts[story.drawn]
    below = lanes(scenario)
    spans: list[Span] = [(0, scenario.seconds), *([story.closer] if story.closer else [])]
    figure = Figure(figsize=(11, 6.4 + 0.2 * len(below)), layout="constrained")
    grid: Any = figure.subplots(
        len(rules) + 1,
        len(spans),
        sharex="col",
        sharey="row",
        squeeze=False,
        height_ratios=(*(3 for _ in rules), 0.35 + 0.3 * len(below)),
        width_ratios=(2.4, 1)[: len(spans)],
    )
    for column, span in enumerate(spans):
        for rule, axes in zip(rules, grid[:, column], strict=False):
            _fleet(axes, played.drawn(rule).rows, span, ink)
        _lanes(grid[-1, column], below, span)
        _time(grid[-1, column], span, closer=column > 0)
    for rule, axes in zip(rules, grid[:, 0], strict=False):
        axes.set_title(rule, loc="left", fontsize=10, fontweight="bold")
        axes.set_ylabel("units")
    if TIDEGATE in rules:
        _marks(grid[rules.index(TIDEGATE), 0], marks(played.drawn(TIDEGATE)), ink)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def _fleet(axes: Any, rows: Sequence[Row], span: Span, ink: str) -> None:
    """Stack what serves; what is hatched was needed and missing."""
    some = _changes([row for row in rows if span[0] <= row.t <= span[1]])
    unit = _unit(span)
    times = [(row.t - _zero(span)) / unit for row in some]
    on_demand = [row.on_demand for row in some]
    serving = [row.on_demand + row.spot for row in some]
    lacking = [max(UNITS, one) for one in serving]
    bands = {"step": "post", "linewidth": 0}
    axes.fill_between(times, 0, on_demand, color=BLUE, label="on-demand in service", **bands)
    axes.fill_between(times, on_demand, serving, color=ORANGE, label="spot in service", **bands)
    axes.fill_between(
        times, serving, lacking, step="post", facecolor="none", edgecolor=VERMILLION, hatch="////", linewidth=0.8,
        label="missing",
    )  # fmt: skip
    axes.step(times, [row.desired for row in some], where="post", color=ink, linewidth=1.2, label="desired")
    axes.set_ylim(0, UNITS * 2.1 if max(row.desired for row in rows) > UNITS else UNITS * 1.35)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.spines[["top", "right"]].set_visible(False)


def _marks(axes: Any, numbered: Sequence[Mark], ink: str) -> None:
    high = UNITS * 1.2
    for mark in numbered:
        hours = mark.t / HOUR
        axes.plot([hours, hours], [0, high], color=ink, linewidth=0.6, linestyle=":")
        axes.annotate(
            str(mark.number),
            (hours, high),
            ha="center",
            va="center",
            fontsize=7.5,
            fontweight="bold",
            color="black",
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": "black", "linewidth": 0.8},
            gid=f"mark-{mark.number}",
        )


def _lanes(axes: Any, below: Sequence[Lane], span: Span) -> None:
    """Draw where there was no spot, and what happened else: one lane below the other."""
    unit, zero = _unit(span), _zero(span)
    for place, lane in enumerate(below):
        bars = [((began - zero) / unit, (ended - began) / unit) for began, ended in lane.spans]
        axes.broken_barh(bars, (place - 0.35, 0.7), color=GREY)
        moments = [(t - zero) / unit for t in lane.moments]
        axes.scatter(moments, [place] * len(moments), marker="v", color=VERMILLION, s=26, zorder=3)
    axes.set_yticks(range(len(below)), [lane.name for lane in below], fontsize=8)
    axes.set_ylim(len(below) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _time(axes: Any, span: Span, *, closer: bool) -> None:
    unit, zero = _unit(span), _zero(span)
    axes.set_xlim((span[0] - zero) / unit, (span[1] - zero) / unit)
    axes.set_xlabel(f"minutes from {zero // HOUR:.0f}:{zero % HOUR // MINUTE:02.0f} on" if closer else "hours")


def _unit(span: Span) -> float:
    return MINUTE if span[1] - span[0] < HOUR else HOUR


def _zero(span: Span) -> float:
    """Return the second at which its axis says 0: two minutes after a closer look begins, the trouble does."""
    return 0.0 if _unit(span) == HOUR else span[0] + 2 * MINUTE


def _changes(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that differ from the one before, with the first and the last."""

    def shown(row: Row) -> tuple[int, int, int]:
        return row.desired, row.on_demand, row.spot

    inner = [row for before, row in pairwise(rows) if shown(before) != shown(row)]
    return [rows[0], *inner, rows[-1]]
