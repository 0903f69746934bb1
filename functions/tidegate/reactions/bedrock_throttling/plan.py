"""Which models an alarm or a report wakes: pure rules, from what an event says to a verdict with a reason."""

from collections.abc import Mapping

from tidegate.journal import layout
from tidegate.policy.model import Model
from tidegate.policy.throttle_alarm import owner
from tidegate.reactions.alarm import Alarm
from tidegate.reactions.bedrock_throttling.event import Signal
from tidegate.reactions.verdict import Verdict, waking


def verdict(signal: Signal, stage: str, models: Mapping[str, Model], drills: Mapping[str, str]) -> Verdict[Signal]:
    """Decide which model an event wakes that is not dismissed; `models` are those of the stage."""
    if isinstance(signal, Alarm):
        owned = owner(stage, signal.name)
        if owned is None:
            return Verdict(signal, "no_model", f"{signal.name} is the alarm of no model of stage {stage}")
        model, route, _ = owned
        why = signal.why
    else:
        report = signal.report
        if signal.stage != stage:
            return Verdict(signal, "other_stage", f"{signal.about} was reported to stage {signal.stage}, not {stage}")
        model, route = report.model, report.route
        why = (
            f"a client met {report.count} x {report.failure} on {signal.about}, in the document of epoch {report.epoch}"
        )
    if model not in models:
        return Verdict(signal, "no_model", f"{signal.about}: stage {stage} has no model {model}")
    if route not in (one.name for one in models[model].routes):
        return Verdict(signal, "no_route", f"{signal.about}: the model {model} has no route {route} in stage {stage}")
    return waking(signal, (layout.model(model),), drills, why)
