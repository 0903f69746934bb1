"""What every drill is asked for and answers, and what it looks at before it begins."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tidegate import runtime
from tidegate.fleet.drill import Live, check
from tidegate.fleet.drilled import Drills
from tidegate.fleet.group import Group
from tidegate.journal import layout
from tidegate.loop import compose
from tidegate.policy.mode import Mode

SOURCE: Final = "tidegate.drill"
DEPTHS: Final = ("rehearse", "inject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A drill that somebody asks for; `now` in epoch seconds."""

    fleet: str
    depth: str
    nonce: str
    now: float
    instance: str = ""
    signal: str = ""
    model: str = ""
    """In place of a fleet."""

    route: str = ""

    @staticmethod
    def read(event: Mapping[str, Any], request_id: str) -> "Request":
        """Read a request; without a nonce of its own it is known by the id of its invocation."""
        return Request(
            fleet=str(event.get("fleet", "")),
            depth=str(event.get("depth", DEPTHS[0])),
            nonce=str(event.get("nonce") or request_id),
            instance=str(event.get("instance", "")),
            signal=str(event.get("signal", "")),
            model=str(event.get("model", "")),
            route=str(event.get("route", "")),
            now=float(int(time.time())),
        )

    @property
    def target(self) -> str:
        """What is drilled, as the journal names it."""
        return layout.model(self.model) if self.model else layout.fleet(self.fleet)

    @property
    def rehearsing(self) -> bool:
        """Whether nothing is to change."""
        return self.depth == "rehearse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a request for a drill."""

    fleet: str
    depth: str
    refused: str | None = None
    instance: str = ""
    alarm: str = ""
    model: str = ""
    route: str = ""
    hold: float = 0.0
    """Seconds for which the route is not tried again."""

    before: int = 0
    """Epoch of the model's document before the drill."""

    nonce: str = ""
    started: float = 0.0
    code: str = ""
    reason: str = ""
    planned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a drill takes place, once nothing speaks against it."""

    drills: Drills
    group: Group
    mode: Mode
    live: Live | None
    """The drill that was begun last."""

    again: bool
    """Whether that one is the one that is asked for: a request that is repeated."""


def send(detail_type: str, detail: Mapping[str, object], nonce: str, at: float) -> None:
    """Put a drill's event of `at` (epoch seconds) on the bus.

    Raises RuntimeError if EventBridge turned it away: it answers 200 even then.
    """
    answer = runtime.client("events").put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": detail_type,
                "Detail": json.dumps({**detail, "tidegate-drill": nonce}),
                "Time": datetime.fromtimestamp(at, UTC),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"EventBridge turned the drill's event away: {answer['Entries'][0].get('ErrorMessage')}")


def survey(request: Request, *, acts: bool) -> Ground:
    """Look whether a drill may begin; `acts`: whether it needs a stage that acts. Raises `Refused`."""
    drills, rehearsing = Drills(compose.journal()), request.rehearsing
    group = compose.groups().fleets([request.fleet]).get(request.fleet)
    live = drills.live()
    mode = Mode(act=True, stopped=False) if rehearsing else runtime.mode_reader().read(now=request.now)
    again = live is not None and (live.nonce, live.group) == (request.nonce, request.fleet) and not rehearsing
    incidents = () if rehearsing or again else drills.open_incidents(request.fleet)
    found = check(
        request.fleet,
        group,
        mode if acts else Mode(act=True, stopped=mode.stopped),
        incidents=incidents,
        live=None if again or rehearsing else live,
        now=request.now,
    )
    return Ground(drills, found, mode, live, again)
