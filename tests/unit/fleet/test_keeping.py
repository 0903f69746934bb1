"""Alarms are brought to what they are to be, in as many turns as it takes, whatever is refused on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tests.unit.fleet.test_alarms import fleet, wanted
from tidegate.fleet.alarms import Alarm
from tidegate.fleet.keeping import Go, delete, keep
from tidegate.fleet.ports import Refused


@dataclass
class FakeAlarms:
    """CloudWatch: a deletion is refused as a whole for one name that can't be deleted."""

    there: dict[str, Alarm]
    bad: frozenset[str] = frozenset()
    deletions: list[int] = field(default_factory=list[int])

    def existing(self) -> Mapping[str, Alarm]:
        return dict(self.there)

    def put(self, name: str, alarm: Alarm) -> None:
        if name in self.bad:
            raise Refused("not this one")
        self.there[name] = alarm

    def delete(self, names: Sequence[str]) -> None:
        self.deletions.append(len(names))
        if self.bad & set(names):
            raise Refused("a composite alarm depends on it")
        for name in names:
            self.there.pop(name, None)


def turns(number: int) -> Go:
    """Allow so many writes."""
    left = iter(range(number))
    return lambda: next(left, None) is not None


def alarms(*numbers: int) -> dict[str, Alarm]:
    return wanted(*(fleet(f"fleet-{number:03d}") for number in numbers))


def test_only_differences_are_written() -> None:
    there = FakeAlarms(alarms(1, 2, 3))
    kept = keep(there, alarms(2, 3, 4), turn=0, go=turns(99))
    assert (kept.put, kept.deleted, kept.left, kept.complete) == (1, 1, 0, True)
    assert there.there == alarms(2, 3, 4)


def test_what_there_is_no_time_for_is_done_in_the_next_turns() -> None:
    there, every = FakeAlarms(alarms(*range(500, 510))), alarms(*range(100))
    told = [keep(there, every, turn=turn, go=turns(45)) for turn in range(3)]
    assert [(one.put, one.deleted, one.left) for one in told] == [(44, 10, 56), (45, 0, 11), (11, 0, 0)]
    assert there.there == every


def test_a_hundred_alarms_are_deleted_by_one_call() -> None:
    there = FakeAlarms(alarms(*range(250)))
    assert delete(there, sorted(there.there), go=turns(3)).complete
    assert (there.deletions, there.there) == ([100, 100, 50], {})


def test_one_that_cannot_be_deleted_keeps_no_other() -> None:
    every = alarms(*range(5))
    held = sorted(every)[2]
    there = FakeAlarms(every, bad=frozenset({held}))
    kept = delete(there, sorted(every), go=turns(99))
    assert (kept.deleted, kept.refused) == (4, {held: "a composite alarm depends on it"})
    assert (there.there.keys(), there.deletions, kept.complete) == ({held}, [5, 1, 1, 1, 1, 1], False)


def test_a_deletion_that_runs_out_of_time_says_what_is_left() -> None:
    there = FakeAlarms(alarms(*range(250)))
    kept = delete(there, sorted(there.there), go=turns(2))
    assert (kept.deleted, kept.left, len(there.there)) == (200, 50, 50)


def test_alarms_that_are_refused_are_named_and_keep_no_other_for_ever() -> None:
    every = alarms(*range(60))
    there = FakeAlarms({}, bad=frozenset(islice(sorted(every), 50)))
    told = [keep(there, every, turn=turn, go=turns(20)) for turn in range(60)]
    assert there.there.keys() == every.keys() - there.bad
    assert not any(one.complete for one in told)
    assert set().union(*(one.refused for one in told)) == there.bad
