"""The record of losses, kept in the journal: each counts once against its pool, however often it is told."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from tidegate.fleet.incident import RELEASED, Incident, to_values
from tidegate.fleet.notice import How, LossKey
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.surplus import SURPLUS, Surplus, read_surplus
from tidegate.journal import layout
from tidegate.journal.decision import Decision
from tidegate.journal.entries import decision_values
from tidegate.journal.items import Value
from tidegate.journal.layout import Key
from tidegate.journal.table import Journal
from tidegate.journal.writes import Write

_MARKS: Final = {"loss": "LOSS", "risk": "AT_RISK", "lost-track": "LOST_TRACK"}
_COUNTERS: Final = {"loss": "losses", "risk": "recommendations"}
"""What counts against a pool; of a machine that we lost track of, the pool isn't known."""


class JournaledLosses:
    """`Losses` on the journal's table."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        """Record each machine once a day, open its incident, and count it against its pool: in one transaction.

        In another one what is known already is told how it is to leave: one that served on was first seen without that.
        """
        different = {(one.kind, one.instance, one.day): one for one in sightings}
        new = self._journal.write_news(
            different.values(),
            lambda news: [*self._marks(news, at), *self._incidents(news, at), *self._counts(news, at)],
            always=[self._decision(one, at) for one in decisions],
        )
        known = [one for one in different.values() if one.how and one.kind == "loss" and one not in new]
        self._journal.write_news(known, lambda some: [self._leaving(one) for one in some])

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        """Raise incidents to `released`; those that are that far, over, or unknown, stay as they are."""
        self._journal.write_news(
            sorted(ways.items()), lambda news: [self._released(key, *way, at) for key, way in news]
        )

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        """Return the group's name for each (instance, day) that was recorded as lost."""
        groups = self._journal.texts([layout.loss(*key) for key in set(keys)], "group")
        return {(pk.partition("#")[2], day): group for (pk, day), group in groups.items()}

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        """Return what each of up to 100 fleets was enlarged by, or about to be, as the journal knows it."""
        texts = self._journal.texts([(layout.fleet(name), layout.STATE) for name in fleets], SURPLUS)
        return {name: read_surplus(text) for (pk, _), text in texts.items() if (name := layout.fleet_name(pk))}

    def _marks(self, news: Sequence[Sighting], at: float) -> list[Write]:
        return [self._journal.put(_mark(one), _mark_values(one, at), at=at, new=True) for one in news]

    def _incidents(self, news: Sequence[Sighting], at: float) -> list[Write]:
        """An incident for each loss; its mark's condition is what keeps it from being opened twice."""
        return [self._open(one, at) for one in news if one.kind == "loss"]

    def _open(self, one: Sighting, at: float) -> Write:
        target = layout.fleet(one.group)
        values = to_values(opened(one, at)) | {layout.OPEN: target}
        return self._journal.put(layout.open_incident(target, one.instance, one.day), values, at=at)

    def _leaving(self, one: Sighting) -> Write:
        place = layout.open_incident(layout.fleet(one.group), one.instance, one.day)
        return self._journal.change(place, {"how": one.how or ""})

    def _released(self, key: LossKey, group: str, how: How | None, at: float) -> Write:
        place = layout.open_incident(layout.fleet(group), *key)
        return self._journal.change(place, released_values(how, at=at), below=("stage", RELEASED))

    def _counts(self, news: Sequence[Sighting], at: float) -> list[Write]:
        """One write for each pool and day: a transaction takes no two writes of the same item."""
        tally: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for one in news:
            if one.kind in _COUNTERS and one.pool and not one.drill:
                tally[f"POOL#{one.pool}", one.day][_COUNTERS[one.kind]] += 1
        return [self._journal.count(key, counters, at=at) for key, counters in tally.items()]

    def _decision(self, one: Decision, at: float) -> Write:
        key = layout.decision(layout.fleet(one.name), one.at, one.event)
        return self._journal.put(key, decision_values(one), at=at)


def released_values(how: How | None, *, at: float) -> dict[str, Value]:
    """Return what an open incident says from the moment on that its machine is out of its group."""
    return {"stage": RELEASED, "released": at} | ({"how": how} if how else {})


def _mark(one: Sighting) -> Key:
    return f"{_MARKS[one.kind]}#{one.instance}", one.day


def _mark_values(one: Sighting, at: float) -> dict[str, str | float | None]:
    """A loss is told by its incident: its mark names the fleet alone."""
    if one.kind == "loss":
        return {"group": one.group}
    told = {"group": one.group or None, "pool": one.pool or None, "noticed": one.noticed, "seen": at}
    return {**told, "decision": one.decision}


def opened(one: Sighting, at: float) -> Incident:
    """Return the incident that a loss opens, seen at `at` (epoch seconds)."""
    return Incident(
        instance=one.instance,
        day=one.day,
        group=one.group,
        profile=one.profile,
        pool=one.pool,
        event=one.event,
        action=one.action,
        noticed=one.noticed,
        deadline=one.deadline,
        seen=at,
        decision=one.decision,
        how=one.how,
        drill=one.drill,
    )
