"""The drill `throttle`: a report that a route of a model is throttled, as if an application had sent it."""

from typing import Final

from tidegate import process, runtime
from tidegate.fleet.drill import Check, Live, Refused, check_stage
from tidegate.fleet.drill_alarm import wake_event
from tidegate.fleet.drilled import Drills
from tidegate.journal import layout
from tidegate.journal.entries import read_decision
from tidegate.journal.table import Journal
from tidegate.loop import compose, models
from tidegate.loop.drilling import Answer, Request, send
from tidegate.model.drill import FAILURES, Foreseen, NoSuchRoute, foresee, proved, stepped
from tidegate.model.journaled import JournaledModels
from tidegate.model.looking import REPORTS_SECONDS, look
from tidegate.model.reconcile import steps
from tidegate.model.standing import Track
from tidegate.policy.model import Model
from tidegate.policy.report import DETAIL_TYPE, VERSION

SETTLED_SECONDS: Final = 180
"""How long after its hold a route that isn't back will not be: three sweeps have looked."""


def begin(request: Request) -> Answer:
    """Report a route as throttled, or say what the next look would decide. Raises `Refused`."""
    model = runtime.policy().models.get(request.model)
    if model is None:
        known = ", ".join(sorted(runtime.policy().models)) or "none"
        raise Refused(f"{request.model} is no model of stage {process.settings().stage}: name one of {known}")
    drills = Drills(compose.journal())
    live = drills.live()
    again = live if live and not request.rehearsing and (live.nonce, live.model) == _asked(request) else None
    if not (request.rehearsing or again):
        mode = runtime.mode_reader().read(now=request.now)
        check_stage(mode, live, request.now, effect="step no route down")
    if again:
        _send(again)
        return Answer(
            fleet="",
            depth=request.depth,
            model=again.model,
            route=again.route,
            hold=max(0.0, again.expires - again.started - SETTLED_SECONDS),
            before=int(again.before),
            nonce=again.nonce,
            started=again.started,
            code="stepped_down",
            reason=f"the drill {again.nonce} on {again.model} was begun before",
        )
    return _begun(request, model, drills, live)


def _begun(request: Request, model: Model, drills: Drills, live: Live | None) -> Answer:
    foreseen, epoch = _foreseen(request, model)
    if not request.rehearsing:
        if foreseen.hindrance:
            raise Refused(foreseen.hindrance)
        begun = Live(
            request.nonce,
            "",
            "",
            request.now,
            request.now + foreseen.hold + SETTLED_SECONDS,
            before=str(epoch),
            model=request.model,
            route=foreseen.route,
        )
        drills.begin(begun, after=live.version if live else 0)
        _send(begun)
    return Answer(
        fleet="",
        depth=request.depth,
        model=request.model,
        route=foreseen.route,
        hold=foreseen.hold,
        before=epoch,
        nonce=request.nonce,
        started=request.now,
        code=foreseen.plan.code,
        reason=foreseen.hindrance or foreseen.plan.reason,
        planned=() if foreseen.hindrance else steps(foreseen.plan),
    )


def _foreseen(request: Request, model: Model) -> tuple[Foreseen, int]:
    """Return what the report would lead to, by a look as reconcile takes it, and the epoch that is published now."""
    world = models.world(request.now)
    recalled = world.journal.recall(request.model, since=request.now - REPORTS_SECONDS)
    sight = look(request.model, model, recalled, world, request.now)
    try:
        found = foresee(model, sight, recalled.memory, request.route, nonce=request.nonce, now=request.now)
    except NoSuchRoute as why:
        raise Refused(str(why)) from None
    return found, max(recalled.memory.epoch, sight.published.epoch if sight.published else 0)


def settle(journal: Journal, now: float) -> None:
    """Write what a throttle's drill proved, once its route is back or will not come; the sweep does so, every minute.

    `now` in epoch seconds.
    """
    drills = Drills(journal)
    drill = drills.live()
    if drill is None or not drill.model or drill.over:
        return
    target = layout.model(drill.model)
    first, last = (f"{layout.DECISIONS}{layout.stamp(at)}" for at in (drill.started, now + 1))
    decisions = [read_decision(item) for item in journal.between(target, first, last)]
    memory = JournaledModels(journal).recall(drill.model, since=now).memory
    down = stepped(decisions, wake_event(drill.nonce))
    track = memory.tracks.get(drill.route, Track())
    proofs = proved(track, down, memory, drill.started, int(drill.before))
    if all(passed for _, passed, _ in proofs) or now >= drill.expires:
        drills.report(drill, [Check(*one) for one in proofs], at=now)


def _asked(request: Request) -> tuple[str, str]:
    return request.nonce, request.model


def _send(live: Live) -> None:
    detail: dict[str, object] = {
        "version": VERSION,
        "stage": process.settings().stage,
        "model": live.model,
        "route": live.route,
        "epoch": int(live.before),
        "failure": "throttled",
        "count": FAILURES,
        "withoutMaxTokens": 0,
    }
    send(DETAIL_TYPE, detail, live.nonce, live.started)
