"""Tells the controller of routes that fail, as events: seldom, beside the caller's path, and never in its way."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any, Final

from tidegate.client.clock import REAL
from tidegate.client.measure import max_tokens
from tidegate.policy.failures import Failure
from tidegate.policy.report import DETAIL_TYPE, EVERY_SECONDS, MOST_COUNT, SOURCE, VERSION

_WEIGHT: Final = 0.1
"""Of the newest answer in the mean length of answers: it follows the last dozen or two."""

_MOST_ENTRIES: Final = 10
"""In one call: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""

type Key = tuple[str, str, Failure]
"""(model, route, failure): what is told of together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often a route failed in one way since it was told last."""

    epoch: int
    count: int = 0
    without_max_tokens: int = 0
    max_tokens: int | None = None

    def plus(self, epoch: int, limit: int | None) -> "Tally":
        """Return the tally with one failure more, of a request with this limit to its answer; None: it set none."""
        return replace(
            self,
            epoch=epoch,
            count=min(MOST_COUNT, self.count + 1),
            without_max_tokens=self.without_max_tokens + (limit is None),
            max_tokens=limit if self.max_tokens is None else max(self.max_tokens, limit or 0),
        )

    def joined(self, later: "Tally") -> "Tally":
        """Return both tallies as one."""
        limits = [one for one in (self.max_tokens, later.max_tokens) if one is not None]
        return Tally(
            epoch=later.epoch,
            count=min(MOST_COUNT, self.count + later.count),
            without_max_tokens=self.without_max_tokens + later.without_max_tokens,
            max_tokens=max(limits, default=None),
        )


class Reporter:
    """Counts failures, and sends a report of each route and failure every ten seconds at the most."""

    def __init__(
        self,
        stage: str,
        events: Callable[[], Any],
        *,
        ticks: Callable[[], float] = monotonic,
        start: Callable[[Callable[[], None]], None] = REAL.beside,
    ) -> None:
        """Report for a stage. `events` makes the client on first use; `start` runs a job beside the caller's path."""
        self._stage = stage
        self._make_events = events
        self._events: Any = None
        self._ticks = ticks
        self._start = start
        self._lock = Lock()
        self._sending = Lock()
        self._tallies: dict[Key, Tally] = {}
        self._told: dict[Key, float] = {}
        self._lengths: dict[str, float] = {}

    def answered(self, model: str, output_tokens: object) -> None:
        """Take down how long an answer was: advice on limits compares it with what requests allow."""
        if isinstance(output_tokens, int):
            before = self._lengths.get(model, output_tokens)
            self._lengths[model] = before + _WEIGHT * (output_tokens - before)

    def failed(self, model: str, route: str, failure: Failure, *, epoch: int, params: Mapping[str, Any]) -> None:
        """Count one failure of a route, met by a call with these parameters."""
        limit = max_tokens(params)
        key = (model, route, failure)
        with self._lock:
            self._tallies[key] = self._tallies.get(key, Tally(epoch=epoch)).plus(epoch, limit)
        self.flush()

    def flush(self) -> None:
        """Send what is due; also called now and then, so that the last failures of a burst are told of too."""
        now = self._ticks()
        with self._lock:
            due = [key for key in self._tallies if now - self._told.get(key, float("-inf")) >= EVERY_SECONDS]
            tallies = {key: self._tallies.pop(key) for key in due}
            details = [self._detail(key, tally) for key, tally in tallies.items()]
            self._told.update(dict.fromkeys(due, now))
        if details:
            try:
                self._start(lambda: self._send(details))
            except RuntimeError:
                # The process has no thread to spare, or is about to end: its call goes on, and this is told later.
                self._keep(tallies)

    def _keep(self, tallies: Mapping[Key, Tally]) -> None:
        with self._lock:
            for key, tally in tallies.items():
                later = self._tallies.get(key)
                self._tallies[key] = tally.joined(later) if later else tally

    def _detail(self, key: Key, tally: Tally) -> dict[str, object]:
        model, route, failure = key
        length = self._lengths.get(model)
        said = {
            "version": VERSION,
            "stage": self._stage,
            "model": model,
            "route": route,
            "epoch": tally.epoch,
            "failure": failure,
            "count": tally.count,
            "withoutMaxTokens": tally.without_max_tokens,
            "maxTokens": tally.max_tokens,
            "outputTokens": None if length is None else round(length),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _send(self, details: list[dict[str, object]]) -> None:
        entries = [{"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(one)} for one in details]
        # A report is a courtesy: the alarms see throttles too, and nobody is left here to hear of an error.
        with suppress(Exception), self._sending:
            self._events = self._events or self._make_events()
            for first in range(0, len(entries), _MOST_ENTRIES):
                self._events.put_events(Entries=entries[first : first + _MOST_ENTRIES])
