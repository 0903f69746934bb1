"""What a spot notice asks for: a table of cases, and what holds for every input."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ACT, NOW, group, instance, notice
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.judge import plan
from tidegate.fleet.notice import MOST_IDS, Action, Notice, Observed, Release
from tidegate.fleet.surplus import Surplus
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile, RebalanceMode, ReleaseMode

PROFILES = {
    "default": Profile(),
    "detaching": Profile(release="detach"),
    "terminating": Profile(release="terminate"),
    "deaf": Profile(rebalance="ignore"),
}
ONE = notice(1)


def observed(fleet: Group, **drills: str) -> Observed:
    return Observed(dict.fromkeys(fleet.machines, fleet.name), {fleet.name: fleet}, drills)


def chat(state: str = "InService", profile: str = "default", **fields: Any) -> Group:
    return replace(group("chat", 1, 2, state=state, profile=profile), **fields)


CASES: dict[str, tuple[Notice, Group, str]] = {
    "a machine in service behind a balancer is terminated": (ONE, chat(), "release_terminate"),
    "one without balancer and hook is detached": (ONE, chat(balanced=False, terminate_hook=False), "release_detach"),
    "a terminate hook holds it as a balancer does": (
        ONE,
        chat(balanced=False, terminate_hook=True),
        "release_terminate",
    ),
    "a profile may say detach": (ONE, chat(profile="detaching"), "release_detach"),
    "a profile may say terminate": (ONE, chat(profile="terminating", balanced=False), "release_terminate"),
    "a stop ends the machine too": (notice(1, action="stop"), chat(), "release_terminate"),
    "hibernation leaves no time": (notice(1, action="hibernate"), chat(), "past_deadline"),
    "past the deadline there is nothing left to release": (notice(1, ago=120), chat(), "past_deadline"),
    "a second before the deadline there is": (notice(1, ago=119), chat(), "release_terminate"),
    "an event of a year ago says nothing": (notice(1, ago=365 * 86400), chat(), "stale"),
    "an event of tomorrow is not believed": (notice(1, ago=-86400), chat(), "from_future"),
    "a clock may be a minute off": (notice(1, ago=-60), chat(), "release_terminate"),
    "a machine in no group is nobody's business": (notice(7), chat(), "in_no_group"),
    "Standby serves nothing": (ONE, chat("Standby"), "not_in_service"),
    "Pending serves nothing yet": (ONE, chat("Pending:Wait"), "not_in_service"),
    "Terminating is on its way already": (ONE, chat("Terminating"), "leaving"),
    "so is Terminating:Wait": (ONE, chat("Terminating:Wait"), "leaving"),
    "so is Detaching": (ONE, chat("Detaching"), "leaving"),
    "Capacity Rebalancing replaces it": (ONE, chat(capacity_rebalance=True), "capacity_rebalancing"),
    "without Launch no replacement would come": (ONE, chat(suspended=frozenset({"Launch"})), "suspended"),
    "without AddToLoadBalancer it would not serve": (
        ONE,
        chat(suspended=frozenset({"AddToLoadBalancer"})),
        "suspended",
    ),
    "without a balancer that doesn't matter": (
        ONE,
        chat(suspended=frozenset({"AddToLoadBalancer"}), balanced=False, terminate_hook=True),
        "release_terminate",
    ),
    "other suspended processes don't hold it back": (
        ONE,
        chat(suspended=frozenset({"AZRebalance", "ReplaceUnhealthy"})),
        "release_terminate",
    ),
    "EKS replaces its own": (ONE, chat(operator="EKS"), "other_operator"),
    "a group being deleted needs no replacement": (ONE, chat(deleting=True), "deleting"),
    "a profile that nobody configured releases nothing": (ONE, chat(profile="chta"), "unknown_profile"),
    "a recommendation is counted": (notice(1, action="none"), chat(), "recommendation"),
    "unless the profile ignores it": (notice(1, action="none"), chat(profile="deaf"), "ignored"),
    "a drill without a record does nothing": (notice(1, drill="forged"), chat(), "drill_without_record"),
    "a drill without a nonce does nothing": (notice(1, drill=""), chat(), "drill_without_record"),
    "a drill for another fleet does nothing": (notice(1, drill="other"), chat(), "drill_elsewhere"),
    "a drill with its record acts": (notice(1, drill="live"), chat(), "release_terminate"),
}


@pytest.mark.parametrize(("event", "fleet", "code"), CASES.values(), ids=CASES)
def test_what_a_notice_asks_for(event: Notice, fleet: Group, code: str) -> None:
    decided = plan([event], observed(fleet, live="fleet/chat", other="fleet/embed"), PROFILES, ACT, NOW)
    assert [one.code for one in decided.verdicts] == [code]
    assert len(decided.releases) == code.startswith("release_")
    assert event.instance in decided.reason


MODES = {
    "observing, it says what it would do": (Mode(act=False, stopped=False), "observe_mode", "would terminate"),
    "stopped, it says what it would do": (Mode(act=True, stopped=True), "kill_switch", "would terminate"),
}


@pytest.mark.parametrize(("mode", "code", "says"), MODES.values(), ids=MODES)
def test_without_permission_nothing_is_released(mode: Mode, code: str, says: str) -> None:
    decided = plan([ONE], observed(chat()), PROFILES, mode, NOW)
    assert (decided.verdicts[0].code, decided.releases) == (code, ())
    assert says in decided.reason
    assert decided.verdicts[0].recorded


def test_a_group_that_never_asked_is_left_alone() -> None:
    seen = Observed({ONE.instance: "legacy"}, {})
    decided = plan([ONE], seen, PROFILES, ACT, NOW)
    assert (decided.verdicts[0].code, decided.verdicts[0].recorded) == ("not_opted_in", False)


def test_a_wave_out_of_one_group_is_one_release() -> None:
    fleet = group("chat", *range(10))
    decided = plan([notice(one) for one in range(10)], observed(fleet), PROFILES, ACT, NOW)
    assert [len(one.instances) for one in decided.releases] == [10]


def test_a_wave_larger_than_a_call_takes_is_cut_at_its_limit() -> None:
    fleet = group("batch", *range(45), profile="detaching")
    decided = plan([notice(one) for one in range(45)], observed(fleet), PROFILES, ACT, NOW)
    assert [len(one.instances) for one in decided.releases] == [20, 20, 5]


@pytest.mark.parametrize("ids", [(), tuple(instance(one) for one in range(21))], ids=["none", "too many"])
def test_a_release_that_no_call_could_carry_cannot_be_made(ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="detach takes 1 to 20 machines"):
        Release("chat", "detach", ids, NOW)


DRAINING = {"default": Profile(drain_seconds=60), "detaching": Profile(release="detach", drain_seconds=60)}
GRANTED = Surplus(2, {ONE.instance: 1})


def roomy(desired: int = 2, most: int = 3, **fields: Any) -> Group:
    """Return the group of two, with a size and a maximum of its own."""
    return chat(desired=desired, max_size=most, **fields)


KEPT: dict[str, tuple[Notice, Group, Surplus, str, bool]] = {
    "with room for its replacement it serves on": (ONE, roomy(), Surplus(), "keeping", False),
    "so it does once the group was enlarged": (ONE, roomy(3), GRANTED, "keeping", False),
    "without room it is released at once": (ONE, roomy(most=2), Surplus(), "release_terminate", False),
    "a second before its time it serves": (notice(1, ago=39), roomy(3), GRANTED, "keeping", False),
    "at its time it goes, and the group shrinks": (notice(1, ago=40), roomy(3), GRANTED, "release_terminate", True),
    "so it is where machines are detached": (
        notice(1, ago=40),
        roomy(3, profile="detaching"),
        GRANTED,
        "release_detach",
        True,
    ),
    "where nobody enlarged the group it doesn't shrink": (
        notice(1, ago=40),
        roomy(),
        Surplus(),
        "release_terminate",
        False,
    ),
    "nor where another machine's is all there is": (
        notice(1, ago=40),
        roomy(3),
        Surplus(2, {instance(2): 1}),
        "release_terminate",
        False,
    ),
    "nor below its minimum, where the call would be refused": (
        notice(1, ago=40),
        roomy(3, min_size=3),
        GRANTED,
        "release_terminate",
        False,
    ),
    "who has left serves nothing on": (ONE, roomy(3, state="Terminating"), GRANTED, "leaving", False),
    "a recommendation keeps nothing": (notice(1, action="none"), roomy(), Surplus(), "recommendation", False),
    "hibernation waits for nobody": (notice(1, action="hibernate"), roomy(), Surplus(), "past_deadline", False),
    "one to be stopped goes at once": (
        notice(1, action="stop"),
        roomy(),
        Surplus(),
        "release_terminate",
        False,
    ),
    "whom others replace is left alone": (ONE, roomy(capacity_rebalance=True), GRANTED, "capacity_rebalancing", False),
}


@pytest.mark.parametrize(("event", "fleet", "surplus", "code", "shrink"), KEPT.values(), ids=KEPT)
def test_when_a_dying_machine_serves_on(event: Notice, fleet: Group, surplus: Surplus, code: str, shrink: bool) -> None:
    seen = replace(observed(fleet), surpluses={fleet.name: surplus})
    decided = plan([event], seen, DRAINING, ACT, NOW)
    (verdict,) = decided.verdicts
    assert (verdict.code, verdict.shrink, [one.shrink for one in decided.releases]) == (
        code,
        shrink,
        [shrink] if code.startswith("release_") else [],
    )
    assert verdict.until == (event.deadline - 80 if code == "keeping" else None)


def test_of_two_that_die_together_the_first_serves_on_where_there_is_room_for_one() -> None:
    decided = plan([notice(2), ONE], observed(roomy()), DRAINING, ACT, NOW)
    assert [(one.notice.instance, one.code) for one in decided.verdicts] == [
        (instance(2), "release_terminate"),
        (instance(1), "keeping"),
    ]


def test_of_two_that_leave_together_none_takes_anything_off_where_the_minimum_has_room_for_one() -> None:
    both = Surplus(2, {instance(1): 1, instance(2): 1})
    for least, shrink in ((2, True), (3, False)):
        seen = replace(observed(roomy(4, 5, min_size=least)), surpluses={"chat": both})
        decided = plan([notice(1, ago=40), notice(2, ago=40)], seen, DRAINING, ACT, NOW)
        assert [(len(one.instances), one.shrink) for one in decided.releases] == [(2, shrink)]


@pytest.mark.parametrize("mode", [Mode(act=False, stopped=False), Mode(act=True, stopped=True)])
def test_without_permission_nothing_is_kept_for_later(mode: Mode) -> None:
    (verdict,) = plan([ONE], observed(roomy()), DRAINING, mode, NOW).verdicts
    assert (verdict.until, verdict.release) == (None, None)


# What holds for every input.

STATES = ["InService", "Pending", "Standby", "Terminating:Wait", "Detaching", "Quarantined", "Warmed:Running"]
NUMBERS = st.integers(0, 12)
MACHINES = st.builds(
    Machine, NUMBERS.map(instance), st.just("g5.xlarge"), st.just("us-east-1a"), st.sampled_from(STATES)
)
GROUPS = st.builds(
    Group,
    name=st.sampled_from(["chat", "embed", "batch"]),
    profile=st.sampled_from([*PROFILES, "chta", ""]),
    machines=st.lists(MACHINES, max_size=8).map(lambda machines: {one.id: one for one in machines}),
    balanced=st.booleans(),
    terminate_hook=st.sampled_from([None, True, False]),
    suspended=st.frozensets(st.sampled_from(["Launch", "Terminate", "AddToLoadBalancer", "AZRebalance"])),
    capacity_rebalance=st.booleans(),
    operator=st.sampled_from([None, "EKS"]),
    deleting=st.booleans(),
)
NOTICES = st.lists(
    st.builds(
        Notice,
        event_id=st.integers(0, 99).map(str),
        instance=NUMBERS.map(instance),
        action=st.sampled_from(get_args(Action)),
        time=st.floats(NOW - 8000, NOW + 800),
        drill=st.sampled_from([None, None, "", "live", "forged"]),
    ),
    max_size=10,
)
WORLDS = st.lists(GROUPS, max_size=3).map(
    lambda groups: Observed(
        {machine: one.name for one in groups for machine in one.machines},
        {one.name: one for one in groups if one.profile},
        {"live": "fleet/chat"},
    )
)
ALL_MODES = st.builds(Mode, st.booleans(), st.booleans())


@given(NOTICES, WORLDS, ALL_MODES)
def test_only_machines_in_service_of_willing_fleets_are_released_and_each_once(
    notices: list[Notice], world: Observed, mode: Mode
) -> None:
    releases = plan(notices, world, PROFILES, mode, NOW).releases
    ids = [machine for one in releases for machine in one.instances]
    assert len(ids) == len(set(ids))
    assert mode.may_release or not ids
    for one in releases:
        fleet = world.fleets[one.group]
        assert (fleet.capacity_rebalance, fleet.operator, fleet.deleting) == (False, None, False)
        assert "Launch" not in fleet.suspended
        assert all(fleet.machines[machine].in_service for machine in one.instances)
        assert set(one.instances) <= {event.instance for event in notices if event.deadline > NOW}
        assert len(one.instances) <= MOST_IDS[one.how]


@given(NOTICES, WORLDS, ALL_MODES)
def test_every_notice_gets_one_verdict_with_a_reason_that_names_its_machine(
    notices: list[Notice], world: Observed, mode: Mode
) -> None:
    verdicts = plan(notices, world, PROFILES, mode, NOW).verdicts
    assert [one.notice for one in verdicts] == notices
    assert all(one.notice.instance in one.reason for one in verdicts)


@given(NOTICES, WORLDS, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_events_changes_what_is_released(
    notices: list[Notice], world: Observed, random: Any
) -> None:
    shuffled = [*notices, *notices]
    random.shuffle(shuffled)

    def released(some: list[Notice]) -> set[tuple[str, str, str]]:
        releases = plan(some, world, PROFILES, ACT, NOW).releases
        return {(one.group, one.how, machine) for one in releases for machine in one.instances}

    assert released(shuffled) == released(notices)


@given(st.sampled_from(get_args(ReleaseMode)), st.sampled_from(get_args(RebalanceMode)), NOTICES, WORLDS)
def test_what_a_profile_says_is_how_machines_leave(
    release: ReleaseMode, rebalance: RebalanceMode, notices: list[Notice], world: Observed
) -> None:
    profiles = dict.fromkeys(PROFILES, Profile(release=release, rebalance=rebalance))
    ways = {one.how for one in plan(notices, world, profiles, ACT, NOW).releases}
    assert release == "auto" or ways <= {release}
