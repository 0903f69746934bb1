"""Shows on standard error how a drill goes on: one line that changes on a terminal, a line for each news elsewhere."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


@contextmanager
def shown(what: str) -> Generator[Callable[[str], None]]:
    """Show what `what` is at; the function that is handed out takes `SECONDS: TEXT`."""
    if sys.stderr.isatty():
        with Console(stderr=True).status(f"{what} ...") as status:
            yield lambda text: status.update(escape(f"{what}: {text}"))
    else:
        yield _news(what)


def _news(what: str) -> Callable[[str], None]:
    last = ""

    def step(text: str) -> None:
        nonlocal last
        news = text.partition(": ")[2]
        if news != last:
            last = news
            sys.stderr.write(f"tidegate: {what}: {text}\n")
            sys.stderr.flush()

    return step
