"""`python app.py`, as the CDK CLI runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.templates import PROJECT

WRONG = {
    '[stage.dev]\naccount = "1234"': ("stage.dev.account", '"1234"', "twelve digits"),
    "[stage.dev]\n[profile.default]\nreleese = 1": ("profile.default.releese", "1", 'did you mean "release"?'),
    '[stage.dev]\n[profile.default]\nrelease = "terminat"': ("release", '"terminat"', 'did you mean "terminate"?'),
    "[stage.dev": ("not TOML",),
    "": ("stage", "at least one is needed"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_policy_ends_synth_with_one_line_that_says_what_is_allowed(text: str, tmp_path: Path) -> None:
    (tmp_path / "tidegate.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, PROJECT / "app.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("tidegate.toml: ")
    assert [part for part in WRONG[text] if part not in line] == []


def test_the_policy_that_the_project_ships_is_valid_and_has_one_stage_and_one_profile() -> None:
    from tidegate.policy.read import load

    shipped = load(PROJECT / "tidegate.toml")
    assert (list(shipped.stages), list(shipped.profiles)) == (["dev"], ["default"])
