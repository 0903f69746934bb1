"""`tidegate routes MODEL`: the ways to a model in the order in which applications try them, and those left out.

For machines, one JSON object: `version` (1), `stage`, `region` (null for `local`), `model`, `boundary`, `document`
(`epoch`, `issued`, `until`, `home`; null), `trouble`, then

- `routes`, in order: as `standings.py` says, and `kind`, `id`, `source` (the Region in which Bedrock is called, null),
  `regions` (where data is processed), `max_context` (tokens, null), `endpoint` (null), `allowed` (inside the boundary)
- `left_out`: `name` and `why`
"""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import here, models, standings
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import ByWidth, below, grid, head
from tidegate.desk.operate.models import Seen
from tidegate.desk.operate.models_view import bounds
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.times import Times, utc
from tidegate.policy.document import Candidate
from tidegate.policy.residency import inside
from tidegate.policy.route import LOCAL


def answer(deployed: Deployed, model: str) -> Answer:
    """Return the routes of a model of a deployed stage."""
    seen, times = models.one_in_stage(deployed, model), Times(deployed.ports.now())
    return data(deployed.stage, deployed.ports.region, seen, times), told(deployed.where, seen, times)


def local(model: str, now: float) -> Answer:
    """Return the routes of a model of the stage `local` at `now` (epoch seconds)."""
    seen, times = models.local_one(model, here.local_model(model), now), Times(now)
    return data(LOCAL, None, seen, times), told("this machine, by tidegate.toml", seen, times)


def data(stage: str, region: str | None, seen: Seen, times: Times) -> dict[str, Any]:
    """Return routes for machines."""
    document = seen.document
    written = document and {
        "epoch": document.epoch,
        "issued": utc(document.issued),
        "until": utc(document.until),
        "home": document.home or None,
    }
    return {
        "version": 1,
        "stage": stage,
        "region": region,
        "model": seen.name,
        "boundary": list(seen.boundary) if seen.boundary else None,
        "document": written,
        "trouble": seen.published if isinstance(seen.published, str) else None,
        "routes": [standings.data(seen, one.name) | _data(one, seen) for one in _routes(seen)],
        "left_out": [{"name": name, "why": why} for name, why in standings.left_out(seen, times)],
    }


def _data(one: Candidate, seen: Seen) -> dict[str, object]:
    return {
        "kind": one.kind,
        "id": one.id,
        "source": one.region or None,
        "regions": list(one.regions),
        "max_context": one.max_context,
        "endpoint": one.endpoint or None,
        "allowed": inside(one.regions, seen.boundary),
    }


def told(where: str, seen: Seen, times: Times) -> Iterator[RenderableType]:
    """Return routes for people."""
    yield head(f"routes of {seen.name}", f"{where}; {times.at(times.now)}, {times.legend}")
    yield Text(f"  document: {standings.age(seen.document, times)}")
    if isinstance(seen.published, str):
        yield Text(f"  what is published is of no use: {seen.published}", "bold red")
    yield Text(f"  boundary: {bounds(seen)}")
    yield Text()
    if routes := _routes(seen):
        yield _table(routes, seen, times)
    else:
        yield Text("  no route is published")
    if out := [*standings.left_out(seen, times)]:
        yield Text()
        yield head("left out")
        yield grid(out)


def _table(routes: tuple[Candidate, ...], seen: Seen, times: Times) -> RenderableType:
    """On a narrow page the id, and where data is processed, stand below the name."""
    wide: list[tuple[RenderableType | str, ...]] = []
    narrow: list[RenderableType] = []
    for number, one in enumerate(routes, 1):
        how = standings.said(seen, one.name, times)
        if not inside(one.regions, seen.boundary):
            how = Text("outside of the boundary: no client takes it", "bold red")
        at, context = one.region or one.endpoint or "-", f"{one.max_context}" if one.max_context else "-"
        regions = ", ".join(one.regions) or "unknown"
        wide.append((str(number), one.name, one.kind, one.id, at, regions, context, how))
        narrow.append(Text.assemble(f"  {number}  ", (one.name, "bold"), "  ", how))
        narrow.append(below(f"{one.kind} {one.id} at {at}; data in {regions}; context {context}", 5))
    heads = ("", "route", "kind", "id", "called at", "data processed in", "context", "how it stands")
    return ByWidth(wide=[grid(wide, *heads, right=(0, 6))], narrow=narrow)


def _routes(seen: Seen) -> tuple[Candidate, ...]:
    return seen.document.routes if seen.document else ()
