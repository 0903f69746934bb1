"""When on-demand stands in for spot, how much of it, and how it goes again: one decision a line."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import NOW
from tests.fleet_fakes import SHORT, incident
from tests.mix_scenes import AT_ONCE, NO_SUCH_IMAGE, ON_DEMAND_SHORT, QUOTA, failed, mixed, short_for, sight, stood_in
from tidegate.fleet.base import Base
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.mix import Sight, mix, wants_blend
from tidegate.fleet.others import Others
from tidegate.fleet.risk import Risk
from tidegate.fleet.scene import Mixing
from tidegate.policy.mix import Mix

UNSUPPORTED = (
    "Could not launch Spot Instances. InvalidFleetConfiguration - Your requested instance type (g6.xlarge) is not "
    "supported in your requested Availability Zone (us-east-1e)."
)
NO_QUOTA = (
    "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current "
    "vCPU limit of 32 allows for the instance bucket."
)
PRICED = {"g5.xlarge": 1.0, "g6.xlarge": 0.8}


def capped(**limits: Any) -> Mix:
    return Mix(jitter_seconds=0, **limits)


FALLBACK = {
    "nothing is missing": (sight(mixed(2, 8, base=2)), "mix_fine", 2),
    "spot is missing since a moment ago": (sight(mixed(0, 6), short_for(30)), "spot_missing", 0),
    "spot is missing for longer than five minutes": (sight(mixed(0, 6), short_for(300)), "fallback", 4),
    "a launch failed for lack of spot": (sight(mixed(0, 6), short_for(30), launches=[failed(20)]), "fallback", 4),
    "a launch failed by the quota of spot": (
        sight(mixed(0, 6), short_for(30), launches=[failed(20, QUOTA)]),
        "fallback",
        4,
    ),
    "a launch failed before all was well again": (
        sight(mixed(0, 6), short_for(30), launches=[failed(40)]),
        "spot_missing",
        0,
    ),
    "spot that is on its way isn't missing": (sight(mixed(0, 6, coming=4), short_for(300)), "mix_fine", 0),
    "some of what is missing is on its way": (sight(mixed(0, 6, coming=1), short_for(300)), "fallback", 3),
    "on-demand of a return still stands in": (sight(mixed(4, 6), short_for(300)), "mix_fine", 0),
    "on-demand of a return stands in for a part": (sight(mixed(2, 6), short_for(300)), "fallback", 4),
    "on-demand that is missing comes by itself": (
        sight(mixed(1, 8, base=2), short_for(300)),
        "mix_fine",
        2,
    ),
    "half of what is above the base": (
        sight(mixed(6, 2, base=2, percent=50), short_for(300, owner=2)),
        "fallback",
        5,
    ),
    "a percentage that rounds": (sight(mixed(4, 3, percent=33), short_for(300)), "fallback", 5),
    "units of two a machine": (sight(mixed(0, 3, weight=2), short_for(300)), "fallback", 4),
    "all spot is gone": (sight(mixed(0, 0), short_for(300)), "fallback", 10),
    "it stands in already, and more is lost": (
        sight(mixed(4, 3, base=4), short_for(300, ours=4)),
        "fallback",
        7,
    ),
}
REFUSED = {
    "an image that doesn't exist": (NO_SUCH_IMAGE, "launch_failed_unknown"),
    "a configuration that nobody can launch": (
        UNSUPPORTED,
        "launch_failed_configuration",
    ),
    "no on-demand capacity": (ON_DEMAND_SHORT, "on_demand_short"),
    "no quota for on-demand": (
        NO_QUOTA,
        "on_demand_short",
    ),
}
LIMITS = {
    "max_on_demand": (capped(max_on_demand=3), "fallback", 3),
    "max_on_demand that is reached": (capped(max_on_demand=0), "capped", 0),
    "a price of two machines": (capped(max_usd_per_hour=2.9, usd_per_hour=PRICED), "fallback", 2),
    "a price of less than one machine": (capped(max_usd_per_hour=0.9, usd_per_hour=PRICED), "capped", 0),
    "a type without a price": (capped(max_usd_per_hour=9, usd_per_hour={"g5.xlarge": 1}), "unpriced", 0),
    "both, of which the tighter counts": (
        capped(max_on_demand=1, max_usd_per_hour=9, usd_per_hour=PRICED),
        "fallback",
        1,
    ),
}
RETURN = {
    "a quarter of what stands in goes at a time": (sight(mixed(8, 2, base=8), stood_in(8)), "return", 6),
    "one at least": (sight(mixed(1, 9, base=1), stood_in(1)), "return", 0),
    "not while spot was in trouble of late": (sight(mixed(8, 2, base=8), stood_in(8, quiet=2690)), "holding", 8),
    "after a failed return not for twice as long": (
        sight(mixed(8, 2, base=8), stood_in(8, quiet=5390, failures=1)),
        "holding",
        8,
    ),
    "not while a machine is being replaced": (
        sight(mixed(8, 2, base=8), stood_in(8), losses=[incident(1, ago=7200)]),
        "unsettled",
        8,
    ),
    "not outside its window": (
        sight(mixed(8, 2, base=8), stood_in(8), mix=Mix(return_window="22:00-06:00")),
        "outside_window",
        8,
    ),
    "not below what was lost of late": (
        sight(mixed(3, 7, base=3), stood_in(3, risk=Risk(NOW, {"a": 2.6}))),
        "floor",
        3,
    ),
    "not right after the last step": (
        sight(mixed(6, 4, base=6), stood_in(6, lowered=NOW - 299, changed=NOW - 299)),
        "returning",
        6,
    ),
    "not while on-demand of the last step is there": (
        sight(mixed(8, 2, base=6), stood_in(6, lowered=NOW - 400)),
        "returning",
        6,
    ),
    "never below the owner's base": (sight(mixed(3, 7, base=3), stood_in(3, owner=2)), "return", 2),
    "up again if no spot came": (
        sight(mixed(8, 2, base=6), stood_in(6, lowered=NOW - 400), launches=[failed(100)]),
        "return_failed",
        8,
    ),
    "over once the owner's base is reached": (sight(mixed(2, 8, base=2), stood_in(2, owner=2)), "returned", 2),
}


@pytest.mark.parametrize(("seen", "code", "base"), FALLBACK.values(), ids=FALLBACK)
def test_on_demand_stands_in_for_spot_that_is_missing(seen: Sight, code: str, base: int) -> None:
    found = mix(seen)
    assert (found.code, found.base) == (code, base)


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_only_a_lack_of_spot_permits_it_and_other_words_are_told_as_they_are(text: str, code: str) -> None:
    found = mix(sight(mixed(0, 6), short_for(300), launches=[failed(100, text)]))
    assert (found.code, found.base, found.soon) == (code, 0, True)
    assert text in found.reason


@pytest.mark.parametrize(("limits", "code", "base"), LIMITS.values(), ids=LIMITS)
def test_no_more_stands_in_than_the_profile_allows(limits: Mix, code: str, base: int) -> None:
    found = mix(sight(mixed(0, 6), short_for(300), mix=limits))
    assert (found.code, found.base) == (code, base)


@pytest.mark.parametrize(("seen", "code", "base"), RETURN.values(), ids=RETURN)
def test_it_goes_back_step_by_step_once_spot_is_quiet(seen: Sight, code: str, base: int) -> None:
    found = mix(seen)
    assert (found.code, found.base) == (code, base)


def test_a_failed_return_doubles_the_hold_down_and_a_quiet_one_forgets_it() -> None:
    seen = sight(mixed(8, 2, base=6), stood_in(6, lowered=NOW - 400), launches=[failed(100, SHORT)])
    after = mix(seen).after
    assert (after.failures, after.trouble, after.lowered) == (1, NOW, 0)
    calm = Base(owner=0, whole=NOW - 60, trouble=NOW - 5401, failures=1)
    assert mix(replace(sight(mixed(0, 10), calm), blend=None)).memory.failures == 0


def test_spot_that_is_lost_again_soon_after_a_return_counts_as_a_failed_one() -> None:
    base = short_for(300, lowered=NOW - 1200)
    assert mix(sight(mixed(0, 6), base)).after.failures == 1
    assert mix(sight(mixed(0, 6), replace(base, lowered=NOW - 4000))).after.failures == 0


def test_a_base_that_a_scale_in_left_too_high_goes_down_with_the_size() -> None:
    found = mix(sight(mixed(4, 6, base=4), stood_in(4, quiet=60), desired=7))
    assert (found.code, found.base) == ("mix_trimmed", 1)
    found = mix(sight(mixed(4, 6, base=4), stood_in(4, quiet=60), desired=5))
    assert found.base == 0


def test_what_on_demand_cannot_provide_either_is_asked_of_spot_again() -> None:
    seen = sight(mixed(1, 6, base=4), short_for(400, ours=4, changed=NOW - 90), launches=[failed(60, ON_DEMAND_SHORT)])
    first = mix(seen)
    assert (first.code, first.base) == ("on_demand_short", 1)
    again = mix(replace(seen, group=mixed(1, 6, base=1), base=first.after))
    assert (again.code, again.base) == ("on_demand_short", 1)


def test_recent_losses_let_on_demand_stand_in_within_a_minute() -> None:
    losses = [incident(1, ago=30), incident(2, ago=30)]
    assert mix(sight(mixed(0, 8), short_for(59), losses=losses)).code == "spot_missing"
    assert mix(sight(mixed(0, 8), short_for(60), losses=losses)).code == "fallback"
    assert mix(sight(mixed(0, 8), short_for(60))).code == "spot_missing"


def test_the_base_that_somebody_else_writes_is_the_owners() -> None:
    raised = stood_in(4, owner=2, quiet=60)
    written_back = mix(sight(mixed(4, 6, base=2), raised)).memory
    assert (written_back.owner, written_back.ours) == (2, None)
    new = mix(sight(mixed(4, 6, base=3), raised)).memory
    assert (new.owner, new.ours) == (3, None)
    kept = mix(sight(mixed(4, 6, base=4), raised)).memory
    assert (kept.owner, kept.ours) == (2, 4)
    meant = mix(sight(mixed(4, 6, base=4), Base(owner=2, meant=4, trouble=NOW - 60))).memory
    assert (meant.owner, meant.ours) == (2, 4)


LEFT = {
    "a profile that says so": (replace(sight(mixed(0, 6), short_for(300)), mix=Mix(mode="leave")), "mix_left"),
    "a group that is being deleted": (
        sight(replace(mixed(0, 6), deleting=True), short_for(300)),
        "deleting",
    ),
    "another operator": (sight(replace(mixed(0, 6), operator="EKS"), short_for(300)), "other_operator"),
    "an instance refresh": (sight(mixed(0, 6), short_for(300), others=Others(refresh="InProgress")), "refreshing"),
    "launches suspended": (
        sight(replace(mixed(0, 6), suspended=frozenset({"Launch"})), short_for(300)),
        "suspended",
    ),
    "a policy of on-demand alone": (sight(mixed(6, 0, percent=100), short_for(300)), "no_mix"),
    "no policy at all": (sight(replace(mixed(0, 6), distribution=None), short_for(300)), "no_mix"),
    "a policy of segments": (
        sight(
            replace(mixed(0, 6), distribution=Distribution(0, 0, segmented=True)),
            short_for(300),
        ),
        "no_mix",
    ),
}


@pytest.mark.parametrize(("seen", "code"), LEFT.values(), ids=LEFT)
def test_a_mix_that_is_not_tidegates_stays_with_the_reason(seen: Sight, code: str) -> None:
    found = mix(seen)
    base = seen.group.distribution.base if seen.group.distribution else 0
    assert (found.code, found.base) == (code, base)
    assert found.reason


def test_the_groups_own_scaling_policies_set_its_size_and_leave_the_mix_alone() -> None:
    assert mix(sight(mixed(0, 6), short_for(300), others=Others(policies=("cpu70",)))).code == "fallback"


def test_a_profile_that_comes_to_leave_the_mix_gets_the_owners_base_back() -> None:
    found: Mixing = mix(sight(mixed(4, 6, base=4), stood_in(4, owner=1), mix=Mix(mode="leave")))
    assert (found.code, found.base, found.after.ours) == ("mix_left", 1, None)


def test_groups_that_fall_back_together_wait_parts_of_the_jitter_by_their_names() -> None:
    spread = Mix(jitter_seconds=600)
    waits = set[int]()
    for number in range(50):
        group = replace(mixed(0, 6), name=f"chat-{number}")
        seen = sight(group, short_for(0), mix=spread, launches=[failed(-1)])
        assert mix(seen).code == "spot_missing"
        waits.add(next(t for t in range(601) if _falls_back(seen, t)))
    assert len(waits) > 40
    assert max(waits) <= 600


def _falls_back(seen: Sight, after: float) -> bool:
    return mix(replace(seen, now=NOW + after)).code == "fallback"


def test_what_a_fleet_is_made_of_is_looked_at_only_when_it_matters() -> None:
    steady, known = mixed(2, 8, base=2), Base(owner=2)
    assert not wants_blend(steady, AT_ONCE, known)
    assert wants_blend(mixed(2, 7, base=2), AT_ONCE, known)
    assert wants_blend(mixed(4, 6, base=4), AT_ONCE, stood_in(4, owner=2))
    assert not wants_blend(mixed(2, 7, base=2), Mix(mode="leave"), known)
    assert not wants_blend(mixed(7, 0, percent=100), AT_ONCE, known)
    assert not wants_blend(replace(mixed(0, 7), distribution=None), AT_ONCE, known)
