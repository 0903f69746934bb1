"""How reports are laid out: grids that break in their last column, and what depends on the width of the page."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

WIDE_COLUMNS: Final = 120
"""From here on, everything about one thing stands in one line."""


class ByWidth:
    """Shows one thing on a wide page, and another on a narrow one."""

    def __init__(self, *, wide: Sequence[RenderableType], narrow: Sequence[RenderableType]) -> None:
        self._wide = wide
        self._narrow = narrow

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._wide if options.max_width >= WIDE_COLUMNS else self._narrow


def grid(rows: Iterable[Sequence[RenderableType | str]], *heads: str, right: Iterable[int] = ()) -> RenderableType:
    """Return rows in columns below their heads, two to the right; the last column breaks where the page is narrow.

    `right` numbers the columns that hold numbers.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=bool(heads), header_style="dim")
    rows = [*rows]
    count = len(heads) or (len(rows[0]) if rows else 0)
    for number in range(count):
        last = number == count - 1
        justify = "right" if number in right else "left"
        table.add_column(heads[number] if heads else "", no_wrap=not last, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(plain(one) for one in row))
    return Padding(table, (0, 0, 0, 2))


def head(title: str, note: str = "") -> Text:
    """Return a line that stands above a part of a report."""
    return Text.assemble((title, "bold"), (f"  {note}" if note else "", "dim"))


def below(text: str, indent: int = 4) -> Padding:
    """Return a text that stands below a line, further in."""
    return Padding(Text(text), (0, 0, 0, indent))


def plain(one: RenderableType | str) -> RenderableType:
    """Return a text that means what it says: rich would read brackets in it as styles."""
    return Text(one) if isinstance(one, str) else one


def words(text: str) -> str:
    """Return a code as words."""
    return text.replace("_", " ")
