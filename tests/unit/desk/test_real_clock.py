"""The Region's world on real time."""

from threading import Event

import pytest

from tidegate.desk.local.clock import RealClock, beating
from tidegate.desk.region.world import World


class Watch:
    """A monotonic clock that is turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_region_begins_at_zero_and_runs_as_fast_as_it_is_told() -> None:
    watch = Watch()
    clock = RealClock(10, watch)
    watch.seconds += 4.5

    assert clock.now() == 45
    clock.move_to(100)
    assert clock.now() == 45


@pytest.mark.parametrize("speed", [0, -1])
def test_time_that_stands_or_runs_backwards_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="a number above 0 is needed"):
        RealClock(speed)


def test_what_is_due_happens_at_the_next_look_and_in_order() -> None:
    watch = Watch()
    world = World(RealClock(1, watch))
    seen: list[str] = []

    def first() -> None:
        seen.append("first")
        world.after(1, lambda: seen.append("its effect"))

    world.after(5, lambda: seen.append("second"))
    world.after(2, first)
    world.after(60, lambda: seen.append("later"))

    world.run(0)
    assert seen == []
    watch.seconds += 10
    world.run(0)
    assert seen == ["first", "second"]
    watch.seconds += 1
    world.run(0)
    assert seen == ["first", "second", "its effect"]


def test_a_beat_goes_on_until_the_block_ends() -> None:
    twice = Event()
    beats: list[int] = []

    def beat() -> None:
        beats.append(1)
        if len(beats) == 2:
            twice.set()

    with beating(beat):
        assert twice.wait(10)
    after = len(beats)
    Event().wait(0.2)
    assert len(beats) == after
