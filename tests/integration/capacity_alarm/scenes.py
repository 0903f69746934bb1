"""Alarms that ring in the emulated Region, and what is left once everything has come to rest."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tidegate.desk.region.app import CAPACITY_ALARM, STAGE
from tidegate.desk.region.region import Region
from tidegate.policy.alarm import alarm_name

EVENTS: Final = Path(__file__).parents[2] / "events"
NAME: Final = CAPACITY_ALARM.name
LONG: Final = "g" * 250
"""A group whose alarms' names are too long, and are cut."""

POLICY: Final[dict[str, Any]] = {
    "profile": {
        "default": {},
        "adopting": {"signal": {"load": {"alarm": "{group}-busy"}, "all": {"alarm": "site-busy"}}},
    }
}


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
    event = json.loads((EVENTS / f"{kind}.json").read_text())
    event["id"] = event_id or event["id"]
    event["time"] = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    event["detail"]["alarmName"] = name
    event["detail"]["state"]["value"] = state
    if drill is not None:
        event |= {"source": "tidegate.drill", "detail": event["detail"] | {"tidegate-drill": drill}}
    return event


def record(region: Region, nonce: str, fleet: str, *, seconds: int = 600) -> None:
    """Write a drill's record that expires in so many seconds."""
    item = {"pk": f"DRILL#{nonce}", "sk": "DRILL", "target": fleet}
    typed = {key: {"S": value} for key, value in item.items()} | {"expires": {"N": str(int(time.time()) + seconds)}}
    region.client("dynamodb").put_item(TableName=region.deployment.table, Item=typed)


def fleets(region: Region) -> None:
    """Build a fleet of each kind."""
    for name in ("chat", LONG):
        region.fleet(name, on_demand=0, spot=1, balanced=False)
    for name in ("batch", "embed"):
        region.fleet(name, on_demand=0, spot=1, balanced=False, profile="adopting")


def poison(region: Region) -> None:
    """Put what nobody can read into the queue."""
    region.client("sqs").send_message(QueueUrl=region.deployment.inboxes[NAME].url, MessageBody="{")


@dataclass(frozen=True)
class End:
    """What is left when everything has come to rest."""

    woken: tuple[tuple[str, str], ...]
    """(target, event id) of each wake that its queue took; it swallows repetitions."""

    buried: tuple[str, ...]
    """Why, for each body; who dies between burying and deleting a message buries it once more."""

    waiting: int


def end_of(region: Region) -> End:
    """Let everything come to rest, and look."""
    region.run(300)
    inbox = region.deployment.inboxes[NAME]
    letters = {(str(one["body"]), str(one["attributes"])) for one in region.messages(inbox.dead_letters_url)}
    return End(
        woken=tuple(sorted((wake["target"], wake["event"]) for wake in region.wakes())),
        buried=tuple(sorted(why for _, why in letters)),
        waiting=region.queue_depths()[inbox.url.rsplit("/", 1)[-1]],
    )
