"""Measured series become work of each minute, and what is made up on the way is told."""

from pathlib import Path
from statistics import mean, pstdev

import pytest

from tidegate.desk.backtest.series import held, read_column, refined, shaken, work


def test_a_column_is_read_by_its_name_and_a_missing_value_repeats_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("timestamp,value\na,10\nb,\nc,30.5\n", encoding="utf-8")
    assert read_column(path, "value") == (10, 10, 30.5)


def test_a_utilisation_is_work_only_together_with_the_machines_that_did_it() -> None:
    assert work([35, 100], machines=20) == (7, 20)


def test_between_two_means_lies_a_straight_line_through_the_middles_of_their_periods() -> None:
    assert refined([10, 20, 20], minutes=5) == (10, 10, 10, 12, 14, 16, 18, 20, 20, 20, 20, 20, 20, 20, 20)


def test_an_even_number_of_minutes_has_its_middle_between_two_of_them() -> None:
    assert refined([0, 4], minutes=4) == (0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4)


def test_held_minutes_jump_from_mean_to_mean() -> None:
    assert held([1, 2], minutes=3) == (1, 1, 1, 2, 2, 2)


def test_noise_is_as_large_as_asked_for_and_the_same_each_time() -> None:
    noisy = shaken([50.0] * 5000, percent=3, seed=1)
    assert noisy == shaken([50.0] * 5000, percent=3, seed=1)
    assert mean(noisy) == pytest.approx(50, rel=0.01)
    assert pstdev(noisy) == pytest.approx(1.5, rel=0.05)
    assert shaken([1.0, 2.0], percent=0, seed=1) == (1, 2)
