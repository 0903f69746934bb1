"""`tidegate drill capacity-alarm FLEET`: rehearses a look, or lets one of the fleet's own alarms ring, and follows it.

For machines, one JSON object: `version` (1), `stage`, `region`, `fleet`, `depth`, `nonce`, `alarm`, `started`, `code`,
`reason`, `planned`: what the function answered. After an injection also `passed`, and `said` (what was proved);
after a rehearsal these two are null.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import drill
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.drill import Begun, Depth
from tidegate.desk.operate.layout import below, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.fleet.drill_alarm import SETTLED_SECONDS
from tidegate.journal import layout

EVERY_SECONDS: Final = 3
PATIENCE_SECONDS: Final = SETTLED_SECONDS + 120
"""The sweep writes the report a minute after the drill is settled, at the latest; and one sweep may fail."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a drill went, as the sweep has written it."""

    passed: bool
    said: str


def begin(deployed: Deployed, fleet: str, depth: Depth, *, signal: str, nonce: str) -> Begun:
    """Ask for an alarm to ring. Raises `Refusal` for what was refused, and for what failed."""
    return drill.ask(deployed, "capacity-alarm", fleet, depth, nonce, signal=signal)


def follow(deployed: Deployed, begun: Begun, step: Callable[[str], None]) -> Report:
    """Look every few seconds until the sweep has written what the drill proved; `step` hears how long that takes."""
    journal, ports = deployed.journal(), deployed.ports
    key = layout.drill_report(layout.fleet(begun.fleet), begun.started, begun.nonce, begun.alarm)
    start = ports.now()
    while (item := journal.get(key)) is None:
        waited = ports.now() - start
        if waited >= PATIENCE_SECONDS:
            return Report(False, f"no report within {PATIENCE_SECONDS} s: the sweep, which writes it, doesn't come")
        step(f"{waited:.0f} s: the alarm rings; the sweep will tell what came of it")
        ports.pause(EVERY_SECONDS)
    return Report(bool(item["passed"]), str(item["said"]))


def answer(deployed: Deployed, begun: Begun, report: Report | None) -> Answer:
    """Return a drill for machines and for people; without a report it was a rehearsal."""
    return data(deployed, begun, report), told(deployed, begun, report)


def data(deployed: Deployed, begun: Begun, report: Report | None) -> dict[str, Any]:
    """Return a drill for machines."""
    proved = {"passed": report.passed if report else None, "said": report.said if report else None}
    return drill.answered(deployed, begun, alarm=begun.alarm) | proved


def told(deployed: Deployed, begun: Begun, report: Report | None) -> Iterator[RenderableType]:
    """Return a drill for people."""
    if report is None:
        yield head(f"rehearsal on {begun.fleet}", "nothing was changed")
    else:
        yield head(f"drill {begun.nonce} on {begun.fleet}", f"rang {begun.alarm}")
    yield Text(f"  a look now decides: {words(begun.code)}")
    yield below(begun.reason)
    yield Text(f"  planned: {'; '.join(begun.planned) or 'nothing'}")
    if report is None:
        yield Text(f"  For real: {deployed.hint(f'drill capacity-alarm {begun.fleet} --depth inject')}", "dim")
        return
    yield from (Text(f"  {one}") for one in report.said.split("; "))
    verdict = ("PASS", "bold white on green") if report.passed else ("FAIL", "bold white on red")
    yield Text.assemble(verdict, f" capacity alarm on {begun.fleet}")
