"""A woken fleet whose release is refused: it is looked at once more, and what has left was released by nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.fakes import NOW, FakeGroups, group, instance
from tests.fleet_fakes import FakeFleetJournal, FakeFleets, fleet_world, incident
from tidegate.fleet.incident import Incident
from tidegate.fleet.ports import Refused
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import Recalled, Wake

WAKE = Wake("event-1", NOW - 1)


@dataclass
class Refusing(FakeFleets):
    """Refuses the first releases, and lets something happen behind Tidegate's back."""

    times: int = 1
    meanwhile: Callable[[FakeGroups], None] = lambda groups: None

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        if self.calls.count("terminate") < self.times:
            self._call("terminate")
            self.meanwhile(self)
            raise Refused("not in service")
        super().terminate(group, instances, shrink=shrink)


def journal(*incidents: Incident) -> FakeFleetJournal:
    return FakeFleetJournal(Recalled(incidents=incidents))


def test_what_is_refused_is_looked_at_once_more_and_the_rest_released() -> None:
    groups = Refusing({"chat": group("chat", 1, 2, 3)}, meanwhile=lambda some: some.change("chat", 2, ""))
    book = journal(incident(1), incident(2))
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert groups.calls == ["fleets", "launches", "terminate", "fleets", "terminate"]
    assert groups.released == [(instance(1), "Terminating")]
    assert book.records[0].released == {incident(1).key: "terminate", incident(2).key: None}
    assert (done.released, done.failed) == (("terminate",), False)


LEFT: dict[str, Callable[[FakeGroups], None]] = {
    "out of its group": lambda groups: groups.change("chat", 2, ""),
    "on its way out": lambda groups: groups.change("chat", 2, "Terminating:Wait"),
    "with its group": lambda groups: groups.groups.clear(),
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_what_has_left_meanwhile_was_released_by_nobody_for_each_of_its_incidents(
    left: Callable[[FakeGroups], None],
) -> None:
    groups = Refusing({"chat": group("chat", 1, 2)}, meanwhile=left)
    book = journal(incident(2), incident(2, drill="nonce", ago=50))
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert groups.calls == ["fleets", "launches", "terminate", "fleets"]
    assert set(book.records[0].released.values()) == {None}
    assert (done.released, done.failed) == ((), False)
    assert done.code in {"leaving", "in_no_group"}


def test_what_is_refused_twice_waits_for_the_sweep() -> None:
    groups, book = Refusing({"chat": group("chat", 1)}, times=9), journal(incident(1))
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert groups.calls.count("terminate") == 2
    assert (done.failed, book.records[0].released) == (True, {})
    assert done.reason.endswith("; terminate refused: not in service")


def test_a_second_look_that_fails_leaves_the_machine_to_the_sweep() -> None:
    def silence(groups: FakeGroups) -> None:
        groups.failing = {"fleets": TimeoutError("no answer")}

    groups, book = Refusing({"chat": group("chat", 1)}, meanwhile=silence), journal(incident(1))
    done = reconcile("chat", WAKE, fleet_world(groups, book), NOW)
    assert (done.failed, len(book.records), book.records[0].released) == (True, 1, {})
    assert done.reason.endswith("; refused, and looking again failed: no answer")
