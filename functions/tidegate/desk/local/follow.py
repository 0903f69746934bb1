"""Takes a machine of the local cloud away, and tells what happens until its fleet is back at its size."""

from collections.abc import Callable
from typing import Any, Final

from tidegate.desk.local.clients import LocalClients
from tidegate.desk.local.cloud import Cloud
from tidegate.desk.local.journal import incident_of
from tidegate.desk.local.notice import put_record, send_warning
from tidegate.desk.local.remote import spot_in_service
from tidegate.desk.local.waiting import Trouble, wait_for
from tidegate.desk.region.fleet import Machine

LONGEST_SECONDS: Final = 600.0
"""Real seconds: a fleet that nobody helps is back after its notice, a health check and a boot, 225 s of the Region."""

type Tell = Callable[[str], None]


def interrupt(cloud: Cloud, instance: str | None, tell: Tell) -> None:
    """Interrupt a spot machine, as a drill and in earnest: after 120 s it is gone, released or not."""
    clients = LocalClients(cloud.place)
    machine = _chosen(cloud, instance)
    told = len(cloud.region.timeline())
    nonce = put_record(clients("dynamodb"), cloud, machine.group)
    cloud.region.interrupt(machine.id)
    send_warning(clients("events"), machine.id, nonce)
    tell(f"{machine.id} of {machine.group} ({machine.market} {machine.type} in {machine.zone}) gets its warning")
    _Follower(cloud, machine, clients("dynamodb"), tell, told).follow()


def _chosen(cloud: Cloud, instance: str | None) -> Machine:
    machines = [one for name in cloud.region.fleets() for one in spot_in_service(cloud.region.machines(name))]
    for one in machines:
        if instance in (None, one.id):
            return one
    raise Trouble(f"{instance or 'there'} is no spot machine in service: {', '.join(one.id for one in machines)}")


class _Follower:
    """Reads the Region's timeline and the journal, and tells each thing once."""

    def __init__(self, cloud: Cloud, machine: Machine, dynamodb: Any, tell: Tell, told: int) -> None:
        self._cloud = cloud
        self._machine = machine
        self._dynamodb = dynamodb
        self._tell = tell
        self._told = told
        self._began: float | None = None
        self._decided = False

    def follow(self) -> None:
        wait_for(self._look, LONGEST_SECONDS, f"{self._machine.group} back at its size")

    def _look(self) -> bool:
        entries = self._cloud.region.timeline(self._told)
        self._told += len(entries)
        for one in entries:
            self._began = one["t"] if self._began is None else self._began
            self._tell(f"{one['t'] - self._began:+7.1f} s  {one['text']}")
        self._tell_decision()
        return any(one["kind"] == "at-size" and one["data"]["group"] == self._machine.group for one in entries)

    def _tell_decision(self) -> None:
        if self._decided:
            return
        found = incident_of(self._dynamodb, self._cloud.outputs["Table"], self._machine.group, self._machine.id)
        if found:
            self._decided = True
            self._tell(f"   journal  {found['decision']}")
