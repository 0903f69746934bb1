"""The command line itself: what it says before any drill begins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RUN = "import sys; sys.argv[0] = 'tidegate'; from tidegate.desk.cli import main; main()"


def tidegate(*arguments: str, missing: str | None = None, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; `missing` names a package that it is not to find.

    `home` is a folder without a project or a profile, to run it in.
    """
    hide = f"import sys; sys.modules[{missing!r}] = None; " if missing else ""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "functions")}
    if home:
        environment |= {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-c", hide + RUN, *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [
        ("typer", ["drill"], "drill"),
        ("typer", ["journal"], "cli"),
        ("rich", ["drill"], "drill"),
        ("moto", ["drill", "--no-wave"], "drill"),
        ("time_machine", ["drill", "--no-wave"], "drill"),
        ("aws_lambda_powertools", ["drill", "--no-wave"], "drill"),
    ],
)
def test_without_an_extra_one_line_names_it(package: str, arguments: list[str], extra: str) -> None:
    done = tidegate(*arguments, missing=package)

    assert done.stderr == f"tidegate: {package} is not installed: pip install 'tidegate[{extra}]'\n"
    assert done.returncode == 2


def test_the_version_needs_no_extra() -> None:
    done = tidegate("--version", missing="typer")

    assert done.stdout.startswith("tidegate 0.")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--wave", "nowhere.csv"], "tidegate: nowhere.csv: can't be read: No such file or directory\n"),
        (["--wave", "nowhere.csv", "--no-wave"], "tidegate: --wave and --no-wave exclude each other\n"),
    ],
)
def test_bad_input_is_one_line_and_the_exit_code_2(arguments: list[str], why: str) -> None:
    done = tidegate("drill", *arguments)

    assert (done.stderr, done.stdout, done.returncode) == (why, "", 2)


def test_help_does_not_start_a_region() -> None:
    done = tidegate("drill", "--help", missing="moto")

    assert "--wave" in done.stdout
    assert done.returncode == 0


STAGED = ["status", "pause", "resume", "act", "observe"]


@pytest.mark.parametrize("command", STAGED)
@pytest.mark.parametrize("package", ["moto", "aws_lambda_powertools", "time_machine"])
def test_the_commands_on_a_stage_need_the_small_extra_only(command: str, package: str, tmp_path: Path) -> None:
    done = tidegate(command, "--region", "eu-central-1", missing=package, home=tmp_path)

    (line,) = done.stderr.splitlines()
    assert line.startswith("tidegate: no AWS credentials for stage dev in eu-central-1")
    assert done.returncode == 2


def test_without_a_region_it_says_where_one_may_be_named(tmp_path: Path) -> None:
    done = tidegate("status", home=tmp_path)

    (line,) = done.stderr.splitlines()
    assert "no Region is known for stage dev: name it with --region" in line
    assert done.returncode == 2
