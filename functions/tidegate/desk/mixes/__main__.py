"""`make mix`: plays every story under each rule, prints the table, and writes one page with pictures and reasons."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tidegate.desk.drills.progress import shown
from tidegate.desk.mixes.compare import RULES, Played, played
from tidegate.desk.mixes.story import Story, generated, measured, without
from tidegate.desk.mixes.table import document, table


def main() -> None:
    """Play, tell and draw."""
    parser = argparse.ArgumentParser(prog="make mix ARGS=...", description="Play what spot may do to a fleet.")
    parser.add_argument("--traces", type=Path, default=os.environ.get("TIDEGATE_TRACES"), help="folder of real traces")
    parser.add_argument("--output", type=Path, default=Path("build/mix"), help="folder for the page")
    parser.add_argument("--plots", type=Path, help="folder for each picture as a file as well")
    parser.add_argument("--json", action="store_true", help="the figures for machines, and no page")
    asked = parser.parse_args()
    folder = Path(asked.traces) if asked.traces else None
    missing = without(folder)
    told = _played((*generated(), *(measured(folder) if folder and not missing else ())))
    console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    if missing:
        Console(stderr=True, highlight=False, soft_wrap=True).print(missing)
    if asked.json:
        console.print(json.dumps(document(told), indent=2))
        return
    console.print(table(told))
    console.print(f"\nThe page is {_written(told, asked.output, asked.plots)}.")


def _played(stories: Sequence[Story]) -> list[Played]:
    total, done = sum(len(one.parts) for one in stories) * len(RULES), 0
    with shown("playing the mix") as step:

        def count() -> None:
            nonlocal done
            done += 1
            step(done, total)

        return [played(one, step=count) for one in stories]


def _written(told: Sequence[Played], output: Path, plots: Path | None) -> Path:
    # Drawing takes an extra, and an import of half a second.
    from tidegate.desk.mixes.page import page
    from tidegate.desk.mixes.plot import draw

    output.mkdir(parents=True, exist_ok=True)
    (output / "index.html").write_text(page(told), encoding="utf-8")
    if plots:
        plots.mkdir(parents=True, exist_ok=True)
        for one in told:
            draw(one, plots / f"{one.story.name.replace(' ', '-')}.svg")
    return output / "index.html"


if __name__ == "__main__":
    main()
