"""The drill `spot-interruption`: a machine gets its warning, and is released and replaced as if spot took it."""

from typing import Final

from tidegate import runtime
from tidegate.fleet import judge
from tidegate.fleet.decision import wanted
from tidegate.fleet.drill import DRILL_SECONDS, Live, choose
from tidegate.fleet.ec2 import Instances
from tidegate.fleet.group import Group
from tidegate.fleet.notice import Notice, Observed
from tidegate.fleet.release import observe
from tidegate.loop import compose
from tidegate.loop.drilling import Answer, Request, send, survey
from tidegate.policy.mode import Mode

WARNING: Final = "EC2 Spot Instance Interruption Warning"


def begin(request: Request) -> Answer:
    """Warn a machine, or say what that would do. Raises `Refused`."""
    ground = survey(request, acts=True)
    live, group = ground.live, ground.group
    if ground.again and live:
        answer = _answer(group, live, request.depth, ground.mode)
        _send(live)
        return answer
    spot = Instances(runtime.client("ec2")).spot(group.machines)
    machine = choose(group, spot, request.instance)
    begun = Live(request.nonce, request.fleet, machine, request.now, request.now + DRILL_SECONDS)
    # First: once the event is sent, nothing that fails may keep its nonce from whoever asked.
    answer = _answer(group, begun, request.depth, ground.mode)
    if not request.rehearsing:
        ground.drills.begin(begun, after=live.version if live else 0)
        _send(begun)
    return answer


def _answer(group: Group, live: Live, depth: str, mode: Mode) -> Answer:
    """What is planned for the machine, by the same rules by which its notice will be judged."""
    notice = Notice(live.nonce, live.instance, "terminate", live.started, live.nonce)
    drills = Observed({}, {}, {live.nonce: live.target})
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
    """Put the warning on the bus."""
    send(WARNING, {"instance-id": live.instance, "instance-action": "terminate"}, live.nonce, live.started)
