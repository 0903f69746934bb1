"""Cold start: importing the notice handler with the clients it uses, against boto3 with one autoscaling client.

Both run in fresh interpreters, in turns, so that a noisy machine slows both; the figure is the median of the ratios.
"""

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.bench.figure import Figure

PROJECT: Final = Path(__file__).parents[2]
ROUNDS: Final = 9
BASE: Final = "import boto3; boto3.client('autoscaling')"
OURS: Final = (
    "import tidegate.reactions.spot_interruption.handler\n"
    "from tidegate import runtime\n"
    "for service in ('autoscaling', 'dynamodb', 'sqs', 'ssm'): runtime.client(service)"
)
PACKAGES: Final = ("boto3", "botocore", "s3transfer", "urllib3", "aws_lambda_powertools", "jmespath", "dateutil")


def measure() -> Iterator[Figure]:
    """Measure with and without compiled bytecode; the bound is for compiled, as Lambda's runtime has it."""
    compiled = _ratio(_compiled_path(), write_nothing=False)
    yield Figure("handler import, compiled", compiled, "x boto3 + autoscaling client", bound=1.5)
    with tempfile.TemporaryDirectory() as folder:
        plain = _copied_without_bytecode(Path(folder))
        yield Figure("handler import, not compiled", _ratio(plain, write_nothing=True), "x boto3 + autoscaling client")


def _ratio(path: list[str], *, write_nothing: bool) -> float:
    for code in (BASE, OURS):
        _seconds(code, path, write_nothing)  # the disk's cache warms up
    pairs = [(_seconds(OURS, path, write_nothing), _seconds(BASE, path, write_nothing)) for _ in range(ROUNDS)]
    return statistics.median(ours / base for ours, base in pairs)


def _seconds(code: str, path: list[str], write_nothing: bool) -> float:
    timed = f"import time; start = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(path),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        **({"PYTHONDONTWRITEBYTECODE": "1"} if write_nothing else {}),
    }
    ran = subprocess.run(
        [sys.executable, "-S", "-c", timed], env=environment, capture_output=True, text=True, check=True
    )
    return float(ran.stdout)


def _compiled_path() -> list[str]:
    path = [str(PROJECT / "functions"), _site_packages()]
    for folder in (PROJECT / "functions", *(_package(name) for name in PACKAGES)):
        compileall.compile_dir(folder, quiet=2)
    return path


def _copied_without_bytecode(folder: Path) -> list[str]:
    """Copy our code and the packages without bytecode; what else they need comes last on the path."""
    ignore = shutil.ignore_patterns("__pycache__", "desk")
    shutil.copytree(PROJECT / "functions" / "tidegate", folder / "tidegate", ignore=ignore)
    for name in PACKAGES:
        shutil.copytree(_package(name), folder / name, ignore=ignore)
    return [str(folder), _site_packages()]


def _site_packages() -> str:
    return str(_package("boto3").parent)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed: run make install")
    return Path(spec.origin).parent
