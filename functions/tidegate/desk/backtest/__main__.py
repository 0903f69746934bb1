"""`make size`: plays every series under both rules, prints the table, and draws what happened."""

import argparse
import os
from pathlib import Path

from rich.console import Console

from tidegate.desk.backtest.report import compared, scenarios, sensitivity, table


def main() -> None:
    """Play, print and draw."""
    parser = argparse.ArgumentParser(prog="make size ARGS=...", description="Compare with native target tracking.")
    parser.add_argument("--traces", type=Path, default=os.environ.get("TIDEGATE_TRACES"), help="folder of real traces")
    parser.add_argument("--plots", type=Path, default=Path("build/size"), help="folder for the plots")
    parser.add_argument("--format", choices=("svg", "png"), default="svg")
    parser.add_argument("--sensitivity", action="store_true", help="the second table as well: some minutes")
    asked = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    # Drawing takes an extra, and an import of half a second.
    from tidegate.desk.backtest.plot import draw

    asked.plots.mkdir(parents=True, exist_ok=True)
    traces = Path(asked.traces) if asked.traces else None
    rows = [compared(one) for one in scenarios(traces)]
    console.print(table(rows), markup=False)
    if traces is None:
        console.print("\nTIDEGATE_TRACES names no folder with traces: the real series are left out.")
    for row in rows:
        draw(row, asked.plots / f"{row.scenario.name.replace(' ', '-')}.{asked.format}")
    if asked.sensitivity:
        console.print(f"\n{sensitivity(traces)}", markup=False)
    console.print(f"\nPlots are in {asked.plots}.")


if __name__ == "__main__":
    main()
