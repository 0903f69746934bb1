"""The emulated Region on a real clock, for another process to call: Auto Scaling, EC2 and load balancing.

Everything else of the app (bus, queues, functions, table, roles) stands in ministack: no amendment of those is here.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from threading import Event, Lock
from time import time
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest
from moto import mock_aws
from moto.autoscaling.models import AutoScalingBackend, autoscaling_backends
from moto.core.botocore_stubber import BotocoreStubber

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.local.place import ACCOUNT
from tidegate.desk.refusals import TEXTS
from tidegate.desk.region.amend import amended
from tidegate.desk.region.autoscaling import droughts, interruption
from tidegate.desk.region.autoscaling.requests import Release
from tidegate.desk.region.building import build
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.environ import CLEAN, environment
from tidegate.desk.region.fleet import Fleet, FleetShape
from tidegate.desk.region.place import REGION
from tidegate.desk.region.protocols import request_of
from tidegate.desk.region.services import fleet_services
from tidegate.desk.region.world import Clock, World

type Answer = tuple[int, Any, Any]
"""Status, headers, body."""


class LiveRegion:
    """One lock holds for every request and every act of AWS, so that neither ever sees the other half-way."""

    def __init__(self, clock: Clock) -> None:
        self.world: Final = World(clock)
        self._stubber: Final = BotocoreStubber()
        self._clients: Final = Clients()
        self._lock: Final = Lock()
        self._held: Final[dict[str, float]] = {}
        self.bedrock: Final = FakeBedrock(time)
        """In real time, whatever the Region's: what is asked of it comes from outside of the Region."""

    def answer(self, request: AWSPreparedRequest) -> Answer:
        """Answer one AWS call."""
        _, operation, _ = request_of(request.headers, request.body)
        with self._lock:
            self.world.run(0)
            answer = self._stubber.process_request(request)
            held = self._held.pop(operation, 0.0)
        # The call has taken effect, and others go on: only whoever made it waits.
        Event().wait(held)
        return answer or (404, {}, "this Region has no such service")

    def beat(self) -> None:
        """Do what is due."""
        with self._lock:
            self.world.run(0)

    def build(self, shape: FleetShape) -> Fleet:
        """Build a fleet that stands and serves at once."""
        with self._lock, self.world.at_once():
            return build(self._clients, self._backend, shape)

    def fleets(self) -> dict[str, dict[str, Any]]:
        """Return what there is to see of each fleet, by its name."""
        with self._lock:
            self.world.run(0)
            return {name: _seen(Fleet(self._backend, name)) for name in self._backend.autoscaling_groups}

    def interrupt(self, instance: str, *, after: float) -> None:
        """Take a spot machine back `after` seconds from now, as EC2 does; its warning is the caller's to send."""
        with self._lock:
            if not any(each.id == instance for name in self._backend.autoscaling_groups for each in self._spot(name)):
                raise LookupError(f"{instance} is no spot machine in service")
            self.world.record("aws", "interruption", f"EC2 will take {instance} back in {after:.0f} s", after=after)
            self.world.after(after, lambda: interruption.kill(self.world, self._backend, instance))

    def dry_up(self, fleet: str) -> None:
        """Let a fleet's launches of spot machines fail from now on, in the words of Auto Scaling."""
        with self._lock:
            if fleet not in self._backend.autoscaling_groups:
                raise LookupError(f"there is no group {fleet}")
            droughts.declared(self._backend).append(droughts.told(fleet, TEXTS["spot", "capacity"], None))
            self.world.record("aws", "drought", f"spot capacity is used up for {fleet}", group=fleet)

    def hold(self, operation: str, *, seconds: float) -> None:
        """Let the next call of an operation take effect at once and get its answer `seconds` (real ones) later."""
        with self._lock:
            self._held[operation] = seconds

    def timeline(self, since: int) -> list[dict[str, Any]]:
        """Return what happened, from the entry number `since` on."""
        with self._lock:
            self.world.run(0)
            return [asdict(each) for each in self.world.timeline[since:]]

    def note_release(self, release: Release) -> None:
        """Put a call that took a machine out of its group into the timeline."""
        text = f"{release.instance} of {release.group} is released: {release.how}"
        about = {"instance": release.instance, "group": release.group, "how": release.how}
        self.world.record("aws", "released", text, **about)

    @property
    def _backend(self) -> AutoScalingBackend:
        return autoscaling_backends[ACCOUNT][REGION]

    def _spot(self, name: str) -> tuple[Any, ...]:
        return Fleet(self._backend, name).spot_machines()


@contextmanager
def live_region(clock: Clock) -> Generator[LiveRegion]:
    """Open a Region in this process. It reads no account, profile or setting of the person who started it."""
    # moto takes every caller for one of this account, as the local cloud does.
    with environment(CLEAN | {"MOTO_ACCOUNT_ID": ACCOUNT}, without=("AWS_", "MOTO_")), mock_aws():
        region = LiveRegion(clock)
        with amended(fleet_services(region.world, region.note_release)):
            yield region


def _seen(fleet: Fleet) -> dict[str, Any]:
    machines = [asdict(each) for each in fleet.machines()]
    return {"desired": fleet.desired, "size": fleet.size, "machines": machines, "targets": fleet.target_states()}
