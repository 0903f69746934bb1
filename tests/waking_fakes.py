"""What surrounds the handlers that do no more than wake, in memory: queues, records of drills, metrics."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes import NOW
from tidegate.loop.mail import Message
from tidegate.reactions.waking import Doors


@dataclass
class FakeSurroundings:
    """The queue of wakes, the records of drills and the dead letters; what is in `failing` raises."""

    failing: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list[str])
    woken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    letters: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def send(self, wakes: Iterable[tuple[str, str, str]]) -> None:
        some = [(target, event) for target, event, _ in wakes]
        if some:
            self.call("send")
        self.woken += some

    def drill_target(self, nonce: str) -> str | None:
        self.call("drill_target")
        return {"n1": "fleet/chat", "n3": "model/chat"}.get(nonce)

    def bury(self, letters: Sequence[tuple[Message, str]]) -> None:
        self.call("bury")
        self.letters += [(message.id, reason) for message, reason in letters]

    @property
    def doors(self) -> Doors:
        return Doors(self.drill_target, self)

    def call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.failing:
            raise TimeoutError("Throttling")


def message(
    kind: str, source: str, detail: Mapping[str, Any], *, number: int, ago: float, receives: int, drill: str
) -> Message:
    """Return the message of an event that was sent `ago` seconds before `NOW`; with a nonce it is a drill's."""
    event = {
        "id": f"e{number}",
        "detail-type": kind,
        "source": "tidegate.drill" if drill else source,
        "time": datetime.fromtimestamp(NOW - ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": {**detail, "tidegate-drill": drill},
    }
    return Message(f"m{number}", json.dumps(event), receives)


def emitted(output: str, *dimensions: str) -> dict[tuple[str | None, ...], Any]:
    """Return each metric that stands in an output by its name and those of its `dimensions` that it has."""
    lines = [json.loads(line) for line in output.splitlines()]
    return {
        (definition["Name"], *(line[one] for one in dimensions if one in line)): line[definition["Name"]]
        for line in lines
        if "_aws" in line
        for directive in line["_aws"]["CloudWatchMetrics"]
        for definition in directive["Metrics"]
    }
