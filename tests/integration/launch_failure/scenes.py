"""Launches that fail in the emulated Region, of fleets and of a group that is none."""

from dataclasses import replace
from typing import Any, Final

from tests.integration import waking
from tests.integration.waking_orders import Scene
from tidegate.desk.region.app import LAUNCH_FAILURE
from tidegate.desk.region.region import Region

NAME: Final = LAUNCH_FAILURE.name

NEWEST: Final = {"chat": "third", "batch": "lone"}
"""Id of the newest event about each fleet in the scene."""

poison: Final = waking.poison_of(NAME)


def fails(
    group: str, *, kind: str = "spot_capacity", event_id: str = "", age: float = 0, drill: str | None = None
) -> dict[str, Any]:
    """Return a recorded event, now about a launch of this group and sent `age` seconds ago."""
    event = waking.recorded(f"launch_failure_{kind}", event_id=event_id, age=age, drill=drill)
    event["detail"]["AutoScalingGroupName"] = group
    return event


def groups(region: Region) -> None:
    """Build two fleets, and a group that is none."""
    for name, profile in (("chat", "default"), ("batch", "default"), ("plain", None)):
        region.fleet(name, on_demand=0, spot=1, balanced=False, profile=profile)


def end_of(region: Region) -> waking.End:
    """Let everything come to rest, and look; of each fleet's wakes only the one that counts is told.

    A fleet is woken once for a batch, under the id of the newest event in it: how many wakes there are follows from how
    the events fall into batches. What must never be missing is the wake of the newest of all; that of a drill is
    one of its own.
    """
    end = waking.end_of(region, NAME)
    counts = {(f"fleet/{fleet}", event) for fleet, event in NEWEST.items()}
    known = {target for target, _ in counts}
    kept = [wake for wake in end.woken if wake in counts or wake[0] not in known or wake[1].startswith("drill-")]
    return replace(end, woken=tuple(kept))


def failures() -> list[dict[str, Any]]:
    """Return failed launches sent in the last seconds, among them those that wake nobody."""
    return [
        fails("chat", event_id="first", age=3),
        fails("chat", event_id="second", age=2, kind="spot_quota"),
        fails("batch", event_id="lone", age=2, kind="on_demand_capacity"),
        fails("plain", event_id="nobody's"),
        fails("chat", event_id="warm", kind="into_warm_pool"),
        fails("chat", event_id="third"),
        fails("chat", drill="n1", event_id="drilled"),
        fails("chat", drill="n2", event_id="forged"),
    ]


SCENE: Final = Scene(NAME, groups, failures, end_of)
