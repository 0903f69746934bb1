"""Shows that something is going on, on standard error: a bar on a terminal, a line every two seconds elsewhere.

Imports no Region: the first sign of life comes before moto is read, which takes seconds the first time.
"""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

type Step = Callable[[int, int], None]
"""Hears how many steps of how many are done."""

PATIENCE_SECONDS: Final = 2.0
"""Who waits longer than that wants to know what for. Real seconds: this clock is not the Region's."""


@contextmanager
def shown(what: str) -> Generator[Step]:
    """Show how far `what` has come."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = Console(stderr=True)
        # Standard output belongs to the report and, meanwhile, to the function's log.
        with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield _lines(what)


def _lines(what: str) -> Step:
    sys.stderr.write(f"tidegate: {what}\n")
    sys.stderr.flush()
    last = monotonic()

    def step(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= PATIENCE_SECONDS:
            last = monotonic()
            sys.stderr.write(f"tidegate: {what}: {done} of {total}\n")
            sys.stderr.flush()

    return step
