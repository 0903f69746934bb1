"""What a metric looks like on its way to CloudWatch."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tidegate import runtime
from tidegate.metrics import METRICS, NAMESPACE


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of a function in Lambda, Powertools' own variables included."""
    for name in ("TABLE", "MODE", "KILL_SWITCH"):
        monkeypatch.setenv(f"TIDEGATE_{name}", name.lower())
    monkeypatch.setenv("TIDEGATE_STAGE", "dev")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tidegate")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tidegate")
    runtime.reset()
    yield
    runtime.reset()


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
