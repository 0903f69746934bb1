"""Virtual time: what is due comes in order, and nothing happens in between."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.desk.world.clock import Clock


@given(st.lists(st.floats(0, 100), max_size=20), st.lists(st.floats(0.1, 40), min_size=1, max_size=10))
def test_what_is_due_comes_in_order_however_the_time_is_cut(moments: list[float], steps: list[float]) -> None:
    came: list[float] = []
    clock = Clock()
    for t in moments:
        clock.at(t, lambda: came.append(clock.now))
    for seconds in steps:
        clock.run(seconds)
    assert came == sorted(t for t in moments if t <= clock.now)


@given(st.lists(st.floats(0, 50), max_size=20))
def test_the_seconds_in_between_are_all_the_seconds_there_are(moments: list[float]) -> None:
    passed: list[float] = []
    clock = Clock(passed.append)
    for t in moments:
        clock.at(t, lambda: None)
    clock.run(60)
    assert abs(sum(passed) - 60) < 1e-9
    assert all(seconds > 0 for seconds in passed)


def test_of_what_is_due_together_the_first_asked_for_comes_first() -> None:
    came: list[str] = []
    clock = Clock()
    clock.after(5, lambda: came.append("first"))
    clock.after(5, lambda: came.append("second"))
    clock.after(-3, lambda: came.append("at once"))
    clock.run(5)
    assert came == ["at once", "first", "second"]
