"""A spot interruption in the local cloud: the drill's record, EC2's deadline, and the warning on the bus."""

import json
import time
from typing import Any, Final
from uuid import uuid4

from tidegate.desk.local.cloud import Cloud
from tidegate.desk.local.waiting import Trouble
from tidegate.journal import layout
from tidegate.reactions.event import DRILL_KEY, DRILL_SOURCE
from tidegate.reactions.spot_interruption.pattern import WARNING

RECORD_SECONDS: Final = 600
"""How long a drill's record permits its events to act."""


def put_record(dynamodb: Any, cloud: Cloud, fleet: str) -> str:
    """Put the record without which a drill's event does nothing; return its nonce."""
    nonce = uuid4().hex
    pk, sk = layout.drill_record(nonce)
    item = {
        "pk": {"S": pk},
        "sk": {"S": sk},
        "target": {"S": layout.fleet(fleet)},
        "expires": {"N": str(int(time.time()) + RECORD_SECONDS)},
    }
    dynamodb.put_item(TableName=cloud.outputs["Table"], Item=item)
    return nonce


def send_warning(events: Any, instance: str, nonce: str | None) -> str:
    """Send a drill's Spot Instance Interruption Warning, with a record's nonce or without; return the event's id."""
    detail = {"instance-id": instance, "instance-action": "terminate"} | ({DRILL_KEY: nonce} if nonce else {})
    return send(events, WARNING, detail)


def send(events: Any, detail_type: str, detail: dict[str, Any]) -> str:
    """Put an event of a drill on the bus; return its id. PutEvents says no with 200, so its answer is looked at."""
    entry = {"Source": DRILL_SOURCE, "DetailType": detail_type, "Detail": json.dumps(detail)}
    answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise Trouble(f"the bus refuses the event: {answer['Entries'][0]}")
    return answer["Entries"][0]["EventId"]
