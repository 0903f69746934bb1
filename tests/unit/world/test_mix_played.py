"""What holds for every fleet that is played with Tidegate around it, by Auto Scaling's own rules in the world."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.world.worlds import MIX_ONLY, weighted
from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.market import Market, Supply, Wave, drought
from tidegate.desk.world.play import Run, Scenario, play
from tidegate.desk.world.shape import Shape
from tidegate.fleet.distribution import Distribution
from tidegate.policy.mix import Mix

QUICK = Mix(jitter_seconds=0, hold_down_seconds=300, return_step_percent=50, floor_half_life_seconds=600)
DRY = (HOUR, 3 * HOUR)
WEIGHTS = st.sampled_from([(1,), (1,), (2,), (1, 4)])


def dried(where: str, room: int) -> Supply:
    """Return pools that run dry but for a few machines: those go on to run, and no more can be had."""
    return drought(*DRY, where, room=room)


SUPPLIES = st.builds(dried, st.sampled_from(["*", "*", "us-east-1a"]), st.integers(0, 3))


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    desired = draw(st.integers(0, 24))
    return Shape(
        desired=desired,
        max_size=2 * desired,
        distribution=Distribution(draw(st.integers(0, desired)), draw(st.integers(0, 99))),
        offers=weighted(*draw(WEIGHTS)),
    )


def played(shape: Shape, market: Market, rules: Mix, *, hours: int = 14) -> Run:
    return play(Scenario(seconds=hours * HOUR, shape=shape, market=market), replace(MIX_ONLY, mix=rules))


@settings(max_examples=40)
@given(shapes(), SUPPLIES, st.none() | st.integers(0, 10))
def test_a_drought_has_no_running_spot_replaced_and_leaves_the_owners_base(
    shape: Shape, supply: Supply, most: int | None
) -> None:
    # Without a return in it, whatever Auto Scaling ends in a drought it ends because a base asked for it.
    patient = replace(QUICK, hold_down_seconds=4 * HOUR, max_on_demand=most)
    dry = played(shape, Market(spot=supply), patient, hours=3)
    assert dry.totals.replacements == 0
    owned = shape.distribution.on_demand(shape.desired)
    assert all(row.on_demand_target <= max(owned, shape.desired if most is None else most) for row in dry.rows)
    over = played(shape, Market(spot=supply), replace(QUICK, max_on_demand=most))
    assert over.rows[-1].base == shape.distribution.base
    assert over.rows[-1].on_demand_target == owned
    assert over.rows[-1].desired == shape.desired


@settings(max_examples=25)
@given(shapes(), st.floats(0, 1), st.sampled_from([0, 30, 60, 90]))
def test_machines_that_serve_on_leave_the_size_as_it_was(shape: Shape, share: float, drain: int) -> None:
    waves = tuple(Wave(t, share) for t in (900, 930, 1800))
    kept = play(
        Scenario(seconds=2 * HOUR, shape=shape, market=Market(waves=waves)),
        replace(MIX_ONLY, mix=QUICK, drain_seconds=drain),
    )
    assert kept.rows[-1].desired == shape.desired
    assert kept.rows[-1].on_demand + kept.rows[-1].spot >= shape.desired
    assert all(shape.desired <= row.desired <= shape.max_size for row in kept.rows)
