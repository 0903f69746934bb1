"""How the journal's table is laid out: one table for what was lost, decided and drilled, and what a target remembers.

Items have the string keys `pk` and `sk`, and expire by `expires` (epoch seconds). A target is `fleet/NAME`,
`model/NAME` or `strays`:

| item | pk | sk |
|---|---|---|
| what a target remembers, with a version | `fleet/chat` | `STATE` |
| an open incident: a machine lost, its end not seen yet | `fleet/chat` | `OPEN#2026-11-24#i-0b66...` |
| one that is over; a drill's ends in `~nonce` | `fleet/chat` | `INCIDENT#2026-11-24T08:00:00.000Z#i-0b66...` |
| what a client told of a route of a model, for an hour | `model/chat` | `REPORT#2026-11-24T08:00:02.113Z#7bf73129...` |
| a decision | `fleet/chat` | `DECISION#2026-11-24T08:00:02.113Z#7bf73129...` |
| a drill's report | `fleet/chat` | `DRILL#2026-11-24T08:00:00.000Z#nonce#i-0b66...` |
| which target lost a machine on one day | `LOSS#i-0b66...` | `2026-11-24` |
| mark: a machine that was at risk on one day | `AT_RISK#i-0b66...` | `2026-11-24` |
| mark: perhaps a loss, gone before it was written down | `LOST_TRACK#i-0b66...` | `2026-11-24` |
| pool: losses and recommendations of one day | `POOL#g5.xlarge/us-east-1b` | `2026-11-24` |
| drill: the record without which a drill's event does nothing | `DRILL#nonce` | `DRILL` |
| the one drill that is under way | `DRILL` | `LIVE` |
| the minute of the last sweep, and which alarms it kept | `sweep` | `STATE` |

What is unfinished stands in the index `open`, by its target: open incidents, and the `STATE` of a target that wants
another look within a minute. A handful of items, however long the history is.
"""

from time import gmtime, strftime
from typing import Final

type Key = tuple[str, str]
"""(pk, sk)."""

OPEN_INDEX: Final = "open"
OPEN: Final = "open"
"""The attribute by which an item stands in the index: its target, while it is unfinished."""

STATE: Final = "STATE"
INCIDENTS: Final = "INCIDENT#"
OPEN_INCIDENTS: Final = "OPEN#"
DECISIONS: Final = "DECISION#"
DRILLS: Final = "DRILL#"
REPORTS: Final = "REPORT#"

LIVE_DRILL: Final[Key] = ("DRILL", "LIVE")
SWEEP: Final[Key] = ("sweep", STATE)
STRAYS: Final = "strays"
_FLEET: Final = "fleet/"
_MODEL: Final = "model/"


def fleet(name: str) -> str:
    """Return the target that stands for a fleet."""
    return _FLEET + name


def fleet_name(target: str) -> str | None:
    """Return the name of the fleet that a target stands for; None for any other target."""
    return target.removeprefix(_FLEET) if target.startswith(_FLEET) else None


def model(name: str) -> str:
    """Return the target that stands for a model."""
    return _MODEL + name


def model_name(target: str) -> str | None:
    """Return the name of the model that a target stands for; None for any other target."""
    return target.removeprefix(_MODEL) if target.startswith(_MODEL) else None


def drilled(said: str) -> str:
    """Return the target that a drill's record names: a name alone, as records once had it, is that of a fleet."""
    return said if said.startswith((_FLEET, _MODEL)) else fleet(said)


def report(target: str, at: float, event: str) -> Key:
    """Return the key of what a client told of a model by an event of `at`: told twice, it stands there once."""
    return target, f"{REPORTS}{stamp(at)}#{event}"


def open_incident(target: str, instance: str, day: str) -> Key:
    """Return the key of an incident while it is open."""
    return target, f"{OPEN_INCIDENTS}{day}#{instance}"


def closed_incident(target: str, instance: str, noticed: float, drill: str = "") -> Key:
    """Return the key of an incident that is over, in the order in which they were noticed.

    `drill` is its nonce, if it was one: a real warning of the same second is an incident of its own.
    """
    return target, f"{INCIDENTS}{stamp(noticed)}#{instance}{f'~{drill}' if drill else ''}"


def decision(target: str, at: float, event: str) -> Key:
    """Return the key of a decision of `at`, woken by `event`."""
    return target, f"{DECISIONS}{stamp(at)}#{event}"


def drill_report(target: str, started: float, nonce: str, what: str) -> Key:
    """Return the key of a drill's report on a machine or an alarm.

    Whoever forged an event with its nonce gets another one, of their machine.
    """
    return target, f"{DRILLS}{stamp(started)}#{nonce}#{what}"


def drill_record(nonce: str) -> Key:
    """Return the key of the record that lets a drill's event act."""
    return f"DRILL#{nonce}", "DRILL"


def loss(instance: str, day: str) -> Key:
    """Return the key under which a loss counts once."""
    return f"LOSS#{instance}", day


def stamp(at: float) -> str:
    """Return epoch seconds as text that sorts by time, in UTC with milliseconds."""
    millis = round(at * 1000)
    return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(millis // 1000))}.{millis % 1000:03d}Z"
