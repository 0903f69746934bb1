"""`tidegate models`: the models of a stage, the route that goes first, how the others stand, and what is published.

For machines, one JSON object: `version` (1), `stage`, `region` (null for `local`), `models`; each with

- `name`, `first` (the route that goes first; null: there is none), `boundary` (Regions; null: anywhere, or unknown)
- `document`: `epoch`, `issued`, `until`, `home` (the route that is left once it has expired), `routes` in order; null:
  nothing is published that applications would take
- `trouble`: what is wrong with what is published, null
- `routes`: as `standings.py` says
- `looked`: when the last look began that was completed, null
- `decision`: the last one, as `told.py` says, or null; `advice`: what a person could do
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import models, standings
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import grid, head, words
from tidegate.desk.operate.models import Seen
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.targets import decision_id
from tidegate.desk.operate.times import Times, utc
from tidegate.desk.operate.told import decision_data
from tidegate.journal import layout
from tidegate.policy.route import LOCAL

NONE = "none: tidegate.toml has no [model.NAME] with a route for this stage, and nothing is published"


def answer(deployed: Deployed) -> Answer:
    """Return the models of a deployed stage."""
    found, times = models.in_stage(deployed), Times(deployed.ports.now())
    note = f"{deployed.where}; {times.at(times.now)}, {times.legend}"
    return data(deployed.stage, deployed.ports.region, found), told(deployed.stage, note, found, times)


def local(now: float) -> Answer:
    """Return the models of the stage `local` at `now` (epoch seconds)."""
    found = models.local(now)
    return data(LOCAL, None, found), told(LOCAL, "this machine, by tidegate.toml", found, Times(now))


def data(stage: str, region: str | None, found: Sequence[Seen]) -> dict[str, Any]:
    """Return models for machines."""
    return {"version": 1, "stage": stage, "region": region, "models": [model_data(one) for one in found]}


def model_data(seen: Seen) -> dict[str, object]:
    """Return a model for machines."""
    document, last = seen.document, seen.decisions[:1]
    return {
        "name": seen.name,
        "first": standings.first(seen),
        "boundary": list(seen.boundary) if seen.boundary else None,
        "document": document
        and {
            "epoch": document.epoch,
            "issued": utc(document.issued),
            "until": utc(document.until),
            "home": document.home or None,
            "routes": [one.name for one in document.routes],
        },
        "trouble": seen.published if isinstance(seen.published, str) else None,
        "routes": [standings.data(seen, name) for name in seen.routes],
        "looked": utc(seen.looked),
        "decision": decision_data(layout.model(seen.name), last[0]) if last else None,
        "advice": list(seen.advice),
    }


def told(stage: str, note: str, found: Sequence[Seen], times: Times) -> Iterator[RenderableType]:
    """Return models for people."""
    yield head(f"models of stage {stage}", note if found else NONE)
    for one in found:
        yield Text()
        yield Text.assemble((one.name, "bold"), "  ", goes_by(one))
        yield grid(_rows(one, times))


def short(found: Sequence[Seen], times: Times) -> RenderableType:
    """Return models for people, each in a line."""
    rows = [(one.name, goes_by(one), standings.age(one.document, times), standings.troubled(one)) for one in found]
    return grid(rows, "name", "route", "document", "stepped down")


def goes_by(seen: Seen) -> Text:
    """Say which route of a model goes first."""
    name = standings.first(seen)
    return Text(f"goes by {name}") if name else Text("no route may be taken", "bold red")


def bounds(seen: Seen) -> str:
    """Say where a model's data may be processed."""
    if not seen.bounded:
        return "unknown here"
    return ", ".join(seen.boundary) if seen.boundary else "anywhere"


def _rows(seen: Seen, times: Times) -> Iterator[tuple[RenderableType | str, RenderableType | str]]:
    trouble = f"of no use: {seen.published}" if isinstance(seen.published, str) else None
    yield "document", Text(trouble, "bold red") if trouble else standings.age(seen.document, times)
    yield "boundary", bounds(seen)
    out = dict(standings.left_out(seen, times))
    for number, name in enumerate(seen.routes):
        how = Text(f"left out: {out[name]}", "dim") if name in out else standings.said(seen, name, times)
        yield "" if number else "routes", Text.assemble((name, "bold"), "  ", how)
    for one in seen.decisions[:1]:
        yield "last decision", f"{words(one.code)}, {times.ago(one.at)} ({decision_id(layout.model(seen.name), one)})"
        yield "", one.reason
    for number, sentence in enumerate(seen.advice):
        yield "" if number else "advice", sentence
