"""What the status says of a mix: whose base it is, since when it is another one, and what the owner could do."""

import pytest

from tests.fakes import NOW
from tests.mix_scenes import mixed
from tidegate.desk.operate.mixes import data, mixture, short
from tidegate.desk.operate.mixes import told as told_of
from tidegate.desk.operate.times import Times
from tidegate.desk.page import show
from tidegate.fleet.base import Base
from tidegate.fleet.risk import Risk

BASES: dict[str, tuple[Base, int, str, bool]] = {
    "never looked at": (Base(), 4, "4", False),
    "the owner's": (Base(owner=4), 4, "4", False),
    "raised": (Base(owner=1, ours=4, changed=NOW - 60), 1, "4 (owner 1)", True),
    "raised by somebody who died before writing it down": (Base(owner=1, meant=4), 1, "4 (owner 1)", True),
    "another one of the owner's, after it was raised": (Base(owner=1, ours=3), 4, "4", False),
}


@pytest.mark.parametrize(("known", "owner", "word", "stands_in"), BASES.values(), ids=BASES)
def test_a_base_is_the_owners_unless_tidegate_set_it(known: Base, owner: int, word: str, stands_in: bool) -> None:
    one = mixture(mixed(on_demand=4, base=4), known)
    assert (one.owner, short(one)) == (owner, word)
    assert (data(one)["owner_base"], data(one)["stands_in"]) == (owner, stands_in)


def test_without_a_mix_there_is_no_base() -> None:
    assert short(None) == "-"
    assert data(None) == {"base": None, "owner_base": None, "stands_in": False, "base_set": None, "advice": []}


def test_pools_that_fail_are_named_to_people_and_machines(capsys: pytest.CaptureFixture[str]) -> None:
    one = mixture(
        mixed(spot=4), Base(owner=0, risk=Risk(NOW, {"g5.xlarge/us-east-1a": 5.0, "g6.xlarge/us-east-1b": 1.0}))
    )
    assert data(one)["advice"] == ["most losses of late are in g5.xlarge/us-east-1a: take it out, or add others"]
    show(told_of({"chat": one}, Times(NOW)))
    assert "most losses of late are in g5.xlarge/us-east-1a" in capsys.readouterr().out
