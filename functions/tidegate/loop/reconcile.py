"""Reconciles one woken target: a fleet, a model, or the detached machines that nobody owns."""

import json
import time
from collections.abc import Mapping
from typing import Any, cast

from tidegate import runtime
from tidegate.fleet.ec2 import Instances
from tidegate.fleet.journaled import JournaledFleets
from tidegate.fleet.reconcile import Reconciled, reconcile
from tidegate.fleet.records import FleetWorld, Wake
from tidegate.fleet.shape import Remix, Resize
from tidegate.fleet.strays import observe_and_plan
from tidegate.journal import layout
from tidegate.loop import compose
from tidegate.loop.mail import Answer, Message, hand_back, read_batch


def handler(event: Mapping[str, Any], context: Any) -> Answer:
    """Handle the one wake of a batch, as Lambda calls it; a wake that raises is delivered again, then a dead letter.

    Raises ValueError when it is invoked with anything else, or for a wake that nobody can read.
    """
    now = time.time()
    with runtime.throttles_counted():
        for message in read_batch(event):
            _tend(message, context, now)
    return hand_back([])


def _tend(message: Message, context: Any, now: float) -> None:
    target, event, why = read_wake(message.body)
    runtime.logger.info(f"woken: {why}", target=target, event_id=event)
    if (model := layout.model_name(target)) is not None:
        # Imported by models alone: a fleet's look has no use for them.
        from tidegate.loop import models

        models.tend(model, event, message.sent, now)
        return
    fleet = layout.fleet_name(target)
    if fleet is not None:
        world = FleetWorld(
            groups=compose.groups(),
            signals=compose.metrics(),
            journal=JournaledFleets(compose.journal()),
            profiles=runtime.policy().profiles,
            mode=runtime.mode_reader().read(now=now),
            gate=compose.gate(context),
        )
        _report(target, event, reconcile(fleet, Wake(event, message.sent), world, now))
    else:
        _end_strays(event, now)


def read_wake(body: str) -> tuple[str, str, str]:
    """Return (target, event id, why) of a wake. Raises ValueError saying what is wrong with it."""
    try:
        wake: Any = json.loads(body)
        target, event, why = (str(wake[key]) for key in ("target", "event", "why"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"the message is no wake ({error!r}): target, event and why are needed") from None
    if target != layout.STRAYS and not (layout.fleet_name(target) or layout.model_name(target)):
        raise ValueError(f"the wake's target is {target!r}: fleet/NAME, model/NAME or {layout.STRAYS} is needed")
    return target, event, why


def _report(target: str, event: str, done: Reconciled) -> None:
    log = runtime.logger.error if done.failed else runtime.logger.info
    log(done.reason, target=target, event_id=event, code=done.code)
    if done.failed:
        runtime.emit("FleetsFailed", 1)
    for how in sorted(set(done.released)):
        runtime.emit("Released", done.released.count(how), how=how)
    for one in done.reshaped:
        _count(one)
    for close in done.closed:
        incident = close.incident
        runtime.emit("IncidentsClosed", 1, outcome=close.outcome)
        if close.replaced is not None:
            runtime.emit("WarningToReplacement", max(0.0, close.replaced - incident.noticed))
            runtime.emit("Dip", max(0.0, close.replaced - incident.left))
    if not (done.released or done.closed or done.reshaped or done.failed):
        runtime.emit("NoAction", 1, reason=done.code)


def _count(one: Resize | Remix) -> None:
    """Count by how much a fleet was changed; a size that takes the place of a surplus changes nothing."""
    if isinstance(one, Remix):
        more = one.distribution.base - one.before
        runtime.emit("Remixed", abs(more), to="on-demand" if more > 0 else "spot")
    elif more := one.desired - one.before:
        runtime.emit("Resized", abs(more), way="out" if more > 0 else "in")


def _end_strays(event: str, now: float) -> None:
    """End detached machines that run on: a deletion, so neither mode nor kill switch holds it back."""
    # Imported with the client, by this target alone: EC2 costs more than everything else here.
    instances = Instances(runtime.client("ec2"))
    planned = observe_and_plan(instances, compose.groups(), now)
    runtime.logger.info(planned.reason, target=layout.STRAYS, event_id=event, rejected=cast(Any, planned.rejected))
    if not planned.actions:
        runtime.emit("NoAction", 1, reason=planned.code)
        return
    # First: a machine that is ended is not found again, and nobody could say any more why it is gone.
    journal = compose.journal()
    values = {"code": planned.code, "reason": planned.reason, "rejected": json.dumps(planned.rejected)}
    journal.write(
        [journal.put(layout.decision(layout.STRAYS, now, event), {**values, "at": now, "event": event}, at=now)]
    )
    for end in planned.actions:
        instances.end(end.instances)
        runtime.emit("StraysEnded", len(end.instances))
