"""What the commands write on: a terminal as wide as it is, or a page for files and pipes; and what they ask."""

import sys
from collections.abc import Iterable
from typing import Final

import typer
from rich.console import Console, RenderableType

PAGE_COLUMNS: Final = 132
"""Where nothing says how wide the page is: in a file or a pipe."""


def show(parts: Iterable[RenderableType]) -> None:
    """Write the parts of a report on standard output, one below the other."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(*parts, sep="\n")
        return
    console = Console(highlight=False, width=PAGE_COLUMNS)
    with console.capture() as page:
        console.print(*parts, sep="\n")
    # Columns are padded with blanks, which a page has no use for.
    typer.echo("\n".join(line.rstrip() for line in page.get().splitlines()))


def ask(question: str) -> bool | None:
    """Ask the person at the terminal, no being the default; None without a terminal."""
    return typer.confirm(question, err=True) if sys.stdin.isatty() else None
