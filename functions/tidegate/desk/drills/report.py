"""A drill's report for machines.

One JSON object; these keys stay, others may be added:

- `version`: 1; `seed`: of the run; `passed`: of all drills together
- `drills`: one object for each drill, in the order in which they ran, with
  - `name`, `about`, `passed`
  - `checks`: `name`, `passed`, `said` (a sentence)
  - `losses`: `instance`, `warned`, `deadline`, `releases`, `released`, `how` (terminate or detach), `time_left`,
    `drained`, `gone`, `replacement`, `replaced`; times in seconds since the drill began, null for what never happened
  - `series`: `name`, `points` (seconds, value), `most`, `target` (null for none); empty where nothing was measured
  - `calls`: AWS call -> how often the handler made it, retries included
  - `timeline`: `t`, `actor` (aws, lambda, tidegate), `kind`, `text`, `data`
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tidegate.desk.drills.losses import Loss
from tidegate.desk.drills.result import Result


def report(results: Sequence[Result], *, seed: int) -> dict[str, Any]:
    """Return the report, ready for json.dumps."""
    return {
        "version": 1,
        "seed": seed,
        "passed": all(each.passed for each in results),
        "drills": [_drill(each) for each in results],
    }


def _drill(result: Result) -> dict[str, Any]:
    return {
        "name": result.name,
        "about": result.about,
        "passed": result.passed,
        "checks": [asdict(check) for check in result.checks],
        "losses": [_loss(loss) for loss in result.losses],
        "series": [asdict(series) for series in result.series],
        "calls": dict(result.calls()),
        "timeline": [asdict(entry) for entry in result.timeline],
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return asdict(loss) | {"deadline": loss.deadline, "time_left": loss.time_left}
