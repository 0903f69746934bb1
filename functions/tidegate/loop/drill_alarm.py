"""The drill `capacity-alarm`: one of a fleet's own alarms rings, and its fleet is looked at as if it were busy."""

from typing import Final

from tidegate import process, runtime
from tidegate.fleet.cloudwatch_alarms import CloudWatchAlarms
from tidegate.fleet.drill import DRILL_SECONDS, Live, Refused
from tidegate.fleet.drill_alarm import SETTLED_SECONDS, choose_signal, may_ring, nonce_of, proved, state_reason
from tidegate.fleet.drilled import Drills
from tidegate.fleet.journaled import JournaledFleets
from tidegate.fleet.looking import planned
from tidegate.fleet.records import FleetWorld
from tidegate.fleet.steps import step
from tidegate.journal.table import Journal
from tidegate.loop import compose
from tidegate.loop.drilling import Answer, Ground, Request, survey
from tidegate.policy.alarm import RINGING, alarm_name
from tidegate.policy.mode import Mode

_RESTORED: Final = "tidegate drill is over: the state from before it"


def begin(request: Request) -> Answer:
    """Let an alarm ring, or say what would be decided now. Raises `Refused`.

    Nothing but a look follows, so a stage that observes may be drilled too.
    """
    ground = survey(request, acts=False)
    profile = runtime.policy().profiles.get(ground.group.profile)
    if profile is None:
        raise Refused(f"{request.fleet} asks for profile {ground.group.profile!r}, which nobody configured")
    alarm = alarm_name(process.settings().stage, choose_signal(profile, request.signal), request.fleet)
    # First: once the alarm rings, nothing that fails may keep its nonce from whoever asked.
    answer = _answer(request, ground, alarm)
    if not request.rehearsing:
        _ring(request, ground, alarm)
    return answer


def _ring(request: Request, ground: Ground, alarm: str) -> None:
    alarms, live = compose.alarms(), ground.live
    if not (ground.again and live):
        state = alarms.state(alarm)
        before = may_ring(alarm, state[0] if state else None)
        until = request.now + DRILL_SECONDS
        drill = Live(request.nonce, request.fleet, "", request.now, until, alarm=alarm, before=before)
        # Before it rings: whoever dies right after it leaves a record by which the sweep puts the state back.
        ground.drills.begin(drill, after=live.version if live else 0)
    elif live.over:
        return
    if not alarms.set_state(alarm, RINGING, state_reason(request.nonce)):
        raise Refused(f"the alarm {alarm} is gone")


def _answer(request: Request, ground: Ground, alarm: str) -> Answer:
    """What a look now would decide, by the same rules and with what the fleet remembers."""
    journal = JournaledFleets(compose.journal())
    mode = Mode(act=True, stopped=False)
    world = FleetWorld(compose.groups(), compose.metrics(), journal, runtime.policy().profiles, mode, lambda: None)
    _, plan = planned(request.fleet, journal.recall(request.fleet), world, request.now)
    return Answer(
        fleet=request.fleet,
        depth=request.depth,
        alarm=alarm,
        nonce=request.nonce,
        started=ground.live.started if ground.again and ground.live else request.now,
        code=plan.code,
        reason=plan.reason,
        planned=tuple(map(step, plan.actions)),
    )


def settle(journal: Journal, now: float) -> None:
    """Put back what an alarm's drill has changed, and write its report; the sweep does so, every minute.

    So it is done even if the drill died half-way. `now` in epoch seconds.
    """
    drills = Drills(journal)
    drill = drills.live()
    if drill is None or not drill.alarm or drill.over:
        return
    state = _restored(drill, compose.alarms())
    decided = drills.decided(drill, now=now)
    if decided is not None or now - drill.started > SETTLED_SECONDS:
        drills.report(drill, proved(drill, decided, state), at=now)


def _restored(drill: Live, alarms: CloudWatchAlarms) -> str | None:
    """Return the alarm's state, once it is none that the drill has set: a state by evaluation is the alarm's own."""
    found = alarms.state(drill.alarm)
    if found is None:
        return None
    state, reason = found
    if state == RINGING and nonce_of(reason) == drill.nonce:
        return drill.before if alarms.set_state(drill.alarm, drill.before, _RESTORED) else None
    return drill.before if nonce_of(reason) is None else state
