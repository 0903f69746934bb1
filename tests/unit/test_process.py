"""One process of a function: what it remembers, and the settings that it was given."""

import pytest

from tidegate import process


def test_two_processes_remember_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    mine: process.Memory = {}
    for name in ("TABLE", "MODE", "KILL_SWITCH"):
        monkeypatch.setenv(f"TIDEGATE_{name}", name.lower())
    monkeypatch.setenv("TIDEGATE_STAGE", "outer")
    process.reset()
    outer = process.settings()
    monkeypatch.setenv("TIDEGATE_STAGE", "inner")
    with process.remembering(mine):
        assert (process.settings().stage, process.settings()) == ("inner", process.settings())
    assert process.settings() is outer
    with process.remembering(mine):
        process.reset()
    assert (mine, process.settings()) == ({}, outer)
    process.reset()
    assert process.settings().stage == "inner"
    process.reset()


def test_a_setting_that_a_function_lacks_is_named_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAGE", "TABLE", "MODE", "KILL_SWITCH"):
        monkeypatch.setenv(f"TIDEGATE_{name}", name.lower())
    monkeypatch.delenv("TIDEGATE_DEAD_LETTERS", raising=False)
    settings = process.Settings.from_environment()
    with pytest.raises(KeyError, match="TIDEGATE_DEAD_LETTERS"):
        _ = settings.dead_letters
