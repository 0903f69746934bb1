"""A fleet is enlarged for machines that serve on, and smaller again: in which order, and whoever dies meanwhile."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import NOW, group, instance
from tests.fleet_fakes import FakeFleetJournal, FakeFleets, FakeSignals, fleet_world, incident
from tests.mix_scenes import AT_ONCE, failed, mixed, short_for
from tests.surplus_world import PROFILES
from tidegate.fleet.history import History, Step
from tidegate.fleet.incident import Incident
from tidegate.fleet.look import Memory
from tidegate.fleet.reading import Point, Reading
from tidegate.fleet.reconcile import Reconciled, reconcile
from tidegate.fleet.records import Recalled, Wake
from tidegate.fleet.shape import Resize
from tidegate.fleet.surplus import Surplus
from tidegate.policy.profile import Profile

WAKE = Wake("event-1", NOW - 1)
SERVES = PROFILES["default"]
DYING = incident(1, ago=10)
GRANTED = Surplus(2, {instance(1): 1})


def fleets(desired: int = 2, *, most: int = 5, serving: tuple[int, ...] = (1, 2)) -> FakeFleets:
    return FakeFleets({"chat": replace(group("chat", *serving), desired=desired, min_size=1, max_size=most)})


def book(*incidents: Incident, surplus: Surplus | None = None) -> FakeFleetJournal:
    history = History((Step(NOW - 3600, 2),), desired=2)
    return FakeFleetJournal(
        Recalled(3, NOW - 600, Memory("steady", (), history, surplus=surplus or Surplus()), incidents)
    )


def look(groups: FakeFleets, told: FakeFleetJournal, profile: Profile = SERVES, **world: Any) -> Reconciled:
    return reconcile("chat", WAKE, fleet_world(groups, told, profile=profile, **world), NOW)


def known(told: FakeFleetJournal) -> Surplus:
    return told.records[0].plan.memory.surplus


def test_the_group_is_enlarged_for_a_machine_that_serves_on_after_that_was_written_down() -> None:
    groups, told = fleets(), book(DYING)
    done = look(groups, told)
    assert (groups.groups["chat"].desired, groups.released) == (3, [])
    assert done.reshaped == (Resize("chat", 2, 3, GRANTED),)
    assert told.records[0].decision.planned == ("set the size from 2 to 3, 1 of it for machines that serve on",)
    assert [one.intended(told.recalled.memory).surplus for one in told.intended] == [GRANTED]
    assert known(told) == GRANTED
    assert told.records[0].plan.memory.history.desired == 2
    assert told.records[0].plan.memory.watched


def test_seen_again_it_is_enlarged_no_further() -> None:
    groups, told = fleets(3, serving=(1, 2, 3)), book(DYING, surplus=GRANTED)
    assert look(groups, told).reshaped == ()
    assert (groups.groups["chat"].desired, known(told)) == (3, GRANTED)


def test_without_an_intention_on_record_nothing_is_enlarged() -> None:
    groups, told = fleets(), book(DYING)
    told.failing = {"intend": RuntimeError("no table")}
    assert look(groups, told).failed
    assert groups.groups["chat"].desired == 2


def test_without_room_the_machine_is_released_and_nothing_is_enlarged() -> None:
    groups, told = fleets(most=2), book(DYING)
    done = look(groups, told)
    assert (done.released, groups.groups["chat"].desired, known(told)) == (("terminate",), 2, Surplus())


def test_a_machine_whose_time_has_come_is_released_and_takes_its_surplus_with_it() -> None:
    groups, told = fleets(3, serving=(1, 2, 3)), book(incident(1, ago=45), surplus=GRANTED)
    assert look(groups, told).released == ("terminate",)
    assert groups.groups["chat"].desired == 2


STALE: dict[str, tuple[FakeFleets, Incident, int]] = {
    "who was to enlarge it died before that, so nothing is taken off": (fleets(2), incident(1, ago=45), 2),
    "who released it died right after that": (fleets(2, serving=(2, 3)), incident(1, ago=60, released=10), 2),
    "it died before it could be released": (fleets(3, serving=(2, 3)), incident(1, ago=60), 2),
    "somebody else has set another size since": (fleets(5, serving=(1, 2, 3)), incident(1, ago=45), 5),
}


@pytest.mark.parametrize(("groups", "lost", "size"), STALE.values(), ids=STALE)
def test_whatever_came_of_a_claim_the_next_look_comes_to_the_size(
    groups: FakeFleets, lost: Incident, size: int
) -> None:
    told = book(lost, surplus=GRANTED)
    look(groups, told)
    assert groups.groups["chat"].desired == size
    assert known(told) == Surplus()


def test_a_size_that_grows_by_what_was_given_back_is_set_and_known_as_tidegates() -> None:
    busy = FakeSignals({"cpu": Reading(tuple(Point(NOW - 60 * minute, 100.0) for minute in range(30, 0, -1)))})
    groups = fleets(3, serving=(2, 3))
    told = book(incident(1, ago=60, released=10), surplus=GRANTED)
    look(groups, told, Profile(drain_seconds=60), signals=busy)
    memory = told.records[0].plan.memory
    assert (groups.groups["chat"].desired, memory.surplus, memory.history.desired) == (3, Surplus(), 3)
    assert groups.calls[-1] == "resize"


def test_without_an_answer_a_base_that_was_meant_is_not_taken_for_the_owners() -> None:
    groups = FakeFleets({"chat": mixed(spot=6)}, tried=(failed(30),))
    groups.bought_as_spot = frozenset(groups.groups["chat"].machines)
    groups.failing = {"remix": TimeoutError("no answer")}
    told = FakeFleetJournal(Recalled(3, NOW - 600, Memory("steady", base=short_for(300))))
    done = look(groups, told, replace(SERVES, mix=AT_ONCE))
    memory = told.records[0].plan.memory
    assert (done.failed, memory.base.owner, memory.base.ours, memory.base.meant) == (True, 0, None, 4)
