"""What there is to see of a Region, for drills and tests."""

import json
from collections import Counter
from itertools import chain
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from moto.autoscaling.models import AutoScalingBackend, autoscaling_backends
from moto.sqs.models import Message, sqs_backends

from tidegate.desk.region.autoscaling.requests import Release
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.deployment import Deployment
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.function import Function
from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import Entry, World


class View:
    """The part of `Region` that only looks. Nothing here takes time or stands in the timeline."""

    world: World
    deployment: Deployment
    function: Function
    clients: Clients

    def __init__(self) -> None:
        self._released: list[Release] = []
        self._denied: list[Need] = []

    def _note_release(self, release: Release) -> None:
        self._released.append(release)
        how = "terminated in its group" if release.how == "terminate" else "detached"
        text = f"{release.instance} of {release.group} is {how}"
        self.world.record("aws", "released", text, instance=release.instance, group=release.group, how=release.how)

    @property
    def timeline(self) -> tuple[Entry, ...]:
        """Everything that happened, in order."""
        return self.world.timeline

    @property
    def calls(self) -> tuple[str, ...]:
        """`service:Operation` of each AWS call that handlers made, in order, retries included."""
        made = (each.data for each in self.timeline if each.kind == "call" and each.actor == "tidegate")
        return tuple(f"{data['service']}:{data['operation']}" for data in made)

    @property
    def releases(self) -> tuple[Release, ...]:
        """Each machine that a call took out of its group, as often as it was."""
        return tuple(self._released)

    def release_counts(self) -> Counter[str]:
        """Return instance id -> how often it was released."""
        return Counter(each.instance for each in self._released)

    @property
    def denied(self) -> tuple[Need, ...]:
        """The permissions that the function's role lacked, in order."""
        return tuple(self._denied)

    @property
    def fleets(self) -> dict[str, Fleet]:
        """All groups of the Region by name, opted in or not."""
        return {name: Fleet(self.backend, name) for name in self.backend.autoscaling_groups}

    def members(self, group: str) -> dict[str, str]:
        """Return instance id -> lifecycle state of a group."""
        return {each.id: each.state for each in Fleet(self.backend, group).machines()}

    def messages(self, url: str) -> tuple[dict[str, Any], ...]:
        """Return what stands in a queue, visible or not: body (parsed if it is JSON), group, attributes."""
        return tuple(
            {"body": as_json(each.body), "group": each.group_id, "attributes": dict(each.message_attributes)}
            for each in self._queue(url)
        )

    def wakes(self) -> tuple[Any, ...]:
        """Return the bodies in the FIFO queue of wakes."""
        return tuple(each["body"] for each in self.messages(self.deployment.wakes_url))

    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        """Return what stands in the dead-letter queues."""
        urls = (self.deployment.dead_letters_url, self.deployment.wakes_dead_letters_url)
        return tuple(chain.from_iterable(self.messages(url) for url in urls))

    def queue_depths(self) -> dict[str, int]:
        """Return queue name -> messages in it, visible or not."""
        at = self.deployment
        urls = (at.queue_url, at.dead_letters_url, at.wakes_url, at.wakes_dead_letters_url)
        return {url.rsplit("/", 1)[-1]: len(self._queue(url)) for url in urls}

    def items(self) -> tuple[dict[str, Any], ...]:
        """Return the table's items as plain Python values, sorted by key."""
        pages = self.clients("dynamodb").get_paginator("scan").paginate(TableName=self.deployment.table)
        read = TypeDeserializer().deserialize
        rows = [{key: read(value) for key, value in row.items()} for page in pages for row in page["Items"]]
        return tuple(sorted(rows, key=lambda row: (row["pk"], row["sk"])))

    @property
    def logs(self) -> list[str]:
        """What the function has written: JSON log lines and EMF metrics."""
        return self.function.logs

    @property
    def backend(self) -> AutoScalingBackend:
        """Moto's Auto Scaling of this Region."""
        return autoscaling_backends[ACCOUNT][REGION]

    def _queue(self, url: str) -> list[Message]:
        return sqs_backends[ACCOUNT][REGION].get_queue(url.rsplit("/", 1)[-1])._messages  # pyright: ignore[reportPrivateUsage]


def as_json(body: str) -> Any:
    """Parse a body, or return it as it is."""
    try:
        return json.loads(body)
    except ValueError:
        return body
