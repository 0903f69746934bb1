"""What there is to see of a Region, for drills and tests."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from moto.autoscaling.models import AutoScalingBackend, autoscaling_backends
from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import Message, sqs_backends

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.region.app import SPOT_INTERRUPTION
from tidegate.desk.region.autoscaling.requests import Release
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.deployment import Deployment
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.function import Function
from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import Entry, World
from tidegate.fleet.incident import Incident, from_item
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import read_decision


class View:
    """The part of `Region` that only looks. Nothing here takes time or stands in the timeline."""

    world: World
    deployment: Deployment
    functions: Mapping[str, Function]
    clients: Clients
    bedrock: FakeBedrock
    """Bedrock in all Regions: what there is to be called, quotas, troubles, and the log of calls."""

    def __init__(self) -> None:
        self._released: list[Release] = []
        self._denied: list[Need] = []
        self._accepted: list[tuple[float, str, str]] = []

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
        return tuple(call for _, call in self._calls())

    def calls_of(self, function: str) -> tuple[str, ...]:
        """Return the calls that one function made."""
        return tuple(call for name, call in self._calls() if name == function)

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
        """Return the body of each wake that its queue has ever taken, swallowed duplicates left out."""
        return tuple(wake for _, wake in self._wakes())

    def woken_at(self, target: str) -> tuple[float, ...]:
        """Return when the queue took a wake of a target, in seconds since the Region began."""
        return tuple(t for t, wake in self._wakes() if wake["target"] == target)

    def dead_letters(self) -> tuple[dict[str, Any], ...]:
        """Return what stands in the dead-letter queues."""
        urls = (each.dead_letters_url for each in self.deployment.inboxes.values())
        return tuple(chain.from_iterable(self.messages(url) for url in urls))

    def queue_depths(self) -> dict[str, int]:
        """Return queue name -> messages in it, visible or not."""
        urls = ((each.url, each.dead_letters_url) for each in self.deployment.inboxes.values())
        return {queue_name(url): len(self._queue(url)) for url in chain.from_iterable(urls)}

    def items(self) -> tuple[dict[str, Any], ...]:
        """Return the table's items as plain Python values, sorted by key."""
        read = TypeDeserializer().deserialize
        # From moto itself: a scan through a client takes ten times as long, and whoever looks on looks often.
        table = dynamodb_backends[ACCOUNT][REGION].get_table(self.deployment.table)
        rows = [{key: read(value) for key, value in item.to_json()["Attributes"].items()} for item in table.all_items()]
        return tuple(sorted(rows, key=lambda row: (row["pk"], row["sk"])))

    def incidents(self) -> tuple[Incident, ...]:
        """Return the incidents of all fleets, open ones and those that are over, by when they were noticed."""
        kinds = (layout.OPEN_INCIDENTS, layout.INCIDENTS)
        found = [from_item(item) for item in self.items() if item["sk"].startswith(kinds)]
        return tuple(sorted(found, key=lambda one: (one.noticed, one.instance)))

    def decisions(self) -> tuple[Decision, ...]:
        """Return the decisions about all fleets, in order."""
        found = [
            read_decision(item) for item in self.items() if "observed" in item and item["sk"].startswith("DECISION#")
        ]
        return tuple(sorted(found, key=lambda one: one.at))

    @property
    def logs(self) -> list[str]:
        """What the function of spot interruptions has written: JSON log lines and EMF metrics."""
        return self.logs_of(SPOT_INTERRUPTION.name)

    def logs_of(self, function: str) -> list[str]:
        """Return what a function has written."""
        return self.functions[function].log.lines

    @property
    def backend(self) -> AutoScalingBackend:
        """Moto's Auto Scaling of this Region."""
        return autoscaling_backends[ACCOUNT][REGION]

    @property
    def alarms(self) -> dict[str, str]:
        """Return the state of each alarm by its name."""
        return {each.name: each.state_value for each in self.cloudwatch.alarms.values()}

    @property
    def cloudwatch(self) -> CloudWatchBackend:
        """Moto's CloudWatch of this Region."""
        return cloudwatch_backends[ACCOUNT][REGION]

    def _calls(self) -> Iterator[tuple[str, str]]:
        for each in self.timeline:
            if each.kind == "call" and each.actor == "tidegate":
                yield each.data["function"], f"{each.data['service']}:{each.data['operation']}"

    def _wakes(self) -> Iterator[tuple[float, Any]]:
        name = queue_name(self.deployment.wakes_url)
        yield from ((t, as_json(body)) for t, queue, body in self._accepted if queue == name)

    def _queue(self, url: str) -> list[Message]:
        return sqs_backends[ACCOUNT][REGION].get_queue(queue_name(url))._messages  # pyright: ignore[reportPrivateUsage]


def queue_name(url: str) -> str:
    """Return a queue's name by its address."""
    return url.rsplit("/", 1)[-1]


def as_json(body: str) -> Any:
    """Parse a body, or return it as it is."""
    try:
        return json.loads(body)
    except ValueError:
        return body
