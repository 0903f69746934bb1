"""Reports of clients and alarms on routes in the emulated Region, and two models that they are about."""

from dataclasses import replace
from typing import Any, Final

from tests.infrastructure.templates import CHAT
from tests.integration import waking
from tests.integration.waking_orders import Scene, nothing
from tidegate.desk.region.app import BEDROCK_THROTTLING, STAGE
from tidegate.desk.region.region import Region
from tidegate.policy.throttle_alarm import alarm_name

NAME: Final = BEDROCK_THROTTLING.name
POLICY: Final[dict[str, Any]] = {"profile": {"default": {}}, "model": {"chat": CHAT, "embed": CHAT}}
NEWEST: Final = {"chat": "third", "embed": "lone"}
"""Id of the newest event about each model in the scene."""

poison: Final = waking.poison_of(NAME)


def tells(
    model: str = "chat",
    route: str = "home",
    *,
    stage: str = STAGE,
    event_id: str = "",
    age: float = 0,
    drill: str | None = None,
) -> dict[str, Any]:
    """Return a recorded report, now about a route of this model and sent `age` seconds ago."""
    event = waking.recorded("model_report", event_id=event_id, age=age, drill=drill)
    event["detail"] |= {"stage": stage, "model": model, "route": route}
    return event


def rings(
    model: str = "chat",
    route: str = "home",
    *,
    kind: str = "throttles",
    stage: str = STAGE,
    event_id: str = "",
    age: float = 0,
    drill: str | None = None,
) -> dict[str, Any]:
    """Return a recorded alarm, now on a route of this model and sent `age` seconds ago."""
    event = waking.recorded(f"model_{kind}", event_id=event_id, age=age, drill=drill)
    watch = "throttles" if kind == "throttles" else "throttle-ratio"
    event["detail"]["alarmName"] = alarm_name(stage, model, route, watch)
    return event


def written(region: Region) -> tuple[str, ...]:
    """Return the ids of the reports that stand in the journal."""
    return tuple(sorted(str(item["event_id"]) for item in region.items() if str(item["sk"]).startswith("REPORT#")))


def end_of(region: Region) -> waking.End:
    """Let everything come to rest, and look; of each model's wakes only the one that counts is told.

    A model is woken once for a batch, as a fleet is by failed launches. Every report is to be written down once.
    """
    end = waking.end_of(region, NAME)
    counts = {(f"model/{model}", event) for model, event in NEWEST.items()}
    known = {target for target, _ in counts}
    kept = [wake for wake in end.woken if wake in counts or wake[0] not in known or wake[1].startswith("drill-")]
    return replace(end, woken=tuple(kept), written=written(region))


def signals() -> list[dict[str, Any]]:
    """Return reports and alarms sent in the last seconds, among them those that wake nobody."""
    return [
        tells(event_id="first", age=3),
        rings(event_id="second", age=2),
        tells("embed", "paris", event_id="lone", age=2),
        tells("gone", event_id="nobody's"),
        tells(stage="live", event_id="elsewhere"),
        tells(event_id="third"),
        tells(drill="n1", event_id="drilled"),
        tells(drill="n2", event_id="forged"),
    ]


SCENE: Final = Scene(NAME, nothing, signals, end_of, POLICY, drilled="model/chat")
