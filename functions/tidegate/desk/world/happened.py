"""What has happened in a simulated world: plain data."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "launched", "launch-failed", "in-service", "recommendation", "warning", "taken", "noticed", "leaving", "gone", "set"
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, `t` seconds after the world began; `text` for a person."""

    t: float
    kind: Kind
    text: str
    instance: str = ""


@dataclass(slots=True)
class Backoff:
    """How often launches of a purchase option have failed in a row, and whether another attempt is planned."""

    retries: int = 0
    failures: int = 0
    planned: bool = False


@dataclass(slots=True)
class Counts:
    """How often what happened."""

    launches: int = 0
    failures: int = 0
    losses: int = 0
    replacements: int = 0
    """Machines that Auto Scaling ended only because another one took their place."""
