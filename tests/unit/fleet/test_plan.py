"""What a woken fleet needs: a table of looks, each with its code and its reason."""

from dataclasses import replace

import pytest

from tests.fakes import ACT, NOW, group, instance
from tests.fleet_fakes import REPLACEMENT, incident, launch
from tidegate.fleet.ends import Close, Follow
from tidegate.fleet.group import Group
from tidegate.fleet.look import Look, Memory
from tidegate.fleet.notice import Release
from tidegate.fleet.plan import Plan, plan
from tidegate.policy.mode import Mode
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

NEW = REPLACEMENT
PROFILES = {"default": Profile(size=Size(mode="leave"))}
"""What the size needs, `test_size.py` tells."""

MISSED = incident(1, ago=60)
GONE = incident(9, ago=90, released=88)
CHAT = replace(group("chat", 1, 2), desired=2)


def decided(look: Look, mode: Mode = ACT, memory: Memory | None = None) -> Plan:
    return plan(look, PROFILES, mode, memory or Memory(), NOW)


QUIET: dict[str, tuple[Look, str, str]] = {
    "a group at its size is steady": (Look("chat", CHAT), "steady", "chat has 2 of 2 machines in service"),
    "one that scales out settles": (Look("chat", replace(CHAT, desired=3)), "settling", "2 of 3"),
    "one that scales in as well": (Look("chat", replace(CHAT, desired=1)), "settling", "2 of 1"),
    "a group that is gone needs nothing": (Look("chat", None), "no_fleet", "chat is gone, or no longer bears the tag"),
}


@pytest.mark.parametrize(("look", "code", "says"), QUIET.values(), ids=QUIET)
def test_nothing_to_do_is_a_plan_with_a_reason(look: Look, code: str, says: str) -> None:
    done = decided(look)
    assert (done.actions, done.verdicts, done.code, done.memory.code) == ((), (), code, code)
    assert says in done.reason


def test_a_machine_that_the_notice_path_missed_is_released_before_its_deadline() -> None:
    done = decided(Look("chat", CHAT, (MISSED,)))
    assert done.actions == (Release("chat", "terminate", (instance(1),), MISSED.deadline),)
    assert done.notices.releases == done.actions
    assert done.code == "release_terminate"
    assert f"{instance(1)} (g5.xlarge/us-east-1b) of chat has 60 s left" in done.reason


def test_past_its_deadline_it_is_only_followed() -> None:
    done = decided(Look("chat", CHAT, (incident(1, ago=120),)))
    assert [one.code for one in done.actions if isinstance(one, Follow)] == ["not_gone"]
    assert (done.verdicts, done.code) == ((), "not_gone")


def test_without_balancer_and_hook_it_is_detached() -> None:
    alone = replace(CHAT, balanced=False, terminate_hook=False)
    done = decided(Look("chat", alone, (MISSED,)))
    assert done.actions == (Release("chat", "detach", (instance(1),), MISSED.deadline),)


HELD_BACK: dict[str, tuple[Group, Mode, str, str]] = {
    "in the mode observe": (CHAT, Mode(act=False, stopped=False), "observe_mode", "but the mode is observe"),
    "while the kill switch is on": (CHAT, Mode(act=True, stopped=True), "kill_switch", "but the kill switch is on"),
    "where EKS replaces it": (replace(CHAT, operator="EKS"), ACT, "other_operator", "managed by EKS"),
    "where Capacity Rebalancing does": (replace(CHAT, capacity_rebalance=True), ACT, "capacity_rebalancing", "is on"),
    "where Launch is suspended": (replace(CHAT, suspended=frozenset({"Launch"})), ACT, "suspended", "Launch suspended"),
    "in a group being deleted": (replace(CHAT, deleting=True), ACT, "deleting", "is being deleted"),
    "under a profile that nobody configured": (replace(CHAT, profile="chta"), ACT, "unknown_profile", "'chta'"),
    "in Standby": (group("chat", 1, 2, state="Standby"), ACT, "not_in_service", "is Standby"),
}


@pytest.mark.parametrize(("fleet", "mode", "code", "says"), HELD_BACK.values(), ids=HELD_BACK)
def test_what_keeps_a_missed_machine_from_being_released(fleet: Group, mode: Mode, code: str, says: str) -> None:
    done = decided(Look("chat", fleet, (MISSED,)), mode)
    assert (done.actions, done.code) == ((), code)
    assert [one.code for one in done.verdicts] == [code]
    assert says in done.reason
    assert instance(1) in done.reason


def test_a_drills_machine_is_released_on_the_word_of_its_incident() -> None:
    done = decided(Look("chat", CHAT, (incident(1, drill="nonce"),)))
    assert [one.code for one in done.verdicts] == ["release_terminate"]


def test_two_incidents_of_one_machine_ask_for_one_release() -> None:
    done = decided(Look("chat", CHAT, (incident(1, drill="nonce"), incident(1, ago=50))))
    assert [one.instances for one in done.actions if isinstance(one, Release)] == [(instance(1),)]
    assert len(done.verdicts) == 2


def test_a_release_is_told_before_an_end_and_an_end_before_waiting() -> None:
    served = launch(NEW, ago=80, serving=40)
    short = replace(CHAT, desired=3)
    waiting = incident(8, ago=85, released=83)
    all_three = decided(Look("chat", short, (waiting, MISSED, GONE), (served,)))
    assert (all_three.code, len(all_three.actions)) == ("release_terminate", 3)
    assert decided(Look("chat", short, (waiting, GONE), (served,))).code == "replaced"
    assert decided(Look("chat", short, (waiting,))).code == "not_launched"
    assert all(one in all_three.reason for one in (MISSED.instance, GONE.instance, waiting.instance))


def test_what_replaced_a_machine_is_remembered_and_replaces_no_other_one() -> None:
    served = launch(NEW, ago=80, serving=40)
    short = replace(CHAT, desired=3)
    first = decided(Look("chat", short, (GONE,), (served,)))
    assert (first.memory.code, first.memory.claimed) == ("replaced", (instance(NEW),))
    late = Look("chat", short, (incident(8, ago=85, released=83),), (served,))
    assert decided(late, memory=first.memory).code == "not_launched"
    quiet = decided(Look("chat", short), memory=first.memory)
    assert decided(late, memory=quiet.memory).code == "not_launched"


def test_what_cannot_be_seen_any_more_is_forgotten() -> None:
    done = decided(Look("chat", CHAT, (GONE,), (launch(NEW, ago=80),)), memory=Memory("steady", (instance(7),)))
    assert done.memory.claimed == ()


def test_an_end_without_a_replacement_claims_no_launch_that_has_no_machine_yet() -> None:
    under_way = launch(None, ago=10)
    first = decided(Look("chat", CHAT, (GONE,), (under_way,)))
    assert [one.code for one in first.actions if isinstance(one, Close)] == ["not_needed"]
    short = Look("chat", replace(CHAT, desired=3), (incident(8, ago=20, released=18),), (under_way,))
    assert decided(short, memory=first.memory).code == "launching"
