"""The order in which things happen on virtual time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.desk.region.world import World


class Clock:
    """Time without time travel."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def move_to(self, t: float) -> None:
        assert t >= self._now
        self._now = t


@pytest.fixture
def world() -> World:
    return World(Clock())


def test_what_is_due_happens_at_its_time(world: World) -> None:
    seen: list[float] = []
    world.after(5, lambda: seen.append(world.now()))
    world.after(2, lambda: seen.append(world.now()))
    world.after(20, lambda: seen.append(world.now()))

    world.run(10)

    assert seen == [2, 5]
    assert world.now() == 10
    world.run(10)
    assert seen == [2, 5, 20]


def test_an_act_may_cause_another_within_the_same_run(world: World) -> None:
    seen: list[float] = []
    world.after(1, lambda: world.after(1, lambda: seen.append(world.now())))

    world.run(3)

    assert seen == [2]


def test_aws_goes_on_while_a_function_waits_but_no_other_invocation_begins(world: World) -> None:
    seen: list[str] = []

    def first() -> None:
        world.advance(10)
        seen.append(f"first ends at {world.now():.0f}")

    world.invoke_after(0, first)
    world.invoke_after(3, lambda: seen.append(f"second begins at {world.now():.0f}"))
    world.after(5, lambda: seen.append(f"AWS acts at {world.now():.0f}"))

    world.run(20)

    assert seen == ["AWS acts at 5", "first ends at 10", "second begins at 10"]


def test_a_cause_stands_before_its_effects(world: World) -> None:
    place = world.place()
    world.record("aws", "launched", "the effect")
    world.record_at(place, world.timeline[0].__class__(0, "tidegate", "call", "the cause"))

    assert [entry.text for entry in world.timeline] == ["the cause", "the effect"]


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans())))
def test_time_never_runs_backwards(planned: list[tuple[float, bool]]) -> None:
    world = World(Clock())
    seen: list[float] = []
    for seconds, invocation in planned:
        (world.invoke_after if invocation else world.after)(seconds, lambda: seen.append(world.now()))

    world.run(100)

    assert len(seen) == len(planned)
    assert all(earlier <= later for earlier, later in pairwise(seen))
