"""The emulated Region from outside of its process: what its server's own addresses under /tidegate/ offer."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from tidegate.desk.local.place import HOST
from tidegate.desk.local.waiting import Trouble
from tidegate.desk.region.fleet import FleetShape, Machine

_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RemoteRegion:
    """The Region that listens on a port of this machine."""

    port: int

    def build(self, shape: FleetShape) -> tuple[Machine, ...]:
        """Build a fleet; return its machines."""
        return _machines(self._ask("POST", "fleets", body=json.dumps(asdict(shape))))

    def fleets(self) -> dict[str, dict[str, Any]]:
        """Return desired, size, machines and the states of targets of each fleet, by its name."""
        return self._ask("GET", "fleets")

    def machines(self, fleet: str) -> tuple[Machine, ...]:
        """Return the machines of a fleet."""
        return _machines(self.fleets()[fleet])

    def interrupt(self, instance: str, *, after: float = 120.0) -> None:
        """Let EC2 take a spot machine back `after` seconds (of the Region) from now. The warning is not sent."""
        self._ask("POST", "interrupt", instance=instance, after=after)

    def dry_up(self, fleet: str) -> None:
        """Let a fleet's launches of spot machines fail from now on. The event of a failed one is not sent."""
        self._ask("POST", "dry-up", fleet=fleet)

    def hold(self, operation: str, *, seconds: float) -> None:
        """Let the next call of an operation take effect, and be answered only `seconds` (real ones) later."""
        self._ask("POST", "hold", operation=operation, seconds=seconds)

    def timeline(self, since: int = 0) -> list[dict[str, Any]]:
        """Return what happened: t, actor, kind, text, data; from the entry number `since` on."""
        return self._ask("GET", "timeline", since=since)

    def called(self) -> list[dict[str, Any]]:
        """Return every call of inference that reached Bedrock, in any Region, in order."""
        return self._ask("GET", "bedrock")

    def grant(self, region: str, model: str, **quota: int) -> None:
        """Grant the quota of a model in a Region, by the fields of `Quota`."""
        self._ask("POST", "bedrock/quota", body=json.dumps(quota), region=region, model=model)

    def trouble(self, what: str, region: str, model: str, *, seconds: float) -> None:
        """Let a model fail in a Region for some real seconds; 0 of them forgive all trouble."""
        self._ask("POST", "bedrock/trouble", trouble=what, region=region, model=model, seconds=seconds)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            self.fleets()
        except OSError:
            return False
        return True

    def _ask(self, method: str, what: str, body: str = "", **query: Any) -> Any:
        connection = HTTPConnection(HOST, self.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, f"/tidegate/{what}?{urlencode(query)}", body=body)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise Trouble(f"the Region refuses {what}: {said.get('error', answer.reason)}")
        return said


def _machines(fleet: dict[str, Any]) -> tuple[Machine, ...]:
    return tuple(Machine(**each) for each in fleet["machines"])


def spot_in_service(machines: tuple[Machine, ...]) -> Iterator[Machine]:
    """Return the spot machines in service."""
    return (each for each in machines if each.market == "spot" and each.state == "InService")
