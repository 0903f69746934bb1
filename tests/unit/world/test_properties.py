"""What holds in the simulated world whatever happens to it."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.world.worlds import weighted, world
from tidegate.desk.world import replacing
from tidegate.desk.world.market import Market, Supply, Wave, flapping
from tidegate.desk.world.operations import release, remix, resize
from tidegate.desk.world.shape import OPTIONS
from tidegate.desk.world.world import World, on_demand_units, units
from tidegate.fleet.distribution import Distribution

SIZES = st.integers(0, 30)
PERCENTS = st.integers(0, 100)
WEIGHTS = st.sampled_from([(1,), (2,), (1, 4), (2, 3)])
DISTRIBUTIONS = st.builds(Distribution, SIZES, PERCENTS)

MARKETS = st.builds(
    Market,
    spot=st.one_of(
        st.just(Supply()),
        st.integers(120, 2000).map(lambda seconds: flapping(seconds, 9000)),
        st.integers(0, 6).map(lambda room: Supply({"us-east-1a": ((500, room),), "us-east-1b": ((900, 0),)})),
    ),
    quotas=st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 12), max_size=1),
    waves=st.lists(st.builds(Wave, st.integers(0, 5000), st.floats(0, 1)), max_size=3).map(tuple),
    ahead_seconds=st.sampled_from([0, 300]),
    warned=st.sampled_from([0.5, 1.0]),
)


@dataclass(frozen=True)
class Act:
    """What somebody does after so many seconds: releases spot machines, or sets another mix and size."""

    seconds: int
    released: int
    mix: Distribution | None
    size: int

    def do(self, one: World) -> None:
        spot = [machine.id for machine in one.members.values() if machine.serving and machine.option == "spot"]
        if ids := spot[: self.released]:
            release(one, "terminate", ids)
        elif self.mix:
            remix(one, self.mix, self.size)
        else:
            resize(one, self.size)


ACTS = st.builds(Act, st.integers(1, 900), st.sampled_from([0, 0, 3]), st.none() | DISTRIBUTIONS, SIZES)


@settings(max_examples=60)
@given(SIZES, DISTRIBUTIONS, WEIGHTS, MARKETS, st.lists(ACTS, max_size=8))
def test_no_more_is_there_than_desired_and_the_margin_of_replacements(
    desired: int,
    mix: Distribution,
    weights: tuple[int, ...],
    market: Market,
    acts: list[Act],
) -> None:
    one = world(market, desired=desired, base=mix.base, percent=mix.percent, max_size=30, offers=weighted(*weights))
    most = max(weights)
    for act in acts:
        for _ in range(3):
            one.run(act.seconds / 3)
            there = units(one.counted())
            assert there < one.desired + most or there == one.desired
            assert units(one.ahead()) < replacing.margin(one) + most
            assert one.serving() <= there
        act.do(one)
    assert one.meter.served <= one.meter.seconds * (30 + replacing.margin(one) + 2 * most)


@settings(max_examples=80)
@given(st.integers(1, 30), SIZES, PERCENTS, st.floats(0, 1), st.integers(0, 30))
def test_a_base_that_only_adds_on_demand_never_ends_a_running_spot_machine(
    desired: int, base: int, percent: int, lost: float, more: int
) -> None:
    one = world(Market(waves=(Wave(10, lost),)), desired=desired, base=base, percent=percent)
    one.market = Market(quotas={"spot": 0})
    one.run(400)
    distribution, there = one.distribution, one.on_demand_target
    # What is missing is spot: each base up to this one has it bought on-demand, as far as `more` goes.
    raised = distribution.base_for(there + min(more, one.missing), desired)
    spot = {machine.id for machine in one.counted() if machine.option == "spot"}
    remix(one, Distribution(max(base, raised), percent), desired)
    one.run(4000)
    assert spot <= {machine.id for machine in one.counted()}
    assert one.counts.replacements == 0
    assert one.serving("on-demand") == there + min(more, desired - there - len(spot))


@settings(max_examples=60)
@given(SIZES, DISTRIBUTIONS, DISTRIBUTIONS, WEIGHTS)
def test_an_open_market_brings_every_policy_to_rest_at_its_mix(
    desired: int, before: Distribution, after: Distribution, weights: tuple[int, ...]
) -> None:
    one = world(desired=desired, base=before.base, percent=before.percent, offers=weighted(*weights))
    remix(one, after, desired)
    one.run(50_000)
    rest, dip = one.counts.launches, one.meter.dip
    one.run(10_000)
    assert (one.counts.launches, dip) == (rest, 0)
    assert on_demand_units(one.counted()) >= one.on_demand_target
    assert on_demand_units(one.counted()) < one.on_demand_target + max(weights)
