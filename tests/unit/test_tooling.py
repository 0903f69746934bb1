"""What the set-up promises: locks that hold anywhere, one version of everything, a Makefile that explains itself."""

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON_LOCKS = sorted(ROOT.glob("requirements/*.txt"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NPM_LOCK: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text())
NPM_PINS: dict[str, str] = json.loads((ROOT / "package.json").read_text())["devDependencies"]


def pins(lock: Path) -> dict[str, str]:
    """Return version by package name, as a Python lock pins them."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def names(requirements: list[Any]) -> set[str]:
    """Return the names of the packages, as the locks spell them, without the groups that are included."""
    found = (re.match(r"[\w.-]+", one) for one in requirements if isinstance(one, str))
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run make with PATH only: the make that may have started these tests hands its own arguments down."""
    environment = {"PATH": os.environ["PATH"]} | variables
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


# ---- locks


@pytest.mark.parametrize(
    "lock", [*PYTHON_LOCKS, ROOT / "package-lock.json", ROOT / ".npmrc"], ids=lambda path: path.name
)
def test_a_lock_names_no_address_so_that_it_holds_behind_any_mirror(lock: Path) -> None:
    assert not re.findall(r"\S*(?://|file:)\S*|^-\S+|^.* @ .*$", lock.read_text(), re.MULTILINE)


def test_npms_lock_says_what_a_package_is_and_not_where_it_lies() -> None:
    packages = {name: package for name, package in NPM_LOCK["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package or "integrity" not in package] == []


@pytest.mark.parametrize("name", ["lambda.txt", "uv.txt"])
def test_the_small_locks_pin_what_was_tested_with_the_large_one(name: str) -> None:
    small, large = (pins(ROOT / "requirements" / one) for one in (name, "dev.txt"))
    assert small
    assert small.items() <= large.items()


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    asked = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    asked += [wanted for group, wanted in PROJECT["dependency-groups"].items() if group != "ministack"]
    wanted = set[str]().union(*map(names, asked)) - {"tidegate"}
    assert wanted - pins(ROOT / "requirements/dev.txt").keys() == set()


def test_the_local_cloud_has_an_environment_and_a_lock_of_its_own() -> None:
    local = pins(ROOT / "requirements/local.txt")
    assert names(PROJECT["dependency-groups"]["ministack"]) <= local.keys()
    assert "ministack" not in pins(ROOT / "requirements/dev.txt")
    # TerminateInstanceInAutoScalingGroup takes InstanceIds from here on, and functions run on this botocore there.
    assert tuple(map(int, local["botocore"].split("."))) >= (1, 43, 100)


def test_lambda_brings_its_own_boto3() -> None:
    bundled = pins(ROOT / "requirements/lambda.txt").keys()
    assert names(PROJECT["dependency-groups"]["lambda"]) <= bundled
    assert bundled.isdisjoint({"boto3", "botocore", "s3transfer"})


def test_npm_tools_are_pinned_exactly_and_the_lock_agrees() -> None:
    assert {name: NPM_LOCK["packages"][f"node_modules/{name}"]["version"] for name in NPM_PINS} == NPM_PINS


def test_the_cdk_cli_is_no_3_which_was_published_by_accident_and_reads_no_assembly_of_today() -> None:
    assert NPM_PINS["aws-cdk"].startswith("2.")


def test_one_version_of_python_everywhere() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert PROJECT["project"]["requires-python"] == f">={version}"
    assert PROJECT["tool"]["pyright"]["pythonVersion"] == version
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"


# ---- the house


def test_each_top_level_folder_is_a_place_where_code_runs() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    made = {"build", "node_modules", "cdk.out", "dist"}
    assert folders - made <= {"cdk", "docs", "functions", "requirements", "tests"}


def test_init_files_stay_empty_since_import_linter_does_not_follow_what_they_import() -> None:
    full = [
        path for folder in ("cdk", "functions") for path in (ROOT / folder).rglob("__init__.py") if path.read_text()
    ]
    # The door of what applications import: docs/adr/0018-the-client-lives-in-botocores-events.md.
    assert full == [ROOT / "functions/tidegate/client/__init__.py"]


def test_the_door_of_the_client_names_what_is_public_and_nothing_else() -> None:
    module = ast.parse((ROOT / "functions/tidegate/client/__init__.py").read_text())
    docstring, *imports, public = module.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(public, ast.Assign)
    names = [name.name for one in imports if isinstance(one, ast.ImportFrom) for name in one.names]
    assert all(isinstance(one, ast.ImportFrom) for one in imports)
    assert sorted(names) == ast.literal_eval(public.value)
    inside = (ROOT / "functions/tidegate").rglob("*.py")
    assert not [path for path in inside if "from tidegate.client import" in path.read_text()]


# ---- make


def test_help_lists_every_target_with_one_line() -> None:
    lines = make("help").stdout.splitlines()
    listed = [match[1] for line in lines if (match := re.fullmatch(r"make ([\w-]+) +\S.*", line))]
    assert len(listed) == len(lines)
    assert listed == re.findall(r"^\.PHONY: ([\w-]+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"install", "fmt", "lint", "type", "test", "synth", "check", "bench", "drill", "deploy"} <= set(listed)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_a_page_shows_exists(page: str) -> None:
    shown = set(re.findall(r"(?:^|`)make ([a-z0-9-]+)\b", (ROOT / page).read_text(), re.MULTILINE))
    assert shown
    assert shown <= set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["drill"], "tidegate drill"),
        (["drill", "WAVE=a wave.csv"], "tidegate drill --wave 'a wave.csv'"),
        (["drill", "WAVE=wave.csv", "JSON=1"], "tidegate drill --wave 'wave.csv' --json"),
        (["drill", "JSON=0"], "tidegate drill"),
        (["test", "ARGS=-k notice"], "python -m pytest --numprocesses 2 --dist worksteal -k notice"),
        (["local"], "tidegate local up"),
        (["local", "PORT=4600", "SPEED=10"], "tidegate local up --port 4600 --speed 10"),
        (["local", "REGION_PORT=5600"], "tidegate local up --region-port 5600"),
        (["local-down"], "tidegate local down"),
        (["e2e", "ARGS=-k drill"], "python -m pytest -k drill tests/e2e"),
        (["deploy"], "cdk deploy"),
        (["deploy", "STAGE=prod", "ARGS=--no-rollback"], "cdk deploy Tidegate-prod --no-rollback"),
    ],
)
def test_make_passes_on_what_it_is_given(arguments: list[str], command: str) -> None:
    last = make("--dry-run", *arguments).stdout.splitlines()[-1]
    assert " ".join(last.split()).endswith(command)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["echo 3.11.2"], "is 3.11.2;"),
        (["echo 'pyenv: command not found' >&2", "echo 'it exists in 3.12.1' >&2", "exit 127"], "doesn't run;"),
    ],
)
def test_a_wrong_python_gives_one_line_with_what_was_found_and_what_to_do(
    tmp_path: Path, lines: list[str], found: str
) -> None:
    done = make("install", f"PYTHON={script(tmp_path / 'python', *lines)}")
    assert done.returncode
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for part in ("needs Python 3.13", str(tmp_path), found, "make PYTHON="):
        assert part in line


def test_a_python_of_the_environment_is_nobodys_choice() -> None:
    assert make("help", PYTHON="python3.11").returncode == 0


# ---- what CI runs


@pytest.mark.parametrize(
    ("folders", "already", "expected"),
    [
        (["shared/traces"], "", "{tmp}/shared/traces"),
        (["shared/traces"], "/elsewhere", "/elsewhere"),
        ([], "", ""),
    ],
)
def test_ci_runs_make_check_and_e2e_with_the_traces_beside_the_project_if_there_are_any(
    tmp_path: Path, folders: list[str], already: str, expected: str
) -> None:
    for folder in ("main/.ci", "bin", *folders):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", tmp_path / "main/.ci/run")
    script(tmp_path / "bin/make", 'echo "$PWD $* ${TIDEGATE_TRACES:-}"')
    environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "TIDEGATE_TRACES": already}
    done = subprocess.run([tmp_path / "main/.ci/run"], env=environment, capture_output=True, text=True, check=True)
    traces = expected.format(tmp=tmp_path)
    assert done.stdout == f"{tmp_path}/main check {traces}\n{tmp_path}/main e2e {traces}\n"


def test_ci_stops_at_the_first_failure(tmp_path: Path) -> None:
    for folder in ("main/.ci", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / ".ci/run", tmp_path / "main/.ci/run")
    script(tmp_path / "bin/make", "echo $*", "exit 1")
    environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    done = subprocess.run([tmp_path / "main/.ci/run"], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("check\n", 1)
