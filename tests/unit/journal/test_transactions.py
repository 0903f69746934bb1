"""What the journal writes at once DynamoDB takes: up to 100 actions, no two of them on one item, none too large."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ACT, NOW, FakeGroups, FakeWakes, group, notice
from tests.fleet_fakes import REPLACEMENT, FakeFleets, FakeSignals, failed, incident, launch
from tests.fleet_looks import LOOKS, MODES, PROFILES
from tests.unit.journal.strict import MOST, StrictTable, journal, remembers
from tidegate.fleet.incident import Incident
from tidegate.fleet.journaled import JournaledFleets
from tidegate.fleet.launches import Launch
from tidegate.fleet.look import Look
from tidegate.fleet.losses import JournaledLosses
from tidegate.fleet.notice import Notice
from tidegate.fleet.notice_path import World, tend
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import FleetWorld, Wake
from tidegate.journal import layout
from tidegate.policy.mode import Mode
from tidegate.reactions.spot_interruption.pattern import BATCH_SIZE

FLEETS = 12
NOTICES = st.lists(
    st.builds(
        notice,
        st.integers(0, FLEETS),  # the last machine is in no group
        ago=st.sampled_from([2, 90, 121]),
        action=st.sampled_from(["terminate", "none"]),
        drill=st.sampled_from([None, None, "nonce-1", "nonce-2"]),
    ),
    max_size=BATCH_SIZE,
    unique=True,
)


class LiveDrills:
    def drill_target(self, nonce: str, *, now: float) -> str | None:
        return "fleet-0"


def tended(notices: Sequence[Notice]) -> StrictTable:
    """Handle a batch of repeated notices; machine 0 is the one of fleet-0, and so on."""
    table = StrictTable()
    groups = FakeGroups({f"fleet-{each}": group(f"fleet-{each}", each) for each in range(FLEETS)})
    losses = JournaledLosses(journal(table))
    done = tend(notices, World(groups, losses, LiveDrills(), FakeWakes(), PROFILES, ACT, lambda: None), NOW, notices)
    assert {one.why for one in done.troubles.values() if not one.urgent} == set()
    return table


@given(NOTICES)
def test_no_batch_of_notices_makes_a_transaction_that_is_refused(notices: list[Notice]) -> None:
    tended(notices)


def test_the_largest_batch_takes_three_writes_for_each_machine_and_one_for_each_pool_and_then_one_for_each() -> None:
    table = tended([notice(each) for each in range(BATCH_SIZE)])
    assert [len(keys) for keys in table.transactions] == [3 * BATCH_SIZE + 3, BATCH_SIZE]


def looked(look: Look, mode: Mode = ACT) -> StrictTable:
    """Reconcile a fleet whose journal and group are as one look showed them."""
    table = remembers(*look.incidents)
    groups = FakeFleets({"chat": look.group} if look.group else {}, tried=look.launches)
    signals = FakeSignals(look.readings)
    world = FleetWorld(groups, signals, JournaledFleets(journal(table)), PROFILES, mode, _open)
    reconcile("chat", Wake("event", NOW), world, NOW)
    return table


def _open() -> None:
    return None


@given(LOOKS, MODES)
def test_no_look_at_a_fleet_makes_a_transaction_that_is_refused(look: Look, mode: Mode) -> None:
    assert layout.STATE in {sk for _, sk in looked(look, mode).written}


def wave(number: int) -> tuple[Incident, ...]:
    return tuple(incident(REPLACEMENT * 100 + each, ago=90, released=88) for each in range(number))


def came(number: int) -> tuple[Launch, ...]:
    return tuple(launch(REPLACEMENT + each, ago=80, serving=20) for each in range(number))


@pytest.mark.parametrize("number", [1, 32, 33, 64, 65, 500])
def test_a_wave_that_ends_is_written_in_parts_of_which_each_is_taken(number: int) -> None:
    incidents = (*wave(number - 1), incident(1, ago=90, released=88, drill="nonce"))
    fleet = replace(group("chat", 2), desired=10**4)
    table = looked(Look("chat", fleet, incidents, came(number)))
    over = [sk for _, sk in table.written if sk.startswith(layout.INCIDENTS)]
    assert len(over) == number
    assert len(table.transactions) == -(-number // 32)


def test_how_a_hundred_and_more_missed_machines_are_to_leave_is_written_before_they_do() -> None:
    incidents = tuple(incident(each) for each in range(2 * MOST + 50))
    table = looked(Look("chat", group("chat", *range(2 * MOST + 50)), incidents))
    announced = [key for keys in table.transactions for key in keys if key[1].startswith(layout.OPEN_INCIDENTS)]
    assert [announced.count(layout.open_incident("fleet/chat", *one.key)) for one in incidents] == [2] * len(incidents)


SAME_SECOND = {
    "a drill and a real warning of one machine": (incident(1, ago=90), incident(1, ago=90, drill="n")),
    "two machines under the nonce of one drill": (incident(1, ago=90, drill="n"), incident(2, ago=90, drill="n")),
}


@pytest.mark.parametrize("both", SAME_SECOND.values(), ids=SAME_SECOND)
def test_what_happened_in_the_same_second_is_two_incidents_when_it_is_over(both: tuple[Incident, ...]) -> None:
    table = looked(Look("chat", group("chat"), both))
    assert len([sk for _, sk in table.written if sk.startswith(layout.INCIDENTS)]) == 2
    drills = {one.instance for one in both if one.drill}
    assert len([sk for _, sk in table.written if sk.startswith(layout.DRILLS)]) == len(drills)


def test_what_is_told_of_two_thousand_machines_without_a_replacement_still_fits_into_one_item() -> None:
    text = f"{failed(ago=80).failure} ".ljust(400, "-")
    table = looked(Look("chat", replace(group("chat", 2), desired=10**4), wave(2000), (failed(ago=80, text=text),)))
    assert ("fleet/chat", layout.STATE) in table.written
