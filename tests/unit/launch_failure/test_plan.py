"""Which fleets failed launches wake, under which id, and which of them call a person."""

from dataclasses import replace
from itertools import permutations, product
from typing import get_args

import pytest

from tests.fakes import NOW
from tidegate.fleet.launches import Cause, Failure, Market, classify
from tidegate.reactions.launch_failure.event import FailedLaunch
from tidegate.reactions.launch_failure.plan import dismissed, needs_a_person, verdict
from tidegate.reactions.verdict import Verdict, newest

SPOT = "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity."


def launch(
    number: int = 1, *, group: str = "chat", ago: float = 2, warm: bool = False, drill: str | None = None
) -> FailedLaunch:
    return FailedLaunch(f"e{number}", group, classify(SPOT), warm, NOW - ago, drill)


NOTHING = {
    "a launch into a warm pool": (launch(warm=True), "into_warm_pool"),
    "one of an hour ago": (launch(ago=3601), "stale"),
    "one of the future": (launch(ago=-301), "from_future"),
    "a drill's without a record": (launch(drill="n2"), "drill_without_record"),
    "a drill's without a nonce": (launch(drill=""), "drill_without_record"),
    "one of a while ago": (launch(ago=3600), None),
    "one of clocks that differ": (launch(ago=-300), None),
    "a drill's with its record": (launch(drill="n1"), None),
}


@pytest.mark.parametrize(("one", "code"), NOTHING.values(), ids=NOTHING)
def test_a_failed_launch_that_concerns_no_service_of_the_present_is_dismissed(
    one: FailedLaunch, code: str | None
) -> None:
    why = dismissed(one, {"n1": "fleet/chat"}, NOW)
    assert (why and why.code) == code


WHOSE: dict[str, tuple[FailedLaunch, str, tuple[str, ...]]] = {
    "a fleet is woken": (launch(), "wake", ("fleet/chat",)),
    "a group that is none is not": (launch(group="other"), "no_fleet", ()),
    "a drill wakes the fleet of its record": (launch(drill="n1"), "wake", ("fleet/chat",)),
    "and no other one": (launch(group="batch", drill="n1"), "drill_elsewhere", ()),
}


@pytest.mark.parametrize(("one", "code", "targets"), WHOSE.values(), ids=WHOSE)
def test_whom_a_failed_launch_wakes(one: FailedLaunch, code: str, targets: tuple[str, ...]) -> None:
    said = verdict(one, {"chat", "batch"}, {"n1": "fleet/chat"})
    assert (said.code, said.targets) == (code, targets)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SPOT, f"a launch failed (spot capacity): {SPOT}"),
        ("Nobody  knows.\n", "a launch failed (unknown unknown): Nobody  knows.\n"),
        ("", "a launch failed (unknown unknown): no reason was given"),
    ],
)
def test_the_reason_has_the_words_of_auto_scaling_as_they_are(text: str, reason: str) -> None:
    assert verdict(replace(launch(), failure=classify(text)), {"chat"}, {}).reason == reason


def test_a_fleet_is_woken_once_for_all_its_launches_under_the_newest_id_in_whatever_order_they_come() -> None:
    old, new, tied = launch(9, ago=9), launch(1, ago=2), launch(2, ago=2)
    verdicts = [verdict(one, {"chat"}, {}) for one in (old, new, tied)]
    for some in permutations(verdicts):
        assert [(target, event) for target, event, _ in newest(some)] == [("fleet/chat", "e2")]
    assert [event for _, event, _ in newest(verdicts[:2])] == ["e1"]


def test_each_fleet_and_each_drill_is_woken_for_itself_and_nobody_for_what_means_nothing() -> None:
    events = [launch(1), launch(2, group="batch"), launch(3, drill="n1"), launch(4, drill="n1"), launch(5, drill="n2")]
    verdicts = [verdict(one, {"chat", "batch"}, {"n1": "fleet/chat", "n2": "fleet/chat"}) for one in events]
    found = {(target, event) for target, event, _ in newest([*verdicts, Verdict(launch(6), "stale", "old")])}
    assert found == {
        ("fleet/chat", "e1"),
        ("fleet/batch", "e2"),
        ("fleet/chat", "drill-n1"),
        ("fleet/chat", "drill-n2"),
    }


STAND_IN = {("spot", "capacity"), ("spot", "quota")}
"""Failures that on-demand machines may stand in for: the design's rule of what permits fallback."""


@pytest.mark.parametrize(("market", "cause"), list(product(get_args(Market), get_args(Cause))))
def test_a_person_is_needed_for_all_but_what_on_demand_machines_may_stand_in_for(market: Market, cause: Cause) -> None:
    assert needs_a_person(Failure(market, cause, "")) == ((market, cause) not in STAND_IN)
