"""What a wave of 1,000 notices over 100 fleets takes, from the warning to the release and to the first look.

Played on virtual time, with the real handlers: `respond` of the notices, `reconcile`, `sweep` and the journal, behind
Lambda's pollers (their rules stand in `lambdas.py`) and in front of calls that take time (`cloud.py`, `table.py`). All
warnings are of one moment; each fleet loses 10 of 12 machines, and its replacements serve 45 s after their launch.

It is played twice: with Auto Scaling's allowance as `cloud.py` assumes it, for all calls of the account together, and
without a limit. A look counts for a notice when it began after its machine's release.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench.figure import Figure
from tidegate.fleet.notice import LEAD_SECONDS

PROJECT: Final = Path(__file__).parents[3]
NOTICES: Final = 1_000
PERCENTILES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


def measure() -> Iterator[Figure]:
    """Play the wave in an interpreter of its own: what the handlers log would drown the report."""
    path = f"{PROJECT}{os.pathsep}{PROJECT / 'functions'}"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.wave"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},  # sets in one order: every run is the same
        capture_output=True,
        text=True,
        check=True,
    )
    played: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    yield from _times("wave", played["free"])
    for operation, number in sorted(played["free"]["calls"].items(), key=lambda one: -one[1]):
        yield Figure(f"wave: calls of {operation}", number, "calls")
    yield from _times("throttled wave", played["throttled"])
    yield Figure("throttled wave: attempts that were throttled", played["throttled"]["throttled"], "calls")


def _times(name: str, played: dict[str, Any]) -> Iterator[Figure]:
    yield Figure(f"{name}: released inside their deadline", played["in_time"] / NOTICES * 100, "%", least=100)
    for rank, share in PERCENTILES.items():
        latest = LEAD_SECONDS if rank == "max" else None
        yield Figure(f"{name}: warning to release, {rank}", _ranked(played["released"], share), "s", bound=latest)
    for rank, share in PERCENTILES.items():
        yield Figure(f"{name}: warning to the first look after it, {rank}", _ranked(played["looked"], share), "s")
    yield Figure(f"{name}: incidents closed by a replacement", played["replaced"] / NOTICES * 100, "%", least=100)
    yield Figure(f"{name}: invocations for notices", played["invocations"], "invocations")
    yield Figure(f"{name}: invocations for wakes", played["reconciles"], "invocations")
    yield Figure(f"{name}: dead letters", played["buried"], "messages", bound=0)


def _ranked(values: Sequence[float], share: float) -> float:
    """Return the value that this share of sorted values doesn't exceed."""
    return values[max(0, round(share * len(values)) - 1)] if values else float("nan")
