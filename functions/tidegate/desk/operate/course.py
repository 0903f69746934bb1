"""How a drill went, as a timeline with checks and a verdict: for people, and for machines as `drill.py` says."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final, Literal

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import drill
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.follow import Course
from tidegate.desk.operate.layout import grid, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.proving import verdict
from tidegate.desk.operate.targets import decision_id
from tidegate.desk.operate.times import Times
from tidegate.desk.operate.told import incident_data
from tidegate.journal import layout

type Kind = Literal["warning", "decided", "released", "in-service"]
type Moment = tuple[float, Kind, str]
"""(epoch seconds, kind, text)."""

LABELS: Final[dict[Kind, tuple[str, str]]] = {
    "warning": ("WARNING", "bold yellow"),
    "decided": ("decided", "cyan"),
    "released": ("RELEASED", "bold green"),
    "in-service": ("IN SERVICE", "bold green"),
}


def moments(course: Course) -> tuple[Moment, ...]:
    """Return what happened, in order."""
    begun, incident = course.begun, course.incident
    decided: list[Moment] = [(one.at, "decided", f"{words(one.code)}: {one.reason}") for one in course.decisions]
    warned = f"a drill's warning for {begun.instance} of {begun.fleet}"
    found: list[Moment] = [(begun.started, "warning", warned), *decided]
    if incident and incident.released is not None:
        left = incident.deadline - incident.released
        how = f"by {incident.how}" if incident.how else "by somebody else"
        found.append((incident.released, "released", f"{incident.instance} {how}, {left:.1f} s left"))
    if incident and incident.replaced is not None:
        dip = f"a dip of {incident.dip or 0:.1f} machine-seconds"
        found.append((incident.replaced, "in-service", f"{incident.replacement} replaces it; {dip}"))
    return tuple(sorted(found, key=lambda one: one[0]))


def answer(deployed: Deployed, course: Course) -> Answer:
    """Return how a drill went."""
    return drill.data(deployed, course.begun) | data(course), told(course, Times(deployed.ports.now()))


def data(course: Course) -> dict[str, Any]:
    """Return how a drill went for machines."""
    start = course.begun.started
    return {
        "passed": course.passed,
        "checks": [asdict(one) for one in course.checks],
        "incident": incident_data(course.incident) if course.incident else None,
        "timeline": [{"t": round(at - start, 3), "kind": kind, "text": text} for at, kind, text in moments(course)],
    }


def told(course: Course, times: Times) -> Iterator[RenderableType]:
    """Return how a drill went for people."""
    begun = course.begun
    began = f"began {times.at(begun.started)}, {times.legend}; seconds after the warning"
    yield head(f"drill {begun.nonce} on {begun.fleet}", began)
    yield Text()
    yield grid((f"{at - begun.started:+.1f} s", Text(*LABELS[kind]), text) for at, kind, text in moments(course))
    yield Text()
    target = layout.fleet(begun.fleet)
    last = "".join(f"; the last decision was {decision_id(target, one)}" for one in course.decisions[-1:])
    yield from verdict(course.checks, f"spot interruption on {begun.fleet}{last}")
