"""Traces that people bring: what is read, and what is said about a bad one."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.desk.drills.generate import AT_ONCE, generate_wave
from tidegate.desk.drills.trace import Change, UnreadableTrace, Wave, read_wave

HEADER = "t_ms,event,node\n"

UNREADABLE = [
    ("", "line 1: the header must name t_ms, event, node; it says 'nothing'"),
    ("t,event,node\n", "line 1: the header must name t_ms, event, node; it says 't,event,node'"),
    (HEADER, "0 remove rows"),
    (HEADER + "0,add,a\n", "0 remove rows"),
    (HEADER + "x,remove,a\n", "line 2, column t_ms: whole milliseconds from 0 to 31622400000, not 'x'"),
    (HEADER + "-1,remove,a\n", "line 2, column t_ms: whole milliseconds"),
    (HEADER + "1.5,remove,a\n", "line 2, column t_ms: whole milliseconds"),
    (HEADER + "31622400001,remove,a\n", "line 2, column t_ms: whole milliseconds"),
    (HEADER + ",remove,a\n", "line 2, column t_ms: whole milliseconds"),
    (HEADER + "5,add,a\n4,remove,a\n", "line 3, column t_ms: 4 comes after 5; times never decrease"),
    (HEADER + "0,delete,a\n", "line 2, column event: add or remove, not 'delete'"),
    (HEADER + "0,remove\n", "line 2, column node: a machine's name, not nothing"),
    (HEADER + "0,add,a\n0,add,a\n", "line 3, column node: a was added before and never removed"),
    (HEADER + "0,remove,a\n0,remove,a\n", "line 3, column node: a was removed before and not added again"),
    (HEADER + '0,remove,"a\n', "not a CSV"),
    (HEADER + "".join(f"0,remove,n{n}\n" for n in range(1001)), "1001 remove rows; a wave has 1 to 1000 losses"),
]


@pytest.mark.parametrize(("text", "why"), UNREADABLE)
def test_a_bad_trace_gets_one_line_that_says_where_and_what_is_expected(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(text)

    with pytest.raises(UnreadableTrace) as told:
        read_wave(path)

    assert why in str(told.value)
    assert str(told.value).startswith("trace.csv: ")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"t_ms,event,node\n0,remove,\xff\n"])
def test_bytes_that_are_no_text_are_named_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableTrace, match="not UTF-8 text"):
        read_wave(path)


def test_a_missing_file_is_named_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTrace, match=r"nowhere\.csv: can't be read: No such file"):
        read_wave(tmp_path / "nowhere.csv")


def test_other_columns_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("\ufeffnode,zone,event,t_ms\na,us-east-1a,add,0\na,us-east-1a,remove,1500\n")

    assert read_wave(path).changes == (Change(0, "add", "a"), Change(1.5, "remove", "a"))


def changes(*said: tuple[float, str, str]) -> Wave:
    return Wave("a test", tuple(Change(t, "add" if event == "add" else "remove", node) for t, event, node in said))


SIZES = [
    (changes((0, "remove", "a")), 1),
    (changes((0, "remove", "a"), (0, "remove", "b")), 2),
    (changes((0, "add", "a"), (9, "add", "b"), (9, "remove", "a")), 2),
    (changes((0, "add", "a"), (1, "remove", "a"), (2, "add", "b"), (3, "remove", "b")), 2),
    (changes((0, "add", "a"), (1, "remove", "a"), (200, "add", "b"), (300, "remove", "b")), 1),
]


@pytest.mark.parametrize(("wave", "size"), SIZES)
def test_a_fleet_is_large_enough_for_every_loss_to_hit_a_machine(wave: Wave, size: int) -> None:
    assert wave.size() == size


def test_blanks_after_commas_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("node, event, t_ms\na, add, 0\na, remove, 1500\n")

    assert read_wave(path).changes == (Change(0, "add", "a"), Change(1.5, "remove", "a"))


def test_losses_of_one_instant_stand_together() -> None:
    wave = changes((0, "add", "a"), (5, "remove", "a"), (5, "add", "d"), (5, "remove", "b"), (7, "remove", "c"))

    assert wave.instants() == ((5, ("a", "b")), (7, ("c",)))


@given(st.integers())
def test_a_generated_wave_is_like_the_measured_one_whatever_the_seed(seed: int) -> None:
    wave = generate_wave(seed)

    assert wave == generate_wave(seed)
    assert Counter(len(nodes) for _, nodes in wave.instants()) == Counter(AT_ONCE)
    assert [change.t for change in wave.changes] == sorted(change.t for change in wave.changes)


@given(st.integers())
def test_a_generated_wave_could_have_been_a_file(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    wave = generate_wave(seed)
    path = tmp_path_factory.mktemp("wave") / "trace.csv"
    path.write_text(HEADER + "".join(f"{each.t * 1000:.0f},{each.event},{each.node}\n" for each in wave.changes))

    assert read_wave(path).changes == wave.changes
