"""Brings alarms to what they are to be: writes differences only, and what it doesn't get done is left to the next turn.

It may die after any call: what is done shows in the next listing, and nothing is done twice.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Final, Protocol

from tidegate.fleet.alarms import Alarm, difference
from tidegate.fleet.ports import Refused

MOST_NAMES: Final = 100
"""Alarms that one DeleteAlarms may name.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html"""

type Go = Callable[[], bool]
"""Waits until the next write may be made; False: no more of them now."""


class AlarmDeletion(Protocol):
    """What deletes alarms."""

    def delete(self, names: Sequence[str]) -> None:
        """Delete up to 100 alarms; one that is gone already is no error. Raises `Refused` for all of them."""
        ...


class KeptAlarms(AlarmDeletion, Protocol):
    """The alarms of one stage. Every method may raise the error of its AWS call after its retries."""

    def existing(self) -> Mapping[str, Alarm]:
        """Return all alarms that bear the stage's prefix, by name."""
        ...

    def put(self, name: str, alarm: Alarm) -> None:
        """Make an alarm, or make it so. Raises `Refused` when it is this alarm that CloudWatch won't have."""
        ...


@dataclass(slots=True)
class Kept:
    """What became of it."""

    put: int = 0
    deleted: int = 0
    left: int = 0
    """Alarms that there was no time for."""

    refused: dict[str, str] = field(default_factory=dict[str, str])
    """CloudWatch's words by the alarm's name."""

    @property
    def complete(self) -> bool:
        """Whether all is as it is to be."""
        return not self.left and not self.refused


def keep(alarms: KeptAlarms, wanted: Mapping[str, Alarm], *, turn: int, go: Go) -> Kept:
    """Delete what isn't wanted, then put what is missing or otherwise, as long as `go` says so.

    Deletions come first: they take few calls, and make room in the account's quota. Puts begin at another alarm each
    `turn`: should CloudWatch refuse many, they don't stand in the way of the others for ever.
    """
    put, unwanted = difference(wanted, alarms.existing())
    kept = delete(alarms, unwanted, go=go)
    names = sorted(put)
    start = turn % len(names) if names else 0
    for name in names[start:] + names[:start]:
        if kept.left or not go():
            kept.left += 1
            continue
        try:
            alarms.put(name, put[name])
            kept.put += 1
        except Refused as why:
            kept.refused[name] = str(why)
    return kept


def delete(alarms: AlarmDeletion, names: Collection[str], *, go: Go) -> Kept:
    """Delete alarms, a hundred at a time. One that can't be deleted has its whole call refused: then one by one.

    That is an alarm on which somebody has built a composite one.
    """
    kept = Kept()
    for some in batched(names, MOST_NAMES, strict=False):
        if not _deleted(alarms, some, kept, go=go) and len(some) > 1:
            for name in some:
                kept.refused.pop(name, None)
                _deleted(alarms, (name,), kept, go=go)
    return kept


def _deleted(alarms: AlarmDeletion, names: Sequence[str], kept: Kept, *, go: Go) -> bool:
    """Delete some alarms in one call; False: it was refused."""
    if kept.left or not go():
        kept.left += len(names)
        return True
    try:
        alarms.delete(names)
    except Refused as why:
        kept.refused |= dict.fromkeys(names, str(why))
        return False
    kept.deleted += len(names)
    return True
