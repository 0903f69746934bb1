"""What losses say about pools, and what an owner could do."""

from dataclasses import replace

import pytest

from tests.fakes import NOW
from tests.fleet_fakes import FakeFleetJournal, FakeFleets, fleet_world
from tests.mix_scenes import mixed
from tidegate.fleet.base import Base
from tidegate.fleet.look import Memory
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import Recalled, Wake
from tidegate.fleet.risk import FEW_POOLS, MOST_POOLS, Risk, advice, later

A, B = "g5.xlarge/us-east-1a", "g6.xlarge/us-east-1b"
TAKE_OUT = "most losses of late are in {}: take it out, or add others"
DIVERSIFY = "it may launch in {} pools only: more instance types, and all zones, lose less at a time"

ADVICE: dict[str, tuple[dict[str, float], int, tuple[str, ...]]] = {
    "no losses, nothing to say": ({}, 1, ()),
    "a few losses say nothing about a pool": ({A: 2.9}, 12, ()),
    "most of them in one pool do": ({A: 3.0, B: 1.0}, 12, (TAKE_OUT.format(A),)),
    "half and half are two": ({A: 4.0, B: 4.0}, 12, (TAKE_OUT.format(f"{A} and {B}"),)),
    "many pools that lose alike are none": ({f"p{number}": 3.0 for number in range(5)}, 12, ()),
    "a loss in few pools asks for more of them": ({A: 1.0}, FEW_POOLS - 1, (DIVERSIFY.format(5),)),
    "enough pools are enough": ({A: 1.0}, FEW_POOLS, ()),
    "a policy that names no types is not told to name more": ({A: 1.0}, 0, ()),
    "both": ({A: 9.0}, 2, (TAKE_OUT.format(A), DIVERSIFY.format(2))),
}


@pytest.mark.parametrize(("losses", "pools", "told"), ADVICE.values(), ids=ADVICE)
def test_what_an_owner_could_do(losses: dict[str, float], pools: int, told: tuple[str, ...]) -> None:
    assert advice(Risk(NOW, losses), pools) == told


def test_a_loss_counts_half_after_a_half_life_and_nothing_after_many() -> None:
    risk = later(Risk(), [A, A, B], NOW, half_life=3600)
    assert risk.pools == {A: 2, B: 1}
    assert later(risk, [B], NOW + 3600, half_life=3600).pools == {A: 1, B: 1.5}
    assert later(risk, [], NOW + 8 * 3600, half_life=3600).pools == {}


def test_only_the_pools_with_the_most_losses_are_remembered() -> None:
    many = {f"p{number}": 1.0 + number for number in range(MOST_POOLS)}
    risk = later(Risk(NOW, many), ["q"] * 5, NOW, half_life=3600)
    assert len(risk.pools) == MOST_POOLS
    assert ("q" in risk.pools, "p0" in risk.pools) == (True, False)


@pytest.mark.parametrize(("zones", "told"), [(3, None), (1, [DIVERSIFY.format(2)])])
def test_a_decision_tells_the_advice_that_was_seen_with_it(zones: int, told: list[str] | None) -> None:
    groups = FakeFleets({"chat": replace(mixed(spot=10), zones=zones)})
    known = Base(owner=0, risk=Risk(NOW, {A: 2.0}))
    book = FakeFleetJournal(Recalled(3, NOW - 600, Memory("steady", base=known)))
    reconcile("chat", Wake("event-1", NOW - 1), fleet_world(groups, book), NOW)
    assert book.records[0].decision.observed.get("advice") == told
