"""Alarms that ring in the emulated Region, and fleets of each kind that follow them."""

from typing import Any, Final

from tests.integration import waking
from tests.integration.waking_orders import Scene
from tidegate.desk.region.app import CAPACITY_ALARM, STAGE
from tidegate.desk.region.region import Region
from tidegate.policy.alarm import alarm_name

NAME: Final = CAPACITY_ALARM.name
LONG: Final = "g" * 250
"""A group whose alarms' names are too long, and are cut."""

POLICY: Final[dict[str, Any]] = {
    "profile": {
        "default": {},
        "adopting": {"signal": {"load": {"alarm": "{group}-busy"}, "all": {"alarm": "site-busy"}}},
    }
}

poison: Final = waking.poison_of(NAME)


def own(group: str, signal: str = "cpu") -> str:
    """Return the name of the alarm that Tidegate keeps for a fleet."""
    return alarm_name(STAGE, signal, group)


def rings(
    name: str,
    *,
    kind: str = "alarm_single_metric",
    event_id: str = "",
    age: float = 0,
    drill: str | None = None,
    state: str = "ALARM",
) -> dict[str, Any]:
    """Return a recorded event, now about an alarm of this name and sent `age` seconds ago."""
    event = waking.recorded(kind, event_id=event_id, age=age, drill=drill)
    event["detail"]["alarmName"] = name
    event["detail"]["state"]["value"] = state
    return event


def fleets(region: Region) -> None:
    """Build a fleet of each kind."""
    for name in ("chat", LONG):
        region.fleet(name, on_demand=0, spot=1, balanced=False)
    for name in ("batch", "embed"):
        region.fleet(name, on_demand=0, spot=1, balanced=False, profile="adopting")


def end_of(region: Region) -> waking.End:
    """Let everything come to rest, and look."""
    return waking.end_of(region, NAME)


def alarms() -> list[dict[str, Any]]:
    """Return one alarm of each kind, sent now, among them those that wake nobody."""
    return [
        rings(own("chat"), event_id="first"),
        rings(own("chat", "memory"), event_id="second"),
        rings(own(LONG), event_id="cut"),
        rings("site-busy", kind="alarm_composite", event_id="site"),
        rings("gone-busy", event_id="gone"),
        rings(own("chat"), drill="n1", event_id="drilled"),
        rings(own("chat"), drill="n2", event_id="forged"),
    ]


SCENE: Final = Scene(NAME, fleets, alarms, end_of, POLICY)
