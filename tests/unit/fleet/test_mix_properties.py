"""What holds for every fleet, percentage and weight: limits, spot that runs, plans that end, the owner's base."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import NOW
from tests.fleet_fakes import incident
from tests.mix_scenes import ON_DEMAND_SHORT, QUOTA, failed, mixed, of, sight
from tidegate.fleet.base import Base, observed
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.group import Group
from tidegate.fleet.limits import limit
from tidegate.fleet.mix import Sight, mix
from tidegate.fleet.risk import Risk
from tidegate.policy.mix import Mix

ADDING = ("fallback", "return_failed")

MIXES = st.builds(
    Mix,
    fallback_after_seconds=st.sampled_from([0, 300]),
    jitter_seconds=st.sampled_from([0, 60]),
    max_on_demand=st.none() | st.integers(0, 40),
    max_usd_per_hour=st.none() | st.floats(0, 40),
    usd_per_hour=st.just({"g5.xlarge": 1.0, "g6.xlarge": 0.8}),
    return_step_percent=st.integers(1, 100),
    floor_limit_percent=st.integers(0, 100),
)
TIMES = st.sampled_from([0.0, *(NOW - ago for ago in (1, 60, 400, 1000, 3000, 9000))])


def policy(group: Group) -> Distribution:
    assert group.distribution
    return group.distribution


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    weight = draw(st.sampled_from([1, 1, 2, 4]))
    on_demand, spot, coming = draw(st.integers(0, 12)), draw(st.integers(0, 12)), draw(st.integers(0, 3))
    group = mixed(
        on_demand,
        spot,
        coming=coming,
        coming_on_demand=draw(st.integers(0, 3)),
        desired=max(0, weight * (on_demand + spot + coming) + draw(st.integers(-3, 9))),
        base=draw(st.integers(0, 3) | st.just(on_demand * weight)),
        percent=draw(st.integers(0, 99)),
        weight=weight,
    )
    base = Base(
        owner=draw(st.integers(0, 3)),
        ours=draw(st.none() | st.just(policy(group).base)),
        whole=draw(TIMES),
        short=draw(TIMES),
        trouble=draw(TIMES),
        changed=draw(TIMES),
        lowered=draw(TIMES),
        failures=draw(st.integers(0, 7)),
        risk=Risk(NOW, {"a": draw(st.floats(0, 20))}),
    )
    launches = draw(
        st.lists(st.builds(failed, st.sampled_from([30.0, 500.0]), st.sampled_from([QUOTA, ON_DEMAND_SHORT])))
    )
    losses = draw(st.sampled_from([(), (incident(1, ago=60),)]))
    desired = draw(st.just(group.desired) | st.integers(0, group.desired + 3))
    return sight(group, base, mix=draw(MIXES), launches=launches, losses=losses, desired=desired)


def spot_left(group: Group, base: int, desired: int) -> int:
    """Return the units that Auto Scaling leaves to spot: of what runs beyond that, it replaces."""
    return desired - policy(group).on_demand(desired, base)


@settings(max_examples=200)
@given(sights())
def test_what_stands_in_is_never_more_than_limits_and_size_allow(seen: Sight) -> None:
    done, group = mix(seen), seen.group
    if done.base <= policy(group).base:
        return
    size = min(seen.desired, group.desired)
    owned = policy(group).on_demand(size, done.memory.owner)
    units = policy(group).on_demand(size, done.base)
    assert done.base <= max(group.max_size, done.memory.owner or 0)
    if done.code == "fallback":
        assert units <= max(owned, limit(group, seen.mix, owned=owned, desired=size).units)


@settings(max_examples=200)
@given(sights())
def test_standing_in_never_has_spot_replaced_that_runs(seen: Sight) -> None:
    done = mix(seen)
    if done.code not in ADDING:
        return
    size = min(seen.desired, seen.group.desired)
    owned = spot_left(seen.group, done.memory.owner or 0, size)
    assert spot_left(seen.group, done.base, size) >= min(of(seen.group).spot_all, owned)


@settings(max_examples=200)
@given(sights())
def test_a_mix_that_was_applied_and_is_observed_again_asks_for_nothing(seen: Sight) -> None:
    done = mix(seen)
    if done.base == policy(seen.group).base or seen.desired > seen.group.desired:
        return  # what is added to the size may be missing in turn
    group = replace(seen.group, desired=seen.desired, distribution=replace(policy(seen.group), base=done.base))
    again = mix(replace(seen, group=group, base=done.after))
    assert again.base == done.base, (done.code, again.code, again.reason)


@settings(max_examples=200)
@given(sights())
def test_after_a_scale_in_no_more_is_on_demand_than_is_needed(seen: Sight) -> None:
    if seen.desired >= seen.group.desired or not observed(seen.base, policy(seen.group).base).standing_in:
        return
    done = mix(seen)
    owned = policy(seen.group).on_demand(seen.desired, done.memory.owner)
    needed = max(owned, seen.desired - of(seen.group).spot_all)
    kept = policy(seen.group).on_demand(seen.desired, done.base)
    assert kept <= needed or done.code == "return_failed"


@given(
    st.integers(1, 30),
    st.integers(0, 10),
    st.integers(0, 99),
    st.integers(0, 30),
    st.integers(1, 100),
    st.integers(0, 5),
)
def test_the_owners_base_comes_back_in_the_end(  # noqa: PLR0917 - numbers that make a fleet
    desired: int, owner: int, percent: int, raised: int, step: int, failures: int
) -> None:
    rules = Mix(jitter_seconds=0, return_step_percent=step)
    distribution = Distribution(max(owner, raised), percent)
    base = Base(owner=owner, ours=distribution.base, whole=NOW, trouble=NOW, changed=NOW, failures=failures)
    now = NOW
    for _ in range(desired + 2):
        now += 24 * 3600
        on_demand = distribution.on_demand(desired)
        # What Auto Scaling makes of it in a day in which spot can be had.
        group = mixed(on_demand, desired - on_demand, desired=desired, base=distribution.base, percent=percent)
        done = mix(sight(group, base, mix=rules, now=now))
        distribution, base = replace(distribution, base=done.base), done.after
    assert (distribution.base, base.standing_in) == (owner, False)
