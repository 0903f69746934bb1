"""Measured series turned into work, and refined from their own steps to minutes.

A utilisation says how much work there was only together with how many machines did it. Where a trace doesn't tell that,
it is taken to be constant: 20 machines at 35 % did the work of 7 whole machines. What a machine at 100 % left undone
isn't seen in a utilisation, so work that was turned away is missing from the trace, and from here.
"""

import csv
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import exp
from pathlib import Path
from random import Random
from typing import Final

PERCENT: Final = 100


def read_column(path: Path, column: str) -> tuple[float, ...]:
    """Return a column of a CSV file with a header, oldest row first; rows without a value repeat the one before."""
    values: list[float] = []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (text := row[column].strip()) or not values:
                values.append(float(text))
            else:
                values.append(values[-1])
    return tuple(values)


def work(percents: Sequence[float], *, machines: float) -> tuple[float, ...]:
    """Return the work behind utilisations in percent, had that many machines shared it all the time."""
    return tuple(machines * one / PERCENT for one in percents)


def refined(means: Sequence[float], *, minutes: int) -> tuple[float, ...]:
    """Return minutes from means over some `minutes` each: straight lines between the middles of their periods.

    Nothing is made up between two means, so the ways up and down are as slow as these can be. A peak of one period
    comes out as a triangle, with a lower mean than was measured; `held` is the other extreme.
    """
    middles = [index * minutes + (minutes - 1) / 2 for index in range(len(means))]
    return tuple(_lines(middles, means, len(means) * minutes))


def held(means: Sequence[float], *, minutes: int) -> tuple[float, ...]:
    """Return minutes from means over some `minutes` each: every one is its period's mean, and changes are jumps."""
    return tuple(one for one in means for _ in range(minutes))


def shaken(values: Sequence[float], *, percent: float, seed: int) -> tuple[float, ...]:
    """Return the values with noise about them: each by itself, log-normal, with a deviation of so many percent.

    Means over longer periods have lost what minutes scatter by; without any, every rule looks calmer than it is.
    """
    random = Random(seed)  # noqa: S311 - a series has to come out the same each time
    return tuple(one * exp(random.gauss(0, percent / PERCENT)) for one in values)


def _lines(xs: Sequence[float], ys: Sequence[float], length: int) -> Iterator[float]:
    """Yield the values at 0, 1, ... `length` - 1 on the lines through these points; outside of them they go on flat."""
    yield from (ys[0] for x in range(length) if x < xs[0])
    for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True)):
        inside = (x for x in range(int(x0), int(x1) + 1) if x0 <= x < x1)
        yield from (y0 + (y1 - y0) * (x - x0) / (x1 - x0) for x in inside)
    yield from (ys[-1] for x in range(length) if x >= xs[-1])
