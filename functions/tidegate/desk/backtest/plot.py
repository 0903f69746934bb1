"""Draws a series under both rules: what the signals showed, the sizes, and Tidegate's decisions with their reasons."""

# matplotlib leaves parts of its annotations open.
# pyright: reportUnknownMemberType=false
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tidegate.desk.backtest.change import Change
from tidegate.desk.backtest.report import Row
from tidegate.desk.backtest.scenario import DAY, HOUR, Scenario
from tidegate.desk.backtest.series import PERCENT
from tidegate.desk.backtest.world import MINUTE

# Okabe and Ito's colours, which people with any kind of colour vision tell apart: https://jfly.uni-koeln.de/color/
BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
GREY: Final = "#bbbbbb"

SIGNAL_COLOURS: Final = (BLUE, PURPLE)
MOST_REASONS: Final = 6
MOST_DAYS: Final = 1
"""Of a longer series the beginning is drawn: more changes than that can't be told apart."""

# The same picture, byte for byte, each time: no date, no random ids; text stays text.
STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "tidegate",
    "svg.fonttype": "none",
    "path.simplify_threshold": 0.5,
    "font.size": 9,
    "axes.axisbelow": True,
}


def draw(row: Row, path: Path) -> None:
    """Draw a series into a file whose name says its format."""
    minutes = min(len(row.tidegate.sizes), MOST_DAYS * DAY)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 7.4), layout="constrained")
        signals, sizes, reasons = figure.subplots(3, 1, height_ratios=(3, 3, 1.7))
        figure.suptitle(_title(row, minutes), fontsize=10.5, x=0.01, ha="left")
        _signals(signals, row, minutes)
        _sizes(sizes, row, minutes)
        for axes in (signals, sizes):
            axes.set_xlim(0, minutes / HOUR)
            axes.grid(visible=True, color="#dddddd", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(loc="upper left", bbox_to_anchor=(1.005, 1.0), frameon=False)
        sizes.set_xlabel("hours since the start")
        _reasons(reasons, _telling(row.tidegate.changes, minutes))
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


def _title(row: Row, minutes: int) -> str:
    shown = "" if minutes == len(row.tidegate.sizes) else " The first day is shown; the figures are of all of it."
    ours, theirs = row.tidegate, row.native
    return (
        f"{row.scenario.story}{shown}\n"
        f"Tidegate was above target for {ours.above_minutes:,.0f} min with {ours.machine_hours:,.1f} machine-hours, "
        f"native for {theirs.above_minutes:,.0f} min with {theirs.machine_hours:,.1f}."
    )


def _signals(axes: Any, row: Row, minutes: int) -> None:
    """Draw each signal as it was under Tidegate, above 100 % as well, where a metric would say 100."""
    hours = [minute / HOUR for minute in range(minutes)]
    for colour, (name, work) in zip(SIGNAL_COLOURS, row.scenario.works.items(), strict=False):
        sizes = row.tidegate.sizes
        values = [
            float("nan") if done is None else PERCENT * done / max(sizes[minute], 1)
            for minute, done in enumerate(work[:minutes])
        ]
        target = row.scenario.targets[name]
        axes.plot(hours, values, color=colour, linewidth=0.9, label=name)
        axes.axhline(target, color=colour, linestyle="--", linewidth=1.1, label=f"{name} target, {target:.0f} %")
    axes.set_ylabel("work for each machine, %")
    axes.set_ylim(bottom=0)


def _sizes(axes: Any, row: Row, minutes: int) -> None:
    hours = [minute / HOUR for minute in range(minutes)]
    axes.plot(hours, _needed(row.scenario, minutes), color=GREY, linewidth=0.7, label="needed")
    axes.step(
        hours, row.native.sizes[:minutes], where="post", color=ORANGE, linewidth=1.4, linestyle="--", label="native"
    )
    axes.step(hours, row.tidegate.sizes[:minutes], where="post", color=BLUE, linewidth=1.6, label="Tidegate")
    changes = [one for one in row.tidegate.changes if one.at < minutes * MINUTE]
    for label, marker, colour, grown in (("adds", "^", GREEN, True), ("takes", "v", PURPLE, False)):
        some = [one for one in changes if (one.after > one.before) == grown]
        axes.scatter(
            [one.at / MINUTE / HOUR for one in some],
            [one.after for one in some],
            marker=marker,
            color=colour,
            edgecolors="black",
            linewidths=0.4,
            s=22,
            zorder=3,
            label=f"Tidegate {label}",
        )
    for number, one in enumerate(_telling(row.tidegate.changes, minutes), start=1):
        below = one.after < one.before
        axes.annotate(
            str(number),
            (one.at / MINUTE / HOUR, one.after),
            xytext=(-9, -11) if below else (-9, 7),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )
    axes.set_ylabel("machines in service")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(y=0.12)


def _needed(scenario: Scenario, minutes: int) -> list[float]:
    """Return the least machines, and parts of them, that hold every signal at its target."""
    targets = scenario.targets
    return [
        max(PERCENT * (work[minute] or 0.0) / targets[name] for name, work in scenario.works.items())
        for minute in range(minutes)
    ]


def _telling(changes: Sequence[Change], minutes: int) -> list[Change]:
    """Return the largest changes, in their order: their reasons are told."""
    shown = [one for one in changes if one.at < minutes * MINUTE]
    largest = sorted(shown, key=lambda one: (-abs(one.after - one.before), one.at))[:MOST_REASONS]
    return sorted(largest, key=lambda one: one.at)


def _reasons(axes: Any, told: Sequence[Change]) -> None:
    axes.axis("off")
    lines = [
        f"{number}  {one.at // MINUTE // HOUR}:{one.at // MINUTE % HOUR:02}  {one.reason}"
        for number, one in enumerate(told, start=1)
    ]
    axes.text(0, 1, "\n".join(("The largest of Tidegate's decisions, and why:", *lines)), va="top", linespacing=1.5)
