"""`FleetJournal` on the journal's table: what a fleet remembers, its incidents, its decisions."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Final

from tidegate.fleet.decision import Decision
from tidegate.fleet.drill import report_values
from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.entries import decision_values
from tidegate.fleet.incident import Incident, ended, from_item, to_values
from tidegate.fleet.losses import released_write
from tidegate.fleet.notice import How, LossKey, Release
from tidegate.fleet.plan import Memory
from tidegate.fleet.records import Recalled, Record
from tidegate.journal import layout
from tidegate.journal.items import Value
from tidegate.journal.table import MOST_WRITES, Journal
from tidegate.journal.writes import Write

_MOST_CLOSES: Final = MOST_WRITES // 3
"""Closing one incident takes up to three writes."""

type News = Follow | tuple[LossKey, How]


class JournaledFleets:
    """The fleets of one stage."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def recall(self, fleet: str) -> Recalled:
        """Return what is known of a fleet: open incidents and state stand side by side, so one query reads both."""
        items = self._journal.between(layout.fleet(fleet), layout.OPEN_INCIDENTS, layout.STATE)
        incidents = tuple(from_item(item) for item in items if str(item["sk"]).startswith(layout.OPEN_INCIDENTS))
        state = next((item for item in items if item["sk"] == layout.STATE), None)
        if state is None:
            return Recalled(incidents=incidents)
        memory = Memory(str(state["code"]), tuple(str(state.get("claimed", "")).split()))
        return Recalled(int(state["version"]), float(state["observed"]), memory, incidents)

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        """Close what has ended, then write state, decision and what goes on in one transaction.

        Raises `Canceled` when another reconcile wrote the state meanwhile.
        """
        at = record.decision.at
        closes = [one for one in record.plan.actions if isinstance(one, Close)]
        closed = [done for some in batched(closes, _MOST_CLOSES, strict=False) for done in self._close(some, at)]
        news: list[News] = [one for one in record.plan.actions if isinstance(one, Follow) and one.news]
        news += sorted(record.released.items())
        *first, last = [*batched(news, MOST_WRITES - 2, strict=False)] or [()]
        for some in first:
            self._journal.write_news(some, lambda rest: [self._news(fleet, one, at) for one in rest])
        state = self._state(fleet, record.recalled, record.plan.memory, observed=at, at=at)
        told = [self._decision(record.decision)] if _worth_telling(record, closed, news) else []
        self._journal.write_news(last, lambda rest: [self._news(fleet, one, at) for one in rest], always=[state, *told])
        return closed

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        """Write the decision `failed` once, as long as nothing else happens; what was observed stays as it was."""
        if recalled.memory.code != decision.code:
            memory = Memory(decision.code, recalled.memory.claimed)
            state = self._state(fleet, recalled, memory, observed=recalled.observed, at=decision.at)
            self._journal.write([state, self._decision(decision)])

    def _close(self, closes: Sequence[Close], at: float) -> Sequence[Close]:
        return self._journal.write_news(
            closes,
            lambda news: [*(self._journal.delete(_open(one)) for one in news), *self._archive(news, at)],
        )

    def _archive(self, closes: Sequence[Close], at: float) -> Iterator[Write]:
        """What is over moves to where the history stands; a drill gets its report."""
        for one in closes:
            incident = ended(one.incident, one.outcome, one.replacement, one.replaced)
            target = layout.fleet(incident.group)
            values = to_values(incident)
            yield self._journal.put(layout.closed_incident(target, incident.instance, incident.noticed), values, at=at)
            if incident.drill:
                key = layout.drill_report(target, incident.noticed, incident.drill)
                yield self._journal.put(key, report_values(incident), at=at)

    def _news(self, fleet: str, one: News, at: float) -> Write:
        if isinstance(one, Follow):
            return self._journal.change(_open(one), {"replacing": one.reason})
        key, how = one
        return released_write(self._journal, key, (fleet, how), at=at)

    def _state(self, fleet: str, recalled: Recalled, memory: Memory, *, observed: float, at: float) -> Write:
        key = (layout.fleet(fleet), layout.STATE)
        values: dict[str, Value] = {"code": memory.code, "claimed": " ".join(memory.claimed), "observed": observed}
        return self._journal.put_version(key, values, at=at, after=recalled.version)

    def _decision(self, decision: Decision) -> Write:
        key = layout.decision(layout.fleet(decision.group), decision.at, decision.event)
        return self._journal.put(key, decision_values(decision), at=decision.at)


def _open(one: Close | Follow) -> layout.Key:
    incident: Incident = one.incident
    return layout.open_incident(layout.fleet(incident.group), *incident.key)


def _worth_telling(record: Record, closed: Sequence[Close], news: Sequence[News]) -> bool:
    """Whether anything was done, or is otherwise than at the last look; "still steady" every ten minutes is no news."""
    releasing = any(isinstance(one, Release) for one in record.plan.actions)
    return bool(closed or news or releasing) or record.plan.code != record.recalled.memory.code
