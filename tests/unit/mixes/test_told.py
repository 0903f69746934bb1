"""What is told of a run: lanes of what happened to it, numbered decisions, and reasons in few words."""

from itertools import pairwise
from pathlib import Path

import pytest

from tidegate.desk.mixes.compare import AT_ONCE
from tidegate.desk.mixes.lanes import Lane, lanes
from tidegate.desk.mixes.story import measured, without
from tidegate.desk.mixes.told import MARKS, brief, marks
from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.market import Market, Wave, drought, flapping, together
from tidegate.desk.world.play import Run, Scenario, play
from tidegate.desk.world.schedule import Rewrite


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("chat has 6 of 6 machines in service; its profile leaves the size alone; all is well", "all is well"),
        ("chat has 6 of 6 machines in service", "chat has 6 of 6 machines in service"),
        ("i-0a1 left chat; i-0b2 left chat; 2 missing", "i-… left chat (2 times); 2 missing"),
        (
            "i-0a1 (g5.xlarge/us-east-1a) of chat has 119 s left; i-0b2 (g6.xlarge/us-east-1b) of chat has 119 s left",
            "i-… of chat has 119 s left (2 times)",
        ),
    ],
)
def test_a_reason_says_of_several_machines_once_what_is_the_same(reason: str, told: str) -> None:
    assert brief(reason) == told


@pytest.fixture(scope="module")
def run() -> Run:
    return play(Scenario(seconds=12 * HOUR, market=Market(spot=flapping(1200, 8 * HOUR))), AT_ONCE)


def test_marks_are_numbered_in_order_with_room_between_them(run: Run) -> None:
    numbered = marks(run)
    assert [mark.number for mark in numbered] == list(range(1, len(numbered) + 1))
    times = [mark.t for mark in numbered]
    assert min(b - a for a, b in pairwise(times)) >= 12 * HOUR / MARKS
    assert {line.what for mark in numbered for line in mark.lines} >= {"released", "fallback", "return", "returned"}


def test_a_reason_that_was_told_before_is_referred_to(run: Run) -> None:
    lines = [line for mark in marks(run) for line in mark.lines]
    first = next(line for line in lines if line.what == "return failed")
    again = [line for line in lines if line.what == "return failed" and line.reason.startswith("as at ")]
    assert again
    assert again[0].reason == f"as at {first.clock}"
    assert str(first).startswith(f"{first.clock} return failed: no spot came")


def test_lanes_tell_when_there_was_no_spot_and_what_others_did() -> None:
    scenario = Scenario(
        seconds=1000,
        market=Market(
            spot=together([drought(100, 400, "us-east-1b"), drought(900, 5000, "us-east-1a"), flapping(600, 3000)]),
            waves=(Wave(50, 0.6),),
        ),
        others=[Rewrite(300, 2), Rewrite(700, 2)],
    )
    assert lanes(scenario) == [
        Lane("no spot", spans=[(600, 1000)]),
        Lane("no spot in us-east-1a", spans=[(900, 1000)]),
        Lane("no spot in us-east-1b", spans=[(100, 400)]),
        Lane("60 % of spot taken", moments=(50,)),
        Lane("base written back", moments=[300, 700]),
    ]


def test_a_file_of_availability_is_a_story_for_each_region_in_all_its_windows(tmp_path: Path) -> None:
    rows = "".join(f"{window},0,0,1,0,1\n{window},1,195,0,1,1\n" for window in range(6))
    text = "window,tick,t_seconds,us-west-2b,us-east-1a,us-west-2a\n" + rows
    (tmp_path / "spot_availability_p3_9az.csv").write_text(text)
    assert without(tmp_path) is None
    east, west = measured(tmp_path)
    assert (east.name, west.name) == ("us-east-1", "us-west-2")
    assert west.parts[0].shape.zones == ("us-west-2a", "us-west-2b")
    assert [len(one.parts) for one in (east, west)] == [6, 6]
    assert lanes(east.parts[0])[0].spans == [(0, 195)]


def test_where_there_is_no_such_file_it_is_said_what_is_missing(tmp_path: Path) -> None:
    assert without(None) == "TIDEGATE_TRACES names no folder with traces: the real Regions are left out."
    assert without(tmp_path) == f"{tmp_path} has no spot_availability_p3_9az.csv: the real Regions are left out."
