"""The record of losses, kept in the journal: each counts once against its pool, however often it is told."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tidegate.fleet.notice import LossKey
from tidegate.fleet.ports import Sighting
from tidegate.journal import Journal, Key

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

SEEN: Final = 1
RELEASED: Final = 2
"""Stages of an incident in their order; a stage only rises."""

_MARKS: Final = {"loss": "INCIDENT", "risk": "AT_RISK", "lost-track": "LOST_TRACK"}
_COUNTERS: Final = {"loss": "losses", "risk": "recommendations"}
"""What counts against a pool; of a machine that we lost track of, the pool isn't known."""


class JournaledLosses:
    """`Losses` on the journal's table."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def seen(self, sightings: Iterable[Sighting], *, at: float) -> None:
        """Record each machine once a day, and count it against its pool in the same transaction."""
        different = {(one.kind, one.instance, one.day): one for one in sightings}
        self._journal.write_news(different.values(), lambda news: [*self._marks(news, at), *self._counts(news, at)])

    def released(self, keys: Iterable[LossKey], *, at: float) -> None:
        """Raise incidents to `released`; those that are that far, or unknown, stay as they are."""
        self._journal.write_news(
            sorted(set(keys)),
            lambda news: [self._journal.raise_stage(_incident(key), RELEASED, "released", at=at) for key in news],
        )

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        """Return the group's name for each (instance, day) that was recorded as lost."""
        groups = self._journal.texts([_incident(key) for key in set(keys)], "group")
        return {(pk.partition("#")[2], day): group for (pk, day), group in groups.items()}

    def _marks(self, news: Sequence[Sighting], at: float) -> "list[TransactWriteItemTypeDef]":
        return [
            self._journal.put_new((f"{_MARKS[one.kind]}#{one.instance}", one.day), _values(one, at), at=at)
            for one in news
        ]

    def _counts(self, news: Sequence[Sighting], at: float) -> "list[TransactWriteItemTypeDef]":
        """One write for each pool and day: a transaction takes no two writes of the same item."""
        tally: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for one in news:
            if one.kind in _COUNTERS and not one.drill:
                tally[f"POOL#{one.pool}", one.day][_COUNTERS[one.kind]] += 1
        return [self._journal.count(key, counters, at=at) for key, counters in tally.items()]


def _incident(key: LossKey) -> Key:
    return f"INCIDENT#{key[0]}", key[1]


def _values(one: Sighting, at: float) -> dict[str, str | float | bool]:
    return {
        "group": one.group,
        "profile": one.profile,
        "pool": one.pool,
        "stage": SEEN,
        "noticed": one.noticed,
        "deadline": one.deadline,
        "seen": at,
        "decision": one.decision,
        "drill": one.drill,
    }
