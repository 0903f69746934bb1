"""`tidegate drill throttle MODEL`: asks the stage's drill function what throttling a route leads to, or to report it.

For machines, one JSON object: `version` (1), `stage`, `region`, `model`, `depth`, `nonce`, `route`, `hold` (seconds for
which the route is not tried again), `before` (epoch of the document before it), `started`, `code`, `reason`, `planned`:
what the function answered. After an injection also `passed`, `checks` and `timeline`, as `throttle_course.py` says;
after a rehearsal these are null.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import drill
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.drill import Depth
from tidegate.desk.operate.layout import below, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.times import length, utc
from tidegate.desk.trouble import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the drill function answered to a request that it didn't refuse."""

    model: str
    depth: Depth
    nonce: str
    route: str
    hold: float
    """Seconds for which the route is not tried again."""

    before: int
    """Epoch of the document before the drill."""

    started: float
    """Time of the report, in epoch seconds."""

    code: str
    reason: str
    planned: tuple[str, ...]


def begin(deployed: Deployed, model: str, depth: Depth, *, route: str, nonce: str) -> Begun:
    """Ask for a throttle. Raises `Refusal` for what was refused, and for what failed."""
    answer = drill.asked(deployed, "throttle", depth, nonce, model=model, route=route)
    return Begun(
        model=model,
        depth=depth,
        nonce=str(answer["nonce"]),
        route=str(answer["route"]),
        hold=float(answer["hold"]),
        before=int(answer["before"]),
        started=float(answer["started"]),
        code=str(answer["code"]),
        reason=str(answer["reason"]),
        planned=tuple(map(str, answer["planned"])),
    )


def worth_injecting(foreseen: Begun) -> None:
    """Raise `Refusal` where a rehearsal planned nothing: the drill would prove nothing."""
    if not foreseen.planned:
        raise Refusal(f"refused: a throttle of {foreseen.route} would change nothing: {foreseen.reason}")


def asking(deployed: Deployed, foreseen: Begun) -> tuple[str, str]:
    """Return what is planned, and the question whether that is wanted."""
    said = f"planned: {'; '.join(foreseen.planned)}; {foreseen.route} is back once it was quiet for"
    question = (
        f"Really step {foreseen.route} of {foreseen.model} down (stage {deployed.stage}, {deployed.ports.region})?"
    )
    return f"{said} {length(foreseen.hold)}", question


def rehearsed(deployed: Deployed, begun: Begun, route: str) -> Answer:
    """Return a rehearsal; `route` is the one that was asked for, if one was."""
    chosen = f" --route {route}" if route else ""
    inject = deployed.hint(f"drill throttle {begun.model}{chosen} --depth inject")
    return data(deployed, begun) | dict.fromkeys(("passed", "checks", "timeline")), _told(begun, inject)


def data(deployed: Deployed, begun: Begun) -> dict[str, Any]:
    """Return for machines what the function answered."""
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        "model": begun.model,
        "depth": begun.depth,
        "nonce": begun.nonce,
        "route": begun.route,
        "hold": begun.hold,
        "before": begun.before,
        "started": utc(begun.started),
        "code": begun.code,
        "reason": begun.reason,
        "planned": list(begun.planned),
    }


def _told(begun: Begun, inject: str) -> Iterator[RenderableType]:
    yield head(f"rehearsal on {begun.model}", "nothing was changed")
    yield Text.assemble(
        "  if ", (begun.route, "bold"), f" were throttled now, a look would decide: {words(begun.code)}"
    )
    yield below(begun.reason)
    yield Text(f"  planned: {'; '.join(begun.planned) or 'nothing'}")
    yield Text(f"  For real: {inject}", "dim")
