"""EventBridge: who may send what, and the exact body a queue receives."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from moto.core.utils import unix_time
from moto.events.models import EventsBackend, events_backends
from moto.moto_api._internal import mock_random
from moto.sqs.models import sqs_backends

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import World

BUS_SECONDS: Final = 0.241
"""EventBridge to Lambda, 90th percentile as measured in February 2023; the queue's own milliseconds are in it."""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""

    def put_events(backend: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """PutEvents: a source that begins with `aws.` is refused by its entry, while the call answers 200.

        Source: eventbridge/latest/APIReference/API_PutEventsResultEntry.html (NotAuthorizedForSourceException)
        """
        return [put_event(world, backend, entry) for entry in events]

    return [Amendment(EventsBackend, "put_events", put_events)]


def put_event(world: World, backend: EventsBackend, entry: dict[str, Any]) -> dict[str, Any]:
    """One entry of PutEvents; its answer's entry."""
    for needed in ("Source", "DetailType", "Detail"):
        if not entry.get(needed):
            return refusal("InvalidArgument", f"Parameter {needed} is not valid: a required argument.")
    if entry["Source"].startswith("aws."):
        return refusal("NotAuthorizedForSourceException", "Not authorized for the source.")
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return refusal("MalformedDetail", "Detail is malformed.")
    resources, said = entry.get("Resources", []), cast(dict[str, Any], detail)
    event = event_of(entry["Source"], entry["DetailType"], resources, said, at=entry.get("Time"))
    deliver(world, backend.account_id, backend.region_name, event)
    return {"EventId": event["id"]}


def refusal(code: str, message: str) -> dict[str, str]:
    """Return the entry of an event that was not taken."""
    return {"ErrorCode": code, "ErrorMessage": message}


def event_of(
    source: str, kind: str, resources: list[str], detail: dict[str, Any], *, at: float | str | None = None
) -> dict[str, Any]:
    """An event as the bus takes it; `at` in seconds since 1970, or now.

    eventbridge/latest/userguide/eb-events-structure.html
    """
    return {
        "version": "0",
        "id": str(mock_random.uuid4()),
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": iso_time(at),
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


def iso_time(epoch: float | str | None = None) -> str:
    """The event's `time` as the bus writes it: UTC, whole seconds."""
    return datetime.fromtimestamp(float(epoch or unix_time()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def deliver(world: World, account: str, region: str, event: Mapping[str, Any]) -> int:
    """Put an event on the default bus; the number of rules it matched. Also the door for AWS's own events.

    The body of the message is the whole event, as a rule without input transformation sends it:
    eventbridge/latest/userguide/eb-events-structure.html
    """
    rules = events_backends[account][region].describe_event_bus("default").rules.values()
    matching = [
        rule for rule in rules if rule.state == "ENABLED" and rule.event_pattern.matches_event(cast(Any, event))
    ]
    body = json.dumps(event)

    def arrive(queue: str) -> None:
        sqs_backends[account][region].send_message(queue, body)

    for rule in matching:
        for target in rule.targets:
            queue = str(target["Arn"]).rsplit(":", 1)[-1]
            world.after(BUS_SECONDS, lambda queue=queue: arrive(queue))
    return len(matching)
