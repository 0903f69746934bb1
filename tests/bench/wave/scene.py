"""A wave through queue, handlers and loop: 1,000 notices of one moment, over 100 fleets."""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import count
from random import Random
from random import seed as seed_chance
from typing import Any, Final, cast

from tests.bench.wave.clock import Clock
from tests.bench.wave.cloud import Fleets, Signals, Wire
from tests.bench.wave.lambdas import Queue, Source, Stored
from tests.bench.wave.table import Table
from tests.fakes import ACT, NOW, group, instance
from tidegate.fleet.group import Group
from tidegate.fleet.journaled import JournaledFleets
from tidegate.fleet.losses import JournaledLosses
from tidegate.fleet.notice import LEAD_SECONDS
from tidegate.fleet.notice_path import World
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import FleetWorld, Wake
from tidegate.journal import layout
from tidegate.journal.table import Journal
from tidegate.loop import delivery
from tidegate.loop.alarms import Seen
from tidegate.loop.compose import RESERVE_MILLIS
from tidegate.loop.mail import Message
from tidegate.loop.reconcile import read_wake
from tidegate.loop.sweep import sweep
from tidegate.loop.wake import Wakes
from tidegate.policy.profile import Profile
from tidegate.reactions.spot_interruption import pattern
from tidegate.reactions.spot_interruption.handler import respond

NOTICES: Final = 1_000
GROUPS: Final = 100
SPARE: Final = 2
"""Machines of each fleet that nobody takes."""

SECONDS: Final = 600.0
"""How long the wave is followed."""

FIRST_SWEEP_SECONDS: Final = 20.0
BUS_MEDIAN_SECONDS, BUS_SIGMA = 0.148, 0.38
"""EventBridge to Lambda: 148 ms at the median, 241 ms at the 90th percentile (measured in February 2023)."""

type Played = dict[str, Any]


class Scene:
    """Everything that takes part."""

    def __init__(self, *, throttling: bool, seed: int = 1) -> None:
        seed_chance(seed)  # the journal's pauses between two tries are a matter of chance
        self.clock = Clock()
        self._number = count()
        self.chance = Random(seed)  # noqa: S311 - the same seed gives the same wave
        self.wire = Wire(self.clock, throttling=throttling, seed=seed)
        self.fleets = Fleets(self.wire, dict(_fleet(number) for number in range(GROUPS)))
        self.fleets.epoch = NOW
        self.signals = Signals(self.wire)
        self.table = Table(self.wire.call)
        self.journal = Journal(cast(Any, self.table), "table", days=90, pause=self.clock.sleep)
        self.looks: dict[str, list[tuple[float, float]]] = {name: [] for name in self.fleets.groups}
        """When each fleet was looked at: from, to."""
        self.buried: list[tuple[Message, str]] = []
        self.failed_sweeps = 0
        self.wakes = Wakes(cast(Any, self), "wakes")
        self.notices = Source(
            self.clock,
            Queue(),
            self._notices,
            pattern.BATCH_SIZE,
            pattern.VISIBILITY_TIMEOUT_SECONDS,
            pattern.FUNCTION_TIMEOUT_SECONDS,
            pattern.MAX_RECEIVES,
            NOW,
        )
        self.woken = Source(
            self.clock,
            Queue(fifo=True),
            self._wake,
            delivery.BATCH_SIZE,
            delivery.VISIBILITY_TIMEOUT_SECONDS,
            delivery.FUNCTION_TIMEOUT_SECONDS,
            delivery.MAX_RECEIVES,
            NOW,
            most=delivery.MOST_AT_ONCE,
        )

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        """Take wakes, as the client of SQS does."""
        self.wire.call("SendMessageBatch")
        for one in Entries:
            stored = Stored(f"wake-{next(self._number)}", one["MessageBody"], self.clock.now, one["MessageGroupId"])
            self.woken.put(stored, deduplication=one["MessageDeduplicationId"])
        return {}

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        """Take dead letters, as the graveyard does."""
        self.wire.call("SendMessageBatch")
        self.buried += letters

    def again(self, messages: Mapping[Message, float]) -> None:
        """Take copies for later: profiles here let no machine serve on."""
        raise NotImplementedError(f"{len(messages)} copies for later")

    def start(self) -> None:
        """Send all notices, in no order, and begin to sweep."""
        numbers = list(range(NOTICES))
        self.chance.shuffle(numbers)
        for number in numbers:
            arrives = self.chance.lognormvariate(0, BUS_SIGMA) * BUS_MEDIAN_SECONDS
            message = Stored(f"notice-{number}", _warning(number), arrives)
            self.clock.after(arrives, lambda message=message: self.notices.put(message))
        self.clock.after(FIRST_SWEEP_SECONDS, self._every_minute)

    def _notices(self, messages: Sequence[Message]) -> set[str]:
        self.wire.call("GetParameters")
        world = World(self.fleets, JournaledLosses(self.journal), self.journal, self.wakes, PROFILES, ACT, self._gate)
        answer = respond(messages, world, self, NOW + self.clock.now, later=self)
        return {one["itemIdentifier"] for one in answer["batchItemFailures"]}

    def _wake(self, messages: Sequence[Message]) -> set[str]:
        (message,) = messages
        began = self.clock.now
        self.wire.call("GetParameters")
        target, event, _ = read_wake(message.body)
        name = layout.fleet_name(target)
        if name:
            world = FleetWorld(self.fleets, self.signals, JournaledFleets(self.journal), PROFILES, ACT, self._gate)
            done = reconcile(name, Wake(event, message.sent), world, NOW + began)
            if not done.failed and done.code != "stale_wake":
                self.looks[name].append((began, self.clock.now))
        return set()

    def _gate(self) -> str | None:
        return "no time is left" if self.clock.left * 1000 < RESERVE_MILLIS else None

    def _every_minute(self) -> None:
        minute = int((NOW + self.clock.now) // 60)
        self.clock.invoke(lambda: self._sweep(minute), timeout=delivery.SWEEP_TIMEOUT_SECONDS)
        self.clock.after(60 * delivery.SWEEP_EVERY_MINUTES, self._every_minute)

    def _sweep(self, minute: int) -> None:
        try:
            seen = Seen(minute, self.journal.get(layout.SWEEP), self.fleets.all_fleets())
            sweep(self.journal, self.wakes, seen, {})
        except Exception:  # noqa: BLE001 - as Lambda: the next one makes up for it
            self.failed_sweeps += 1


PROFILES: Final = {"default": Profile()}


def play(*, throttling: bool) -> Played:
    """Play the wave; return what came of it."""
    scene = Scene(throttling=throttling)
    scene.start()
    scene.clock.run(SECONDS)
    lost = [instance(number) for number in range(NOTICES)]
    released = {one: scene.fleets.released_at[one] for one in lost if one in scene.fleets.released_at}
    looked = {
        one: next((end for began, end in scene.looks[_name(number % GROUPS)] if began >= released.get(one, 0)), None)
        for number, one in enumerate(lost)
    }
    outcomes = [item.get("outcome", {}).get("S") for key, item in scene.table.items.items() if "INCIDENT#" in key[1]]
    return {
        "in_time": sum(at < LEAD_SECONDS for at in released.values()),
        "released": sorted(released.values()),
        "looked": sorted(at for at in looked.values() if at is not None),
        "replaced": outcomes.count("replaced"),
        "open": sum("open" in item for item in scene.table.items.values()),
        "calls": dict(scene.wire.calls),
        "throttled": scene.wire.throttled,
        "conflicts": scene.table.canceled["TransactionConflict"],
        "buried": len(scene.buried) + len(scene.notices.dead) + len(scene.woken.dead),
        "invocations": scene.notices.invocations,
        "reconciles": scene.woken.invocations,
        "failed_sweeps": scene.failed_sweeps,
        "timeouts": scene.notices.timeouts + scene.woken.timeouts,
    }


def _name(number: int) -> str:
    return f"fleet-{number}"


def _fleet(number: int) -> tuple[str, Group]:
    machines = [*range(number, NOTICES, GROUPS), *range(NOTICES + number, NOTICES + SPARE * GROUPS, GROUPS)]
    made = group(_name(number), *machines)
    return made.name, Group(made.name, made.profile, made.machines, desired=len(machines), balanced=True)


def _warning(number: int) -> str:
    return json.dumps(
        {
            "id": f"event-{number}",
            "detail-type": pattern.WARNING,
            "source": "aws.ec2",
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW)),
            "detail": {"instance-id": instance(number), "instance-action": "terminate"},
        }
    )
