"""`FleetJournal` on the journal's table: what a fleet remembers, its incidents, its decisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import Final

from tidegate.fleet.drill import report_values
from tidegate.fleet.drill_alarm import is_drill
from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.incident import RELEASED, ended, from_item, out, to_values
from tidegate.fleet.look import Memory
from tidegate.fleet.losses import released_values
from tidegate.fleet.memory import memory_values, read_memory
from tidegate.fleet.notice import How, LossKey, Release
from tidegate.fleet.plan import Plan
from tidegate.fleet.records import Recalled, Record
from tidegate.fleet.shape import Remix, Resize
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import decision_values
from tidegate.journal.items import Value
from tidegate.journal.table import MOST_WRITES, Journal
from tidegate.journal.writes import Write

_MOST_NEWS: Final = (MOST_WRITES - 2) // 3
"""Closing one incident takes up to three writes; state and decision go with them."""

type News = Close | tuple[LossKey, Mapping[str, Value]]
"""An incident that is over, or what changes about an open one."""


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
        return Recalled(int(state["version"]), float(state["observed"]), read_memory(state), incidents)

    def announce(self, decision: Decision, ways: Mapping[LossKey, How]) -> None:
        """Write down a decision that is about to be carried out, and how these machines are to leave."""
        target = layout.fleet(decision.name)
        for some in batched(sorted(ways.items()), MOST_WRITES - 1, strict=False):
            self._journal.write_news(
                some,
                lambda rest: [
                    self._journal.change(layout.open_incident(target, *key), {"how": how}) for key, how in rest
                ],
                always=[self._decision(decision)],
            )

    def intend(self, fleet: str, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        """Write down what a fleet is about to get: whoever dies right after it is not taken for somebody else.

        Raises `Canceled` when another reconcile wrote the state meanwhile.
        """
        memory = plan.intended(recalled.memory)
        state = self._state(fleet, memory, after=recalled.version, observed=recalled.observed, at=decision.at)
        self._journal.write([state, self._decision(decision)])
        return replace(recalled, version=recalled.version + 1, memory=memory)

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        """Write what changed together with state and decision, in as few transactions as hold it.

        Whoever dies in between has closed nothing without saying why, and without remembering what replaced it. Raises
        `Canceled` when another reconcile wrote the state meanwhile.
        """
        at, recalled = record.decision.at, record.recalled
        news = list(_news(record))
        told = [self._decision(record.decision)] if _worth_telling(record, news) else []
        parts = [*batched(news, _MOST_NEWS, strict=False)] or [()]
        closed: list[Close] = []
        for number, some in enumerate(parts):
            # Until all is written, the fleet counts as not looked at.
            last = number == len(parts) - 1
            memory = record.plan.memory if last else _remembering(recalled.memory, [*closed, *some])
            observed = at if last else recalled.observed
            version = recalled.version + number
            state = self._state(fleet, memory, after=version, observed=observed, at=at)
            done = self._journal.write_news(
                some,
                lambda rest: [*(self._change(fleet, one) for one in rest), *self._archive(rest, at)],
                always=[state, *told],
            )
            closed += [one for one in done if isinstance(one, Close)]
        return closed

    def trouble(self, fleet: str, recalled: Recalled, decision: Decision) -> None:
        """Write the decision `failed` once, as long as nothing else happens; what was observed stays as it was."""
        if recalled.memory.code != decision.code:
            memory = replace(recalled.memory, code=decision.code)
            state = self._state(fleet, memory, after=recalled.version, observed=recalled.observed, at=decision.at)
            self._journal.write([state, self._decision(decision)])

    def _change(self, fleet: str, one: News) -> Write:
        """Return the write whose condition tells whether it is news."""
        target = layout.fleet(fleet)
        if isinstance(one, Close):
            return self._journal.delete(layout.open_incident(target, *one.incident.key))
        key, values = one
        below = ("stage", RELEASED) if "stage" in values else None
        return self._journal.change(layout.open_incident(target, *key), values, below=below)

    def _archive(self, news: Sequence[News], at: float) -> Iterator[Write]:
        """What is over moves to where the history stands; a drill gets its report."""
        for one in news:
            if not isinstance(one, Close):
                continue
            incident = ended(one.incident, one.outcome, one.replacement, one.replaced)
            target = layout.fleet(incident.group)
            values = to_values(incident)
            over = layout.closed_incident(target, incident.instance, incident.noticed, incident.drill)
            yield self._journal.put(over, values, at=at)
            if incident.drill:
                key = layout.drill_report(target, incident.noticed, incident.drill, incident.instance)
                yield self._journal.put(key, report_values(incident), at=at)

    def _state(self, fleet: str, memory: Memory, *, after: int, observed: float, at: float) -> Write:
        key = (layout.fleet(fleet), layout.STATE)
        values = {**memory_values(memory, fleet=layout.fleet(fleet)), "observed": observed}
        return self._journal.put_version(key, values, at=at, after=after)

    def _decision(self, decision: Decision) -> Write:
        key = layout.decision(layout.fleet(decision.name), decision.at, decision.event)
        return self._journal.put(key, decision_values(decision), at=decision.at)


def _news(record: Record) -> Iterator[News]:
    """Yield one change for each incident that changes: a transaction takes no two writes of the same item."""
    at = record.decision.at
    over = {one.incident.key: one for one in record.plan.actions if isinstance(one, Close)}
    told = {one.incident.key: one for one in record.plan.actions if isinstance(one, Follow) and one.news}
    for incident in record.recalled.incidents:
        key = incident.key
        gone = key in record.released
        how = record.released.get(key)
        if close := over.get(key):
            yield replace(close, incident=out(incident, how, at)) if gone else close
            continue
        values: dict[str, Value] = {"replacing": told[key].reason} if key in told else {}
        values |= released_values(how, at=at) if gone else {}
        if values:
            yield key, values


def _remembering(memory: Memory, news: Sequence[News]) -> Memory:
    claimed = {one.replacement for one in news if isinstance(one, Close) and one.replacement}
    return replace(memory, claimed=tuple(sorted(claimed | set(memory.claimed))))


def _worth_telling(record: Record, news: Sequence[News]) -> bool:
    """Whether anything was done, or is otherwise than at the last look; "still steady" every ten minutes is no news."""
    acting = any(isinstance(one, Release | Resize | Remix) for one in record.plan.actions)
    return bool(news or acting or is_drill(record.decision.event)) or record.plan.code != record.recalled.memory.code
