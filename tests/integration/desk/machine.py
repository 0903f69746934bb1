"""A machine of one's own for the commands that need no stage: a project in the current directory, and no account."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from tidegate.desk.commands import app


@contextmanager
def project(folder: Path, policy: str) -> Generator[None]:
    """Stand in a folder whose `tidegate.toml` says `policy`."""
    (folder / "tidegate.toml").write_text(policy)
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def locally(*arguments: str, stage: str | None = "local", typed: str | None = None) -> Any:
    """Run a command on this machine's own routes; `typed` comes on its standard input."""
    return CliRunner().invoke(app, [*arguments, *(["--stage", stage] if stage else [])], input=typed)
