"""`ModelJournal` on the journal's table: what a model remembers, what was told of it, its decisions."""

from dataclasses import replace

from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import decision_values
from tidegate.journal.table import Journal
from tidegate.journal.writes import Write
from tidegate.model.memory import Memory
from tidegate.model.plan import Plan
from tidegate.model.records import Recalled
from tidegate.model.remembered import memory_values, read_memory
from tidegate.model.reports import read_report


class JournaledModels:
    """The models of one stage."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def recall(self, model: str, *, since: float) -> Recalled:
        """Return what is known of a model: reports and state stand side by side, so one query reads both."""
        first = f"{layout.REPORTS}{layout.stamp(since)}"
        items = self._journal.between(layout.model(model), first, layout.STATE)
        reports = tuple(read_report(item) for item in items if str(item["sk"]).startswith(layout.REPORTS))
        state = next((item for item in items if item["sk"] == layout.STATE), None)
        if state is None:
            return Recalled(reports=reports)
        return Recalled(int(state["version"]), float(state["observed"]), read_memory(state), reports)

    def intend(self, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        """Write down what is about to be published: whoever dies right after it uses no epoch twice.

        Raises `Canceled` when another reconcile wrote the state meanwhile.
        """
        state = self._state(decision, plan.memory, after=recalled.version, observed=recalled.observed)
        self._journal.write([state, self._decision(decision)])
        return replace(recalled, version=recalled.version + 1, memory=plan.memory)

    def conclude(self, recalled: Recalled, decision: Decision, plan: Plan) -> None:
        """Write state and decision together; "still in order" every ten minutes is no news.

        Raises `Canceled` when another reconcile wrote the state meanwhile.
        """
        state = self._state(decision, plan.memory, after=recalled.version, observed=decision.at)
        # What is published was told before.
        news = not plan.actions and plan.code != recalled.memory.code
        self._journal.write([state, *([self._decision(decision)] if news else [])])

    def trouble(self, recalled: Recalled, decision: Decision) -> None:
        """Write the decision `failed` once, as long as nothing else happens; what was observed stays as it was."""
        if recalled.memory.code != decision.code:
            memory = replace(recalled.memory, code=decision.code)
            state = self._state(decision, memory, after=recalled.version, observed=recalled.observed)
            self._journal.write([state, self._decision(decision)])

    def _state(self, decision: Decision, memory: Memory, *, after: int, observed: float) -> Write:
        target = layout.model(decision.name)
        values = {**memory_values(memory, target=target), "observed": observed}
        return self._journal.put_version((target, layout.STATE), values, at=decision.at, after=after)

    def _decision(self, decision: Decision) -> Write:
        key = layout.decision(layout.model(decision.name), decision.at, decision.event)
        return self._journal.put(key, decision_values(decision), at=decision.at)
