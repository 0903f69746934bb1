"""What CloudFormation can't remove with the stack, since the stack did not make it: a custom resource that does.

Create and Update do nothing, and succeed. Delete removes; it comes once the sweep and its schedule are gone. Whatever
happens CloudFormation gets an answer: without one it would wait for as long as the resource's timeout says.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.request import Request, urlopen

from tidegate import process, runtime
from tidegate.fleet.cloudwatch_alarms import CloudWatchAlarms
from tidegate.fleet.journaled import JournaledFleets
from tidegate.fleet.keeping import delete
from tidegate.fleet.restore import restore as owners_bases
from tidegate.journal import layout
from tidegate.loop import compose
from tidegate.loop.delivery import ALARM_WRITE_EVERY_SECONDS, SWEEP_TIMEOUT_SECONDS
from tidegate.model.withdraw import withdraw

IN_FLIGHT_SECONDS: Final = SWEEP_TIMEOUT_SECONDS + 5
"""So long a sweep that was under way when its function was deleted may still write."""

LOOK_AGAIN_SECONDS: Final = 5.0
RESERVE_MILLIS: Final = 20_000
"""What is left for the answer: three tries."""

_TRIES: Final = 3
_ANSWER_SECONDS: Final = 5.0
_LONGEST_REASON: Final = 1000
"""Characters: an answer has 4096 bytes.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html"""

type Put = Callable[[str, bytes], None]
"""Sends an answer to an address."""


class Remaining(Exception):
    """Something could not be removed; the words are for whoever deletes the stack."""


# {
#   "RequestType": "Delete",
#   "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:Tidegate-dev-RemovalWorkerFunction6A4A2C6B-3hXb",
#   "ResponseURL": "https://cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com/arn%3Aaws...",
#   "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/Tidegate-dev/6c3dc1b0-c9e4-11f0-8bd6-0affe7f8c2b1",
#   "RequestId": "1c1a9c6c-5d2b-4f2f-9b8f-0f1f5d2f2a35",
#   "LogicalResourceId": "RemovalResource8DD6EC6D",
#   "PhysicalResourceId": "tidegate-dev",
#   "ResourceType": "Custom::TidegateRemoval",
#   "ResourceProperties": {"ServiceToken": "arn:aws:lambda:...", "ServiceTimeout": "900"}
# }
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Remove what is left, if the stack is being deleted, and tell CloudFormation."""
    answer(event, context, send)


def answer(event: Mapping[str, Any], context: Any, put: Put) -> None:
    """Do what is asked for, and tell CloudFormation how it went. Raises only if it can't be told: Lambda repeats it."""
    status, reason = "SUCCESS", "nothing to do"
    try:
        if event["RequestType"] == "Delete":
            reason = f"{remove(compose.alarms(), context)}, {restore()}, {withdrawn()}"
    except Exception as error:  # noqa: BLE001 - whatever it is, CloudFormation must not wait for an hour
        runtime.logger.exception("removal failed")
        status, reason = "FAILED", f"{error or type(error).__name__}"
    said = {
        "Status": status,
        "Reason": reason[:_LONGEST_REASON],
        # Always the same: by another one CloudFormation would take it for replaced, and have the old one deleted.
        "PhysicalResourceId": event.get("PhysicalResourceId") or f"tidegate-{process.settings().stage}",
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    runtime.logger.info("answered", status=status, reason=reason)
    put(event["ResponseURL"], json.dumps(said).encode())


def remove(alarms: CloudWatchAlarms, context: Any) -> str:
    """Delete the alarms of the stage until no more come; return what was done. Raises `Remaining` if some are left."""
    began, deleted = time.time(), 0
    while True:
        names = sorted(alarms.existing())
        done = delete(alarms, names, go=lambda: _in_time(context, ALARM_WRITE_EVERY_SECONDS))
        deleted += done.deleted
        still = time.time() - began >= IN_FLIGHT_SECONDS
        if still and not names:
            return f"{deleted} alarms deleted"
        if done.left or (still and done.refused) or not _in_time(context, LOOK_AGAIN_SECONDS):
            raise Remaining(_left(names, done.refused))


def restore() -> str:
    """Give owners their on-demand bases back; return for how many. Raises `Remaining` if one could not be set.

    By now nobody is left who might raise one again: deleting the alarms has taken longer than a look may.
    """
    journal = compose.journal()
    fleets = [name for target in journal.open_targets() if (name := layout.fleet_name(target))]
    done = owners_bases(fleets, JournaledFleets(journal), compose.groups())
    for name, why in done.failed.items():
        runtime.logger.error("a base can't be given back", fleet=name, error=why)
    if done.failed:
        name, why = next(iter(done.failed.items()))
        raise Remaining(f"{len(done.failed)} groups keep another on-demand base than their owners', {name}: {why}")
    return f"{len(done.fleets)} on-demand bases given back"


def withdrawn() -> str:
    """Delete the route documents, which by now nobody publishes any more; return how many."""
    return f"{withdraw(runtime.client('ssm'), process.settings().stage)} route documents deleted"


def _in_time(context: Any, pause: float) -> bool:
    """Wait a moment, if there is time left after it."""
    if context.get_remaining_time_in_millis() - 1000 * pause < RESERVE_MILLIS:
        return False
    runtime.pause(pause)
    return True


def _left(names: list[str], refused: Mapping[str, str]) -> str:
    why = "; ".join(dict.fromkeys(refused.values())) or "no time was left; delete the stack again"
    return f"{len(refused) or len(names)} alarms could not be deleted, {(*refused, *names)[0]} among them: {why}"


def send(url: str, body: bytes) -> None:
    """Put an answer where CloudFormation waits for it, an object in S3 by a signed address; three tries.

    Over TLS only; or to the endpoint that all of this function's calls go to, which a local cloud is. The signature
    covers an empty Content-Type, which urllib would fill in otherwise.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not url.startswith("https://") and not (endpoint and url.startswith(f"{endpoint}/")):
        raise ValueError("an answer goes over https only")
    for left in reversed(range(_TRIES)):
        request = Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310 - looked at above
        try:
            with urlopen(request, timeout=_ANSWER_SECONDS):  # noqa: S310 - looked at above
                return
        except OSError:
            if not left:
                raise
            runtime.pause(1.0)
