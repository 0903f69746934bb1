"""Begins a drill on a fleet: rehearses what would be done, or sends a warning down the real path.

The request, from `tidegate drill` or `aws lambda invoke`:

    {"drill": "spot-interruption", "fleet": "chat", "depth": "rehearse", "instance": "i-0b66...", "nonce": "6f1c..."}

`depth` is `rehearse` (nothing changes) or `inject`; `instance` may be left out, and so may `nonce`, by which a repeated
request is the same drill. The answer has `refused` (why, or null), `instance`, `nonce`, `started` (epoch seconds),
`code`, `reason`, and `planned`. What an injected drill proved stands in the journal once its incident is over.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tidegate import runtime
from tidegate.fleet import judge
from tidegate.fleet.decision import wanted
from tidegate.fleet.drill import DRILL_SECONDS, NONCE, Live, Refused, check, choose
from tidegate.fleet.drilled import Drills
from tidegate.fleet.ec2 import Instances
from tidegate.fleet.group import Group
from tidegate.fleet.notice import Notice, Observed
from tidegate.fleet.release import observe
from tidegate.loop import compose
from tidegate.policy.mode import Mode

DEPTHS: Final = ("rehearse", "inject")
SOURCE: Final = "tidegate.drill"
WARNING: Final = "EC2 Spot Instance Interruption Warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a request for a drill."""

    fleet: str
    depth: str
    refused: str | None = None
    instance: str = ""
    nonce: str = ""
    started: float = 0.0
    code: str = ""
    reason: str = ""
    planned: tuple[str, ...] = ()


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Begin a drill, or say why not."""
    with runtime.throttles_counted():
        return asdict(_answered(event, context))


def _answered(event: Mapping[str, Any], context: Any) -> Answer:
    fleet, depth = str(event.get("fleet", "")), str(event.get("depth", DEPTHS[0]))
    nonce = str(event.get("nonce") or context.aws_request_id)
    try:
        if event.get("drill") != "spot-interruption" or depth not in DEPTHS or not fleet:
            raise Refused(f'{{"drill": "spot-interruption", "fleet": NAME, "depth": one of {DEPTHS}}} is needed')
        if not NONCE.fullmatch(nonce):
            raise Refused(f"the nonce is {nonce!r}: up to 64 letters, digits and hyphens are needed")
        answer = _drill(fleet, depth, nonce, str(event.get("instance", "")), float(int(time.time())))
    except Refused as why:
        answer = Answer(fleet=fleet, depth=depth, refused=str(why))
    runtime.emit("Drills", 1, answer="refused" if answer.refused else depth)
    runtime.logger.info(answer.refused or answer.reason, target=f"fleet/{fleet}", depth=depth, nonce=nonce)
    return answer


def _drill(fleet: str, depth: str, nonce: str, instance: str, now: float) -> Answer:
    drills, groups = Drills(compose.journal()), compose.groups()
    group = groups.fleets([fleet]).get(fleet)
    live = drills.live()
    rehearsing = depth == "rehearse"
    mode = Mode(act=True, stopped=False) if rehearsing else runtime.mode_reader().read(now=now)
    again = live is not None and (live.nonce, live.group) == (nonce, fleet) and not rehearsing
    incidents = () if rehearsing or again else drills.open_incidents(fleet)
    chosen = check(fleet, group, mode, incidents=incidents, live=None if again or rehearsing else live, now=now)
    if again and live:
        answer = _answer(chosen, live, depth, mode)
        _send(live)
        return answer
    spot = Instances(runtime.client("ec2")).spot(chosen.machines)
    begun = Live(nonce, fleet, choose(chosen, spot, instance), now, now + DRILL_SECONDS)
    # First: once the event is sent, nothing that fails may keep its nonce from whoever asked.
    answer = _answer(chosen, begun, depth, mode)
    if not rehearsing:
        drills.begin(begun, after=live.version if live else 0)
        _send(begun)
    return answer


def _answer(group: Group, live: Live, depth: str, mode: Mode) -> Answer:
    """What is planned for the machine, by the same rules by which its notice will be judged."""
    notice = Notice(live.nonce, live.instance, "terminate", live.started, live.nonce)
    drills = Observed({}, {}, {live.nonce: group.name})
    profiles = runtime.policy().profiles
    observed = observe(compose.groups(), [notice], drills, profiles)
    planned = judge.plan([notice], observed, profiles, mode, live.started)
    code, reason = next(
        ((one.code, one.reason) for one in planned.verdicts), ("unknown", "; ".join(planned.unjudged.values()))
    )
    return Answer(
        fleet=group.name,
        depth=depth,
        instance=live.instance,
        nonce=live.nonce,
        started=live.started,
        code=code,
        reason=reason,
        planned=tuple(wanted(one) for one in planned.releases),
    )


def _send(live: Live) -> None:
    """Put the warning on the bus. Raises RuntimeError if EventBridge turned it away: it answers 200 even then."""
    detail = {"instance-id": live.instance, "instance-action": "terminate", "tidegate-drill": live.nonce}
    answer = runtime.client("events").put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": WARNING,
                "Detail": json.dumps(detail),
                "Time": datetime.fromtimestamp(live.started, UTC),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"EventBridge turned the drill's event away: {answer['Entries'][0].get('ErrorMessage')}")
