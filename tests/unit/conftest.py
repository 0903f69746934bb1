"""What more than one unit needs around it."""

from collections.abc import Iterator

import pytest

from tidegate import process


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A function's environment, in the stage `dev`; nothing is remembered from one test to the next."""
    for name in ("TABLE", "WAKES", "DEAD_LETTERS", "MODE", "KILL_SWITCH"):
        monkeypatch.setenv(f"TIDEGATE_{name}", name.lower())
    monkeypatch.setenv("TIDEGATE_STAGE", "dev")
    process.reset()
    yield
    process.reset()
