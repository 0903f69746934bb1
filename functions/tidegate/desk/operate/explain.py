"""`tidegate explain DECISION`: what was seen, planned, rejected, and why.

For machines, one JSON object: `version` (1), `stage`, `region`, `decisions`: as `told.py` says; more than one where a
fleet or model was decided about several times in that moment.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import journal as history
from tidegate.desk.operate import targets
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import grid, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.targets import decision_id
from tidegate.desk.operate.times import Times
from tidegate.desk.operate.told import decision_data
from tidegate.desk.trouble import Refusal, choices
from tidegate.fleet.sweep import EVENT
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode

FORM: Final = re.compile(r"(?P<target>.+)@(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?)Z?")
EXAMPLE: Final = "chat@2026-11-24T08:00:02.113Z"
_AT_ONCE: Final = 20
_NEAR: Final = 50
"""Decisions among which the nearest spelling is looked for."""

_SWEEP: Final = re.compile(rf"{EVENT}(\d+)")


def answer(deployed: Deployed, decision: str) -> Answer:
    """Return all of a decision."""
    target, found = read(deployed, decision)
    return data(deployed, target, found), told(target, found, Times(deployed.ports.now()))


def read(deployed: Deployed, decision: str) -> tuple[str, tuple[Decision, ...]]:
    """Return a target and its decisions of a moment, oldest first. Raises `Refusal` for an id that names none."""
    form = FORM.fullmatch(decision.strip())
    if not form:
        hint = deployed.hint("journal FLEET")
        raise Refusal(
            f"{decision!r} is no decision: FLEET@TIME is needed, or model/NAME@TIME, such as {EXAMPLE}; `{hint}` lists"
            " them"
        )
    target, at = targets.target(form["target"]), form["at"]
    journal = deployed.journal()
    found = targets.decisions(journal, target, most=_AT_ONCE, at=at)
    if not found:
        others = targets.decisions(journal, target, most=_NEAR)
        history.known(deployed, target, others)
        there = choices(decision, [decision_id(target, one) for one in others])
        raise Refusal(f"no decision {decision} in the journal of stage {deployed.stage}: {there}")
    return target, found[::-1]


def data(deployed: Deployed, target: str, found: Sequence[Decision]) -> dict[str, Any]:
    """Return decisions for machines."""
    place = {"version": 1, "stage": deployed.stage, "region": deployed.ports.region}
    return place | {"decisions": [decision_data(target, one) for one in found]}


def told(target: str, found: Sequence[Decision], times: Times) -> Iterator[RenderableType]:
    """Return decisions for people."""
    for number, one in enumerate(found):
        if number:
            yield Text()
        yield Text.assemble((decision_id(target, one), "bold"), (f"  {times.at(one.at)}, {times.legend}", "dim"))
        yield grid(_rows(target, one, times))


def _rows(target: str, one: Decision, times: Times) -> Iterator[tuple[RenderableType | str, RenderableType | str]]:
    yield "decided", Text(words(one.code), "bold")
    yield "why", one.reason
    yield "mode", _mode(target, one.mode)
    yield "woken by", woken_by(one.event, times)
    yield "observed", "\n".join(_observed(one.observed)) or "nothing: the look failed, or there is nothing of that name"
    yield "planned", "\n".join(one.planned) or "nothing"
    yield "rejected", "\n".join(one.rejected) or "nothing"


def _mode(target: str, mode: Mode) -> str:
    if mode.stopped:
        return "the kill switch was on: nothing new begins"
    if mode.act:
        return "act: what was planned is done"
    return "observe: nothing is changed" if layout.fleet_name(target) else "observe: every route keeps its place"


def woken_by(event: str, times: Times) -> str:
    """Say what made Tidegate look."""
    if sweep := _SWEEP.fullmatch(event):
        return f"the sweep of {times.at(60 * int(sweep[1]))}"
    warning, _, gone = event.partition("#")
    return f"event {warning}{', once its machine had left' if gone else ''}"


def _observed(observed: Mapping[str, object]) -> Iterator[str]:
    for name, value in observed.items():
        if isinstance(value, Mapping):
            states = cast(Mapping[str, object], value)
            yield f"{words(name)}: {', '.join(_part(*one) for one in states.items()) or 'none'}"
        elif isinstance(value, list):
            several = cast(list[object], value)
            yield f"{words(name)}: {'; '.join(map(str, several)) or 'none'}"
        else:
            yield f"{words(name)}: {value if isinstance(value, str) else json.dumps(value)}"


def _part(name: str, said: object) -> str:
    """Return how many there are of something, or what was seen of it."""
    if isinstance(said, list):
        several = cast(list[object], said)
        return f"{name} ({'; '.join(map(str, several)) or 'nothing'})"
    return f"{name} ({said})" if isinstance(said, str) else f"{said} {name}"
