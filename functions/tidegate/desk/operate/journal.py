"""`tidegate journal FLEET`: the last decisions and incidents.

For machines, one JSON object: `version` (1), `stage`, `region`, `fleet`, `incidents` and `decisions`, both newest
first, as `told.py` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import fleets
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import ByWidth, below, grid, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.times import Times, since
from tidegate.desk.operate.told import decision_data, decision_id, incident_data, mode_word, progress
from tidegate.fleet.incident import Incident
from tidegate.journal.decision import Decision


@dataclass(frozen=True, slots=True)
class History:
    """What a fleet's journal says, newest first."""

    fleet: str
    incidents: tuple[Incident, ...]
    decisions: tuple[Decision, ...]


def answer(deployed: Deployed, fleet: str, most: int) -> Answer:
    """Return what the journal says of a fleet."""
    found = read(deployed, fleet, most)
    return data(deployed, found), told(found, Times(deployed.ports.now()), explain=deployed.hint("explain"))


def read(deployed: Deployed, fleet: str, most: int) -> History:
    """Read the history of a fleet. Raises `Refusal` for one that nobody knows."""
    journal = deployed.journal()
    found = History(
        fleet, fleets.incidents(journal, fleet, most=most)[:most], fleets.decisions(journal, fleet, most=most)
    )
    fleets.known(deployed, fleet, found.incidents, found.decisions)
    return found


def data(deployed: Deployed, history: History) -> dict[str, Any]:
    """Return the history for machines."""
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        "fleet": history.fleet,
        "incidents": [incident_data(one) for one in history.incidents],
        "decisions": [decision_data(one) for one in history.decisions],
    }


def told(history: History, times: Times, *, explain: str) -> Iterator[RenderableType]:
    """Return the history for people; `explain` is the command that tells all of one decision."""
    yield head(f"fleet {history.fleet}", times.legend)
    yield Text()
    if history.incidents:
        yield head("incidents", "newest first; seconds after the warning; dip: machine-seconds without the machine")
        yield _incidents(history.incidents, times)
        for one in history.incidents:
            if one.outcome is None:
                yield below(f"{one.instance} is open: {progress(one)}")
    else:
        yield head("incidents", "none in the journal: no machine was taken back")
    yield Text()
    if history.decisions:
        yield head("decisions", f"newest first; all of one: {explain} ID")
        yield _decisions(history.decisions, times)
    else:
        yield head("decisions", "none yet: a fleet is looked at within ten minutes, and what is news is written down")


def _incidents(some: Sequence[Incident], times: Times) -> RenderableType:
    """On a narrow page the replacement stands below its machine, and the pool is left out."""
    wide: list[tuple[str, ...]] = []
    narrow: list[tuple[str, ...]] = []
    for one in some:
        when, ends = times.at(one.noticed), (since(one.noticed, one.released), since(one.noticed, one.replaced))
        dip = "-" if one.dip is None else f"{one.dip:.1f}"
        outcome = f"{words(one.outcome or 'open')}{', drill' if one.drill else ''}"
        wide.append((when, one.instance, one.replacement or "-", *ends, dip, outcome, one.pool))
        narrow.append((when, f"{one.instance}\n{one.replacement}".rstrip(), *ends, dip, outcome))
    tail = ("released", "in service", "dip", "outcome")
    return ByWidth(
        wide=[grid(wide, "warning", "machine", "its replacement", *tail, "pool", right=(3, 4, 5))],
        narrow=[grid(narrow, "warning", "machine, successor", *tail, right=(2, 3, 4))],
    )


def _decisions(some: Sequence[Decision], times: Times) -> RenderableType:
    """On a narrow page the reason stands below the rest."""
    wide = [(decision_id(one), times.at(one.at), mode_word(one.mode), words(one.code), one.reason) for one in some]
    narrow: list[RenderableType] = []
    for one in some:
        line = (times.at(one.at), "  ", decision_id(one), "  ", (words(one.code), "bold"), f" ({mode_word(one.mode)})")
        narrow += [Text.assemble("  ", *line), below(one.reason)]
    return ByWidth(wide=[grid(wide, "id", "decided", "mode", "what", "why")], narrow=narrow)
