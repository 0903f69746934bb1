"""Draws a series of numbers with blocks, as a terminal can: one column for each moment, the target as a line."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from tidegate.desk.drills.result import Series

ROWS: Final = 6
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_WIDTH: Final = 80


def drawn(series: Series) -> Iterator[Text]:
    """Return a picture of a series, line by line; of a long one every second moment, or third, and so on."""
    every = -(-len(series.points) // _WIDTH)
    values = [value for _, value in series.points[::every]]
    target = None if series.target is None else int(ROWS * series.target / series.most)
    for row in reversed(range(ROWS)):
        label = f"{series.most:g}" if row == ROWS - 1 else f"{series.target:g} -" if row == target else ""
        cells = [_cell(value * ROWS / series.most - row) for value in values]
        line = Text(f"{label:>8} ", style="dim")
        for cell, value in zip(cells, values, strict=True):
            above = series.target is not None and value > series.target
            line.append("·" if cell == " " and row == target else cell, style="red" if above else "cyan")
        yield line
    minutes = f"minutes {series.points[0][0] / 60:.0f} to {series.points[-1][0] / 60:.0f}"
    yield Text(f"{'0':>8} {'─' * len(values)}", style="dim")
    yield Text(f"{'':>8} {series.name}, {minutes}", style="dim")


def _cell(height: float) -> str:
    return _EIGHTHS[max(0, min(8, round(8 * height)))]
