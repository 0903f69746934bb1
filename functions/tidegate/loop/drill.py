"""Begins a drill on a fleet or a model: rehearses what would be done, or sends its event down the real path.

The request, from `tidegate drill` or `aws lambda invoke`:

    {"drill": "spot-interruption", "fleet": "chat", "depth": "rehearse", "instance": "i-0b66...", "nonce": "6f1c..."}
    {"drill": "capacity-alarm", "fleet": "chat", "depth": "inject", "signal": "cpu", "nonce": "6f1c..."}
    {"drill": "throttle", "model": "chat", "depth": "inject", "route": "frankfurt", "nonce": "6f1c..."}

`depth` is `rehearse` (nothing changes) or `inject`; `instance`, `signal` and `route` may be left out, and so may
`nonce`, by which a repeated request is the same drill. The answer has `refused` (why, or null), `instance`, `alarm` or
`route`, `nonce`, `started` (epoch seconds), `code`, `reason`, and `planned`. What an injected drill proved stands in
the journal once it is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from tidegate import runtime
from tidegate.fleet.drill import NONCE, Refused
from tidegate.loop import drill_alarm, drill_throttle, drill_warning
from tidegate.loop.drilling import DEPTHS, Answer, Request

THROTTLE: Final = "throttle"
DRILLS: Final[Mapping[str, Callable[[Request], Answer]]] = {
    "spot-interruption": drill_warning.begin,
    "capacity-alarm": drill_alarm.begin,
    THROTTLE: drill_throttle.begin,
}


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Begin a drill, or say why not."""
    with runtime.throttles_counted():
        return asdict(_answered(event, context))


def _answered(event: Mapping[str, Any], context: Any) -> Answer:
    request = Request.read(event, context.aws_request_id)
    try:
        answer = _begin(str(event.get("drill", "")), request)
    except Refused as why:
        answer = Answer(fleet=request.fleet, model=request.model, depth=request.depth, refused=str(why))
    runtime.emit("Drills", 1, answer="refused" if answer.refused else request.depth)
    said = answer.refused or answer.reason
    runtime.logger.info(said, target=request.target, depth=request.depth, nonce=request.nonce)
    return answer


def _begin(drill: str, request: Request) -> Answer:
    key, name = ("model", request.model) if drill == THROTTLE else ("fleet", request.fleet)
    if drill not in DRILLS or request.depth not in DEPTHS or not name:
        raise Refused(f'{{"drill": one of {tuple(DRILLS)}, "{key}": NAME, "depth": one of {DEPTHS}}} is needed')
    if not NONCE.fullmatch(request.nonce):
        raise Refused(f"the nonce is {request.nonce!r}: up to 64 letters, digits and hyphens are needed")
    return DRILLS[drill](request)
