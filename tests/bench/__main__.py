"""`make bench`: measures everything that has a bound, and says whether it holds. ARGS=--json is for machines.

ARGS=calls runs one of the modules beside this file. Ends with 1 when a figure is above its bound.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench import asset, calls, calls_mix, client, cost, imports, notices, size
from tests.bench.figure import Figure
from tests.bench.wave import figures as wave

BENCHES: Final[dict[str, Callable[[], Iterator[Figure]]]] = {
    "calls": calls.measure,
    "calls_mix": calls_mix.measure,
    "notices": notices.measure,
    "size": size.measure,
    "asset": asset.measure,
    "wave": wave.measure,
    "cost": cost.measure,
    "client": client.measure,
    "imports": imports.measure,
}

WIDTH: Final = 140


def main() -> None:
    """Run what is asked for, and report."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Measure, and compare with the bounds.")
    parser.add_argument("bench", nargs="*", help=f"any of {', '.join(BENCHES)}; all without one")
    parser.add_argument("--json", action="store_true", help="report for machines")
    asked = parser.parse_args()
    if unknown := [name for name in asked.bench if name not in BENCHES]:
        parser.error(f"{unknown[0]!r} is none of {', '.join(BENCHES)}")
    figures = list(_measure(asked.bench or list(BENCHES)))
    if asked.json:
        print(json.dumps([asdict(figure) | {"holds": figure.holds} for figure in figures]))
    else:
        _print(figures)
    sys.exit(not all(figure.holds for figure in figures))


def _measure(names: list[str]) -> Iterator[Figure]:
    for name in names:
        print(f"tidegate: measuring {name}", file=sys.stderr, flush=True)
        yield from BENCHES[name]()


def _print(figures: list[Figure]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("figure", "measured", "bound", ""):
        table.add_column(heading, no_wrap=True)
    for figure in figures:
        most = "" if figure.bound is None else f"{figure.bound:g}"
        bound = most if figure.least is None else f"at least {figure.least:g}"
        verdict = "" if not bound else "[green]holds[/]" if figure.holds else "[red]BROKEN[/]"
        table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}", bound, verdict)
    Console(highlight=False, width=WIDTH).print(table)


if __name__ == "__main__":
    main()
