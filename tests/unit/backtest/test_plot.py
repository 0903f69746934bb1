"""The plots of both rules: the same picture each time, whose words say what is to be seen."""

from dataclasses import replace
from pathlib import Path

from tidegate.desk.backtest.plot import draw
from tidegate.desk.backtest.report import Row, compared, scenarios


def short(name: str) -> Row:
    (scenario,) = (one for one in scenarios(None) if one.name == name)
    return compared(replace(scenario, works={signal: one[:150] for signal, one in scenario.works.items()}))


def test_a_plot_says_what_is_to_be_seen(tmp_path: Path) -> None:
    row = short("disagreement")
    draw(row, tmp_path / "one.svg")
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    for words in (
        row.scenario.story,
        "work for each machine, %",
        "machines in service",
        "hours since the start",
        "cpu target, 70 %",
        "memory target, 80 %",
        "Tidegate adds",
        row.tidegate.changes[0].reason,
    ):
        assert words in drawn


def test_the_same_series_is_the_same_picture_without_a_date(tmp_path: Path) -> None:
    row = short("spike")
    draw(row, tmp_path / "one.svg")
    draw(row, tmp_path / "two.svg")
    one = (tmp_path / "one.svg").read_bytes()
    assert one == (tmp_path / "two.svg").read_bytes()
    assert b"<dc:date>" not in one
