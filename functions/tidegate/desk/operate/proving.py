"""How the checks of a drill are shown, and its verdict."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate.layout import grid
from tidegate.fleet.drill import Check


def verdict(checks: Sequence[Check], about: str) -> Iterator[RenderableType]:
    """Return what was proved, and PASS or FAIL; `about` says which drill it was."""
    yield grid(
        (Text("ok", "green") if one.passed else Text("FAIL", "bold red"), f"{one.name}: {one.said}") for one in checks
    )
    passed = all(one.passed for one in checks)
    yield Text.assemble(("PASS", "bold white on green") if passed else ("FAIL", "bold white on red"), f" {about}")
