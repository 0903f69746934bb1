"""`tidegate drill spot-interruption FLEET`: asks the stage's drill function for a rehearsal, or a warning for real.

For machines, one JSON object: `version` (1), `stage`, `region`, `fleet`, `depth`, `nonce`, `instance`, `started`,
`code`, `reason`, `planned`: what the function answered. After an injection also:

- `passed`, and `checks`: `name`, `passed`, `said` (a sentence)
- `incident`: as `told.py` says, or null if none was written
- `timeline`: `t` (seconds after the warning), `kind` (warning, decided, released, in-service), `text`

After a rehearsal these four are null.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import below, head, words
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.times import utc
from tidegate.desk.trouble import Refusal
from tidegate.fleet.incident import Incident
from tidegate.fleet.notice import LEAD_SECONDS, Notice

type Depth = Literal["rehearse", "inject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the drill function answered to a request that it didn't refuse."""

    fleet: str
    depth: Depth
    nonce: str
    instance: str
    """The machine that is warned; empty for an alarm."""

    alarm: str
    """The alarm that rings; empty for a warning."""

    started: float
    """Time of the warning or the alarm, in epoch seconds."""

    code: str
    reason: str
    planned: tuple[str, ...]

    @property
    def incident(self) -> Incident:
        """The incident as it is before the warning has arrived: it names the keys of what will be written."""
        notice = Notice(self.nonce, self.instance, "terminate", self.started, self.nonce)
        return Incident(
            instance=self.instance,
            day=notice.key[1],
            group=self.fleet,
            profile="",
            pool="",
            event="",
            action="terminate",
            noticed=self.started,
            deadline=self.started + LEAD_SECONDS,
            seen=self.started,
            decision="",
            drill=self.nonce,
        )


def begin(deployed: Deployed, fleet: str, depth: Depth, *, instance: str, nonce: str) -> Begun:
    """Ask for a warning. Raises `Refusal` for what was refused, and for what failed."""
    return ask(deployed, "spot-interruption", fleet, depth, nonce, instance=instance)


def ask(deployed: Deployed, drill: str, fleet: str, depth: Depth, nonce: str, **chosen: str) -> Begun:
    """Ask the drill function for a drill on what was chosen. Raises `Refusal` for what it refused or failed at."""
    answer = asked(deployed, drill, depth, nonce, fleet=fleet, **chosen)
    return Begun(
        fleet=fleet,
        depth=depth,
        nonce=str(answer["nonce"]),
        instance=str(answer["instance"]),
        alarm=str(answer.get("alarm", "")),  # a stage of an older release knows no alarms
        started=float(answer["started"]),
        code=str(answer["code"]),
        reason=str(answer["reason"]),
        planned=tuple(map(str, answer["planned"])),
    )


def asked(deployed: Deployed, drill: str, depth: Depth, nonce: str, **chosen: str) -> Mapping[str, Any]:
    """Return what the drill function answers. Raises `Refusal` for what it refused or failed at."""
    name = deployed.output("DrillFunction")
    reply = deployed.ports.functions.invoke(name, {"drill": drill, "depth": depth, "nonce": nonce, **chosen})
    payload: Any = reply.payload
    answer = cast(dict[str, Any], payload) if isinstance(payload, dict) else dict[str, Any]()
    if reply.failed or not {"refused", "nonce", "planned"} <= answer.keys():
        why = " ".join(str(answer.get("errorMessage", "it answered nothing that is a drill")).split())
        hint = "" if depth == "rehearse" else f"; whether it began, `{deployed.hint('status')}` tells"
        log = f"{deployed.stack.name}-DrillWorkerLog"  # CloudFormation adds letters of its own
        raise Refusal(f"the drill function {name} failed: {why}: read its log, the group {log}...{hint}")
    if answer["refused"]:
        raise Refusal(f"refused: {answer['refused']}")
    return answer


def worth_injecting(begun: Begun) -> None:
    """Raise `Refusal` where a rehearsal planned no release: the drill would prove nothing, and leave an incident."""
    if not begun.planned:
        raise Refusal(f"refused: a warning for {begun.instance} would release nothing ({begun.code}: {begun.reason})")


def data(deployed: Deployed, begun: Begun) -> dict[str, Any]:
    """Return a warning for machines, as it is before anything came of it."""
    later = dict.fromkeys(("passed", "checks", "incident", "timeline"))
    return answered(deployed, begun, instance=begun.instance) | later


def answered(deployed: Deployed, begun: Begun, **target: str) -> dict[str, Any]:
    """Return for machines what the function answered; `target` is what was drilled, by its kind."""
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        "fleet": begun.fleet,
        "depth": begun.depth,
        "nonce": begun.nonce,
        **target,
        "started": utc(begun.started),
        "code": begun.code,
        "reason": begun.reason,
        "planned": list(begun.planned),
    }


def rehearsed(deployed: Deployed, begun: Begun, instance: str) -> Answer:
    """Return a rehearsal; `instance` is the machine that was asked for, if one was."""
    chosen = f" --instance {instance}" if instance else ""
    inject = deployed.hint(f"drill spot-interruption {begun.fleet}{chosen} --depth inject")
    return data(deployed, begun), told(begun, inject=inject)


def told(begun: Begun, *, inject: str) -> Iterator[RenderableType]:
    """Return a rehearsal for people; `inject` is the command that does it for real."""
    yield head(f"rehearsal on {begun.fleet}", "nothing was changed")
    yield Text.assemble("  a warning for ", (begun.instance, "bold"), f" now would be: {words(begun.code)}")
    yield below(begun.reason)
    yield Text(f"  planned: {'; '.join(begun.planned) or 'nothing'}")
    yield Text(f"  For real: {inject}", "dim")
