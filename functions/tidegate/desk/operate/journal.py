"""`tidegate journal FLEET` or `model/NAME`: the last decisions, and the incidents of a fleet.

For machines, one JSON object: `version` (1), `stage`, `region`, `fleet` or `model`, `incidents` (of a model there are
none) and `decisions`, both newest first, as `told.py` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import fleets, models, targets
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import ByWidth, below, grid, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.targets import decision_id
from tidegate.desk.operate.times import Times, since
from tidegate.desk.operate.told import decision_data, incident_data, mode_word, progress
from tidegate.fleet.incident import Incident
from tidegate.journal import layout
from tidegate.journal.decision import Decision


@dataclass(frozen=True, slots=True)
class History:
    """What the journal says of a fleet or a model, newest first."""

    target: str
    incidents: tuple[Incident, ...]
    decisions: tuple[Decision, ...]


def answer(deployed: Deployed, said: str, most: int) -> Answer:
    """Return what the journal says of a fleet or a model, as a person names it."""
    found = read(deployed, targets.target(said), most)
    return data(deployed, found), told(found, Times(deployed.ports.now()), explain=deployed.hint("explain"))


def read(deployed: Deployed, target: str, most: int) -> History:
    """Read the history of a target. Raises `Refusal` for one that nobody knows."""
    journal, fleet = deployed.journal(), layout.fleet_name(target)
    incidents = fleets.incidents(journal, fleet, most=most)[:most] if fleet is not None else ()
    found = History(target, incidents, targets.decisions(journal, target, most=most))
    known(deployed, target, found.incidents, found.decisions)
    return found


def known(deployed: Deployed, target: str, *found: Sequence[object]) -> None:
    """Raise `Refusal` for a fleet or a model that isn't there, and of which nothing was `found` either."""
    if any(found):
        return
    model = layout.model_name(target)
    if model is not None:
        models.known(deployed, model)
    else:
        fleets.known(deployed, layout.fleet_name(target) or target)


def data(deployed: Deployed, history: History) -> dict[str, Any]:
    """Return the history for machines."""
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        **targets.named(history.target),
        "incidents": [incident_data(one) for one in history.incidents],
        "decisions": [decision_data(history.target, one) for one in history.decisions],
    }


def told(history: History, times: Times, *, explain: str) -> Iterator[RenderableType]:
    """Return the history for people; `explain` is the command that tells all of one decision."""
    fleet = layout.fleet_name(history.target)
    kind, name = ("model", layout.model_name(history.target)) if fleet is None else ("fleet", fleet)
    yield head(f"{kind} {name}", times.legend)
    yield Text()
    if fleet is not None:
        yield from _lost(history.incidents, times)
        yield Text()
    if history.decisions:
        yield head("decisions", f"newest first; all of one: {explain} ID")
        yield _decisions(history.target, history.decisions, times)
    else:
        yield head("decisions", f"none yet: a {kind} is looked at within ten minutes, and what is news is written down")


def _lost(incidents: Sequence[Incident], times: Times) -> Iterator[RenderableType]:
    if not incidents:
        yield head("incidents", "none in the journal: no machine was taken back")
        return
    yield head("incidents", "newest first; seconds after the warning; dip: machine-seconds without the machine")
    yield _incidents(incidents, times)
    for one in incidents:
        if one.outcome is None:
            yield below(f"{one.instance} is open: {progress(one)}")


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


def _decisions(target: str, some: Sequence[Decision], times: Times) -> RenderableType:
    """On a narrow page the reason stands below the rest."""
    wide = [
        (decision_id(target, one), times.at(one.at), mode_word(one.mode), words(one.code), one.reason) for one in some
    ]
    narrow: list[RenderableType] = []
    for one in some:
        line = (
            times.at(one.at),
            "  ",
            decision_id(target, one),
            "  ",
            (words(one.code), "bold"),
            f" ({mode_word(one.mode)})",
        )
        narrow += [Text.assemble("  ", *line), below(one.reason)]
    return ByWidth(wide=[grid(wide, "id", "decided", "mode", "what", "why")], narrow=narrow)
