"""How machines leave: terminated or detached, with a replacement or without; and what Auto Scaling refuses."""

from typing import Any

import pytest

from tests.unit.world.worlds import bought, happened, members, states, world
from tidegate.desk.world.operations import release, resize
from tidegate.fleet.notice import How


def test_a_terminated_machine_stops_serving_at_once_and_is_gone_once_it_has_drained() -> None:
    one = world(drain_seconds=60)
    leaving = members(one, "spot")[0]
    release(one, "terminate", [leaving.id])
    assert (bought(one), states(one)) == ((1, 4), {"InService": 5, "Terminating": 1, "Pending": 1})
    one.run(69)
    assert leaving.id in one.running
    one.run(1)
    assert leaving.id not in one.running
    assert happened(one, "gone") == [(70, "gone")]


@pytest.mark.parametrize(
    ("shape", "seconds"),
    [({"balanced": False}, 10), ({"hook_seconds": 100}, 170), ({"balanced": False, "hook_seconds": 100}, 110)],
)
def test_a_drain_and_a_hook_hold_a_machine_that_leaves(shape: dict[str, Any], seconds: float) -> None:
    one = world(**shape)
    release(one, "terminate", [members(one, "spot")[0].id])
    one.run(300)
    assert [t for t, _ in happened(one, "gone")] == [seconds]


def test_a_detached_machine_leaves_the_group_and_runs_on() -> None:
    one = world(balanced=False)
    leaving = members(one, "spot")[0]
    release(one, "detach", [leaving.id])
    assert states(one)["Detaching"] == 1
    one.run(500)
    assert leaving.id not in one.members
    assert leaving.id in one.running
    assert bought(one) == (1, 5)


def test_without_decrement_the_replacement_starts_at_once() -> None:
    one = world(boot_seconds={"spot": 90.0, "on-demand": 90.0})
    release(one, "terminate", [machine.id for machine in members(one, "spot")[:3]])
    one.run(90)
    assert (bought(one), one.desired) == ((1, 5), 6)


def test_with_decrement_nothing_comes_in_its_place() -> None:
    one = world()
    release(one, "terminate", [members(one, "spot")[0].id], decrement=True)
    one.run(500)
    assert (bought(one), one.desired) == ((1, 4), 5)


@pytest.mark.parametrize("how", ["terminate", "detach"])
def test_a_call_is_refused_as_a_whole_for_one_machine_that_cannot_leave(how: How) -> None:
    one = world()
    first, second = members(one, "spot")[:2]
    release(one, how, [first.id])
    before = states(one)
    for gone in (first.id, "i-unknown"):
        with pytest.raises(ValueError, match=f"the instance {gone} is"):
            release(one, how, [second.id, gone])
    assert states(one) == before


def test_a_machine_that_boots_may_be_terminated_and_not_detached() -> None:
    one = world()
    resize(one, 7)
    new = one.attempts[-1].instance
    with pytest.raises(ValueError, match="is in Pending"):
        release(one, "detach", [new])
    release(one, "terminate", [new])
    assert states(one) == {"InService": 6, "Terminating": 1, "Pending": 1}


def test_a_group_is_not_made_smaller_than_its_least() -> None:
    one = world(min_size=6)
    with pytest.raises(ValueError, match="is below the min size, 6"):
        release(one, "terminate", [members(one, "spot")[0].id], decrement=True)
    assert one.desired == 6


@pytest.mark.parametrize(("how", "most"), [("terminate", 100), ("detach", 20)])
def test_a_call_takes_no_more_machines_than_aws_lets_it(how: How, most: int) -> None:
    one = world(desired=120)
    ids = [machine.id for machine in members(one, "spot")]
    with pytest.raises(ValueError, match=f"{how} takes 1 to {most} machines, not {most + 1}"):
        release(one, how, ids[: most + 1])
    with pytest.raises(ValueError, match="not 0"):
        release(one, how, [])
    release(one, how, ids[:most])
    assert one.serving() == 120 - most
