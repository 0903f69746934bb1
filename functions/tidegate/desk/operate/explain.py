"""`tidegate explain DECISION`: what was seen, planned, rejected, and why.

For machines, one JSON object: `version` (1), `stage`, `region`, `decisions`: as `told.py` says; more than one where a
fleet was decided about several times in that moment.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import fleets
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import grid, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.times import Times
from tidegate.desk.operate.told import decision_data, decision_id
from tidegate.desk.trouble import Refusal, choices
from tidegate.fleet.sweep import EVENT
from tidegate.journal.decision import Decision
from tidegate.policy.mode import Mode

FORM: Final = re.compile(r"(?P<fleet>.+)@(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?)Z?")
EXAMPLE: Final = "chat@2026-11-24T08:00:02.113Z"
_AT_ONCE: Final = 20
_NEAR: Final = 50
"""Decisions among which the nearest spelling is looked for."""

_SWEEP: Final = re.compile(rf"{EVENT}(\d+)")


def answer(deployed: Deployed, decision: str) -> Answer:
    """Return all of a decision."""
    found = read(deployed, decision)
    return data(deployed, found), told(found, Times(deployed.ports.now()))


def read(deployed: Deployed, decision: str) -> tuple[Decision, ...]:
    """Read the decisions of a moment, oldest first. Raises `Refusal` for an id that names none."""
    form = FORM.fullmatch(decision.strip())
    if not form:
        hint = deployed.hint("journal FLEET")
        raise Refusal(f"{decision!r} is no decision: FLEET@TIME is needed, such as {EXAMPLE}; `{hint}` lists them")
    fleet, at = form["fleet"], form["at"]
    journal = deployed.journal()
    found = fleets.decisions(journal, fleet, most=_AT_ONCE, at=at)
    if not found:
        others = fleets.decisions(journal, fleet, most=_NEAR)
        fleets.known(deployed, fleet, others)
        there = choices(decision, [decision_id(one) for one in others])
        raise Refusal(f"no decision {decision} in the journal of stage {deployed.stage}: {there}")
    return found[::-1]


def data(deployed: Deployed, found: Sequence[Decision]) -> dict[str, Any]:
    """Return decisions for machines."""
    place = {"version": 1, "stage": deployed.stage, "region": deployed.ports.region}
    return place | {"decisions": [decision_data(one) for one in found]}


def told(found: Sequence[Decision], times: Times) -> Iterator[RenderableType]:
    """Return decisions for people."""
    for number, one in enumerate(found):
        if number:
            yield Text()
        yield Text.assemble((decision_id(one), "bold"), (f"  {times.at(one.at)}, {times.legend}", "dim"))
        yield grid(_rows(one, times))


def _rows(one: Decision, times: Times) -> Iterator[tuple[RenderableType | str, RenderableType | str]]:
    yield "decided", Text(words(one.code), "bold")
    yield "why", one.reason
    yield "mode", _mode(one.mode)
    yield "woken by", woken_by(one.event, times)
    yield "observed", "\n".join(_observed(one.observed)) or "nothing: the look failed, or there is no such group"
    yield "planned", "\n".join(one.planned) or "nothing"
    yield "rejected", "\n".join(one.rejected) or "nothing"


def _mode(mode: Mode) -> str:
    if mode.stopped:
        return "the kill switch was on: nothing new begins"
    return "act: what was planned is done" if mode.act else "observe: nothing is changed"


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
            yield f"{words(name)}: {', '.join(f'{number} {state}' for state, number in states.items()) or 'none'}"
        elif isinstance(value, list):
            several = cast(list[object], value)
            yield f"{words(name)}: {'; '.join(map(str, several)) or 'none'}"
        else:
            yield f"{words(name)}: {value if isinstance(value, str) else json.dumps(value)}"
