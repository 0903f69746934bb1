"""What the tests of reactions share that do no more than wake: events sent now, a drill's record, poison, the end."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

EVENTS: Final = Path(__file__).parents[1] / "events"

type Events = list[dict[str, Any]]
type Poison = Callable[[Region], None]


def recorded(kind: str, *, event_id: str = "", age: float = 0, drill: str | None = None) -> dict[str, Any]:
    """Return a recorded event, now sent `age` seconds ago; with a nonce it is a drill's."""
    event = json.loads((EVENTS / f"{kind}.json").read_text())
    event["id"] = event_id or event["id"]
    event["time"] = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if drill is not None:
        event |= {"source": "tidegate.drill", "detail": event["detail"] | {"tidegate-drill": drill}}
    return event


def record(region: Region, nonce: str, target: str, *, seconds: int = 600) -> None:
    """Write a drill's record that expires in so many seconds; a name alone stands for a fleet."""
    item = {"pk": f"DRILL#{nonce}", "sk": "DRILL", "target": target}
    typed = {key: {"S": value} for key, value in item.items()} | {"expires": {"N": str(int(time.time()) + seconds)}}
    region.client("dynamodb").put_item(TableName=region.deployment.table, Item=typed)


def poison_of(function: str) -> Poison:
    """Return what puts a message that nobody can read into the queue of a function."""

    def poison(region: Region) -> None:
        region.client("sqs").send_message(QueueUrl=region.deployment.inboxes[function].url, MessageBody="{")

    return poison


@dataclass(frozen=True)
class Case:
    """One event, and what is to become of it."""

    event: dict[str, Any]
    woken: tuple[str, ...]
    code: str | None = None
    """Why nobody is woken, as the metric says; None where no rule lets the event through."""


@dataclass(frozen=True)
class End:
    """What is left when everything has come to rest."""

    woken: tuple[tuple[str, str], ...]
    """(target, event id) of each wake that its queue took; it swallows repetitions."""

    buried: tuple[str, ...]
    """Why, for each body; who dies between burying and deleting a message buries it once more."""

    waiting: int
    written: tuple[str, ...] = ()
    """Ids of the events that were written down."""


def end_of(region: Region, function: str) -> End:
    """Let everything come to rest, and look."""
    region.run(300)
    inbox = region.deployment.inboxes[function]
    letters = {(str(one["body"]), str(one["attributes"])) for one in region.messages(inbox.dead_letters_url)}
    return End(
        woken=tuple(sorted((wake["target"], wake["event"]) for wake in region.wakes())),
        buried=tuple(sorted(why for _, why in letters)),
        waiting=region.queue_depths()[inbox.url.rsplit("/", 1)[-1]],
    )


def reasons(region: Region, function: str) -> list[str]:
    """Return why nobody was woken, as the metric says."""
    lines = [json.loads(line) for line in region.logs_of(function)]
    return [line["reason"] for line in lines if "NoAction" in line]


def refuse(region: Region, function: str, operation: str, *, seconds: float) -> None:
    """Let an operation fail for so long, but not for what a function sends to its dead letters."""
    until = region.world.now() + seconds
    dead_letters = region.deployment.inboxes[function].dead_letters_url

    def chaos(call: Call) -> Fault | None:
        ours = call.operation == operation and call.parameters.get("QueueUrl") != dead_letters
        return Fault(500, "InternalFailure") if ours and region.world.now() < until else None

    region.chaos(chaos)
