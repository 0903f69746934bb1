"""Reads the events that wake models: alarms, which are CloudWatch's own, and what clients report of a route.

`reactions/alarm.py` has an alarm. A report, of one process, one route and one failure, every ten seconds at the most:

    {"version": "0", "id": "5f1d3b7e-2c64-4a0b-9d8f-1e6a7c3b5d20", "detail-type": "Tidegate Model Route Report",
     "source": "tidegate.client", "account": "123456789012", "time": "2026-11-25T08:00:00Z", "region": "eu-central-1",
     "resources": [],
     "detail": {"version": 1, "stage": "dev", "model": "chat", "route": "frankfurt", "epoch": 1795593540,
                "failure": "throttled", "count": 7, "requests": 40, "withoutMaxTokens": 7, "outputTokens": 212}}

`requests` is left out where nobody counted them, `maxTokens` where no request set a limit, `outputTokens` where no
answer came yet. A drill sends one with
the source `tidegate.drill` and its nonce as `tidegate-drill` in `detail`. `docs/report.schema.json` is the schema of
`detail`; what else stands in it is no concern of ours, so a later client may say more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidegate.fleet.drill_alarm import wake_event
from tidegate.model.report import Report
from tidegate.policy.failures import Failure
from tidegate.policy.report import DETAIL_TYPE, MOST_COUNT, MOST_NUMBER, REPORTED, VERSION
from tidegate.policy.route import NAME
from tidegate.reactions import event as envelope
from tidegate.reactions.alarm import Alarm, read_alarm
from tidegate.reactions.alarm_pattern import STATE_CHANGE
from tidegate.reactions.bedrock_throttling.pattern import REPORT_SOURCES
from tidegate.reactions.event import Unreadable

_NAMES: Final = ("stage", "model", "route")


@dataclass(frozen=True, slots=True)
class Told:
    """What a client reports to a stage."""

    stage: str
    report: Report

    @property
    def kind(self) -> str:
        """How the metric `Received` counts it."""
        return "report"

    @property
    def event_id(self) -> str:
        """The id that the bus gave it."""
        return self.report.event_id

    @property
    def wake_id(self) -> str:
        """The id of the wake that it causes: a drill's is found by its nonce."""
        return wake_event(self.report.drill) if self.report.drill else self.report.event_id

    @property
    def about(self) -> str:
        """What it is about, as a reason names it."""
        return f"route {self.report.route} of {self.report.model}"

    @property
    def time(self) -> float:
        """When it was sent, in epoch seconds."""
        return self.report.time

    @property
    def drill(self) -> str | None:
        """Nonce of the drill that sent it, which needs a record; empty if it is none. None: an application did."""
        return self.report.drill


type Signal = Alarm | Told


def read(body: str) -> Signal:
    """Read the body of one message of the reaction's queue.

    Raises:
        Unreadable: it is no JSON object, or a field is missing or outside of what CloudWatch or a client sends.
    """
    return envelope.read(body, _signal)


def _signal(event: Mapping[str, Any]) -> Signal:
    kind = event.get("detail-type")
    if kind == DETAIL_TYPE:
        return _told(event)
    if kind == STATE_CHANGE:
        return read_alarm(event)
    raise Unreadable(f"detail-type is {kind!r}: {DETAIL_TYPE!r} or {STATE_CHANGE!r} is needed")


def _told(event: Mapping[str, Any]) -> Told:
    detail = envelope.part(event, "detail", "a model and a route")
    version = detail.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise Unreadable(f"detail.version is {version!r}: {VERSION} is needed, that of this release")
    stage, model, route = (_name(detail, key) for key in _NAMES)
    report = Report(
        event_id=envelope.text(event, "id"),
        model=model,
        route=route,
        failure=_failure(detail),
        count=_whole(detail, "count", 1, MOST_COUNT),
        time=envelope.time(event),
        requests=_perhaps(detail, "requests") or 0,
        epoch=_whole(detail, "epoch", 0, MOST_NUMBER),
        without_max_tokens=_whole(detail, "withoutMaxTokens", 0, MOST_COUNT),
        max_tokens=_perhaps(detail, "maxTokens"),
        output_tokens=_perhaps(detail, "outputTokens"),
        drill=envelope.drill(event, detail, REPORT_SOURCES),
    )
    return Told(stage, report)


def _name(detail: Mapping[str, Any], key: str) -> str:
    value = detail.get(key)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Unreadable(f"detail.{key} is {value!r}: a name of lower-case letters, digits and hyphens is needed")
    return value


def _failure(detail: Mapping[str, Any]) -> Failure:
    value = detail.get("failure")
    if value not in REPORTED:
        raise Unreadable(f"detail.failure is {value!r}: one of {', '.join(REPORTED)} is needed")
    return value


def _perhaps(detail: Mapping[str, Any], key: str) -> int | None:
    """Return a number that may be missing, or null."""
    return None if detail.get(key) is None else _whole(detail, key, 0, MOST_NUMBER)


def _whole(detail: Mapping[str, Any], key: str, least: int, most: int) -> int:
    """Return a whole number; 7.0 is one in JSON."""
    value = detail.get(key)
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and least <= value <= most
        and value == int(value)
    ):
        return int(value)
    raise Unreadable(f"detail.{key} is {value!r}: a whole number from {least} to {most} is needed")
