"""What a metric looks like on its way to CloudWatch, and whether `docs/metrics.md` tells of every one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from tidegate import process, runtime
from tidegate.fleet.incident import Outcome
from tidegate.fleet.launches import Cause, Market
from tidegate.fleet.notice import How
from tidegate.loop.drilling import DEPTHS
from tidegate.metrics import METRICS, NAMESPACE

PAGE: Final = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of a function in Lambda, Powertools' own variables included."""
    for name in ("TABLE", "MODE", "KILL_SWITCH"):
        monkeypatch.setenv(f"TIDEGATE_{name}", name.lower())
    monkeypatch.setenv("TIDEGATE_STAGE", "dev")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tidegate")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tidegate")
    process.reset()
    yield
    process.reset()


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_its_own_dimensions_and_no_other(
    name: str, stage: None, capsys: pytest.CaptureFixture[str]
) -> None:
    # CloudWatch takes another set of dimensions for another metric, and an alarm on the first one stays silent.
    known = METRICS[name]
    runtime.emit(name, 2, **dict.fromkeys(known.dimensions, "some"))
    line: dict[str, Any] = json.loads(capsys.readouterr().out)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert [set(some) for some in directive["Dimensions"]] == [{"stage", *known.dimensions}]
    assert directive["Metrics"] == [{"Name": name, "Unit": known.unit}]
    assert (line["stage"], line[name]) == ("dev", [2.0])


def test_a_metric_that_nobody_declared_or_with_foreign_dimensions_is_refused() -> None:
    with pytest.raises(KeyError):
        runtime.emit("Made", 1)
    with pytest.raises(ValueError, match="has the dimensions"):
        runtime.emit("Received", 1, instance="i-0b662ef9931388ba0")


def test_the_page_lists_every_metric_exactly_as_it_is() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:3] == "| `"]
    told = {name.strip("`"): rest for name, *rest in rows if rest[0] in ("Count", "Seconds")}
    declared = {
        name: [one.unit, ", ".join(f"`{key}`" for key in ("stage", *one.dimensions)), one.meaning]
        for name, one in METRICS.items()
    }
    assert told == declared
    assert list(told) == list(METRICS)


def test_the_page_says_of_every_metric_what_high_and_low_mean() -> None:
    told = PAGE.split("## What high and low mean")[1].split("\n## ")[0].splitlines()
    assert [line.split("`")[1] for line in told if line.startswith("- `")] == list(METRICS)


def test_the_page_names_every_value_that_the_code_gives_a_dimension() -> None:
    values = {*get_args(Outcome), *get_args(How), *get_args(Market), *get_args(Cause), *DEPTHS}
    values |= {f"failed_{cause}" for cause in get_args(Cause)}
    assert [value for value in values if f"`{value}`" not in PAGE] == []
