"""What a model needs, as one look after the other sees it: routes step down at once, and come back slowly."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.model_sights import (
    ACT,
    DESTINATIONS,
    HAIKU,
    HOME,
    MODEL,
    NOW,
    OBSERVE,
    ROUTES,
    STOPPED,
    minute,
    names,
    sight,
    told,
    traffic,
    with_routes,
)
from tidegate.model.memory import Memory
from tidegate.model.plan import Plan, plan
from tidegate.policy.document import VALID_SECONDS, Document
from tidegate.policy.mode import Mode

IN_ORDER = ["home", "ireland", "europe"]


def look(memory: Memory | None = None, *, now: float = NOW, mode: Mode = ACT, **seen: Any) -> Plan:
    return plan(sight(**seen), MODEL, mode, memory or Memory(), now)


def document(planned: Plan) -> Document:
    (publish,) = planned.actions
    return publish.document


def test_a_new_model_is_published_in_the_order_of_its_policy_without_what_is_outside() -> None:
    planned = look()
    assert names(document(planned)) == IN_ORDER
    assert document(planned).home == "home"
    assert document(planned).until == NOW + VALID_SECONDS
    assert [(one.route, one.code) for one in planned.rejected] == [("world", "outside")]
    assert planned.code == "in_order"
    assert planned.reason == ("chat goes by home; world is outside of the boundary: it processes data in us-east-1 too")


def test_what_applications_can_read_already_is_not_published_again() -> None:
    first = look()
    again = look(first.memory, now=NOW + 600, published=document(first))
    assert again.actions == ()
    assert again.memory == replace(first.memory, profiles=again.memory.profiles)


type Change = Callable[[Document], Document | None]

CHANGES: Mapping[str, Change] = {
    "it was deleted": lambda one: None,
    "an older look was late": lambda one: replace(one, epoch=one.epoch - 1),
    "somebody wrote it by hand": lambda one: replace(one, routes=one.routes[::-1]),
    "it is about to expire": lambda one: replace(one, until=NOW + 60),
    "its boundary is gone": lambda one: replace(one, boundary=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_otherwise_than_it_was_left_is_published_anew_under_a_higher_epoch(change: Change) -> None:
    first = look()
    again = look(first.memory, now=NOW + 1, published=change(document(first)))
    assert document(again).epoch > document(first).epoch
    assert document(again).routes == document(first).routes


CASES: Mapping[str, tuple[dict[str, Any], list[str], str]] = {
    "applications tell of throttles": ({"reports": (told(),)}, ["ireland", "europe", "home"], "stepped_down"),
    "two throttles are no reason": ({"reports": (told(count=2),)}, IN_ORDER, "in_order"),
    "a small share of what is answered is none, however many they are": (
        {"reports": (told(count=40),), "traffic": traffic(home=(minute(2, invocations=1000),))},
        IN_ORDER,
        "in_order",
    ),
    "a large share is one": (
        {"reports": (told(count=60),), "traffic": traffic(home=(minute(2, invocations=1000),))},
        ["ireland", "europe", "home"],
        "stepped_down",
    ),
    "what was told ten minutes ago is over": ({"reports": (told(at=NOW - 600),)}, IN_ORDER, "in_order"),
    "CloudWatch counted throttles": (
        {"traffic": traffic(home=(minute(1, invocations=90, throttles=10),))},
        ["ireland", "europe", "home"],
        "stepped_down",
    ),
    "a share of a minute below the limit is what quotas are for": (
        {"traffic": traffic(home=(minute(1, invocations=970, throttles=30),))},
        IN_ORDER,
        "in_order",
    ),
    "a model that is being loaded is not throttled": (
        {"reports": (told(failure="not_ready", count=99),)},
        IN_ORDER,
        "in_order",
    ),
    "Bedrock's own errors step down as well": (
        {"traffic": traffic(home=(minute(0, invocations=2, server_errors=8),))},
        ["ireland", "europe", "home"],
        "stepped_down",
    ),
    "503 that applications tell of": (
        {"reports": (told(failure="unavailable"),)},
        ["ireland", "europe", "home"],
        "stepped_down",
    ),
    "one word about the day's tokens is enough": (
        {"reports": (told("ireland", "daily", 1),)},
        ["home", "europe", "ireland"],
        "stepped_down",
    ),
    "a route that refuses everybody is left out": (
        {
            "reports": (
                told("ireland", "missing", 2),
                told("ireland", "denied", 1, at=NOW - 500),
            )
        },
        ["home", "europe"],
        "route_broken",
    ),
    "two refusals may be somebody's odd requests": (
        {"reports": (told("ireland", "invalid", 2),)},
        IN_ORDER,
        "in_order",
    ),
    "a route that answers others is not broken": (
        {
            "reports": (told("ireland", "denied", 9),),
            "traffic": traffic(ireland=(minute(1, invocations=5),)),
        },
        IN_ORDER,
        "in_order",
    ),
    "without metrics nobody is called broken": (
        {"reports": (told("ireland", "denied", 9),), "traffic": traffic(ireland=None)},
        IN_ORDER,
        "in_order",
    ),
    "the route at home stays even if it is broken, as the last": (
        {"reports": (told("home", "denied", 9),)},
        ["ireland", "europe", "home"],
        "route_broken",
    ),
    "what is down comes in the order in which it will be back": (
        {
            "reports": (
                told("home", "daily", 1),
                told("ireland", "throttled"),
                told("europe", "unavailable", at=NOW - 30),
            )
        },
        ["ireland", "europe", "home"],
        "stepped_down",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_seen_decides_the_order(case: tuple[dict[str, Any], list[str], str]) -> None:
    seen, order, code = case
    planned = look(**seen)
    assert (names(document(planned)), planned.code) == (order, code)


def test_a_profile_that_cannot_be_read_is_taken_by_what_was_read_last_for_a_day_and_then_left_out() -> None:
    first = look()
    unread = DESTINATIONS | {"europe": None}
    soon = look(first.memory, now=NOW + 3600, destinations=unread)
    late = look(first.memory, now=NOW + 90_000, destinations=unread)
    assert "europe" in names(document(soon))
    assert "europe" not in names(document(late))
    assert "nobody knows where it processes data" in late.reason


def test_a_profile_that_gains_a_destination_outside_is_left_out_at_the_next_look() -> None:
    first = look()
    widened = DESTINATIONS | {"europe": ("eu-central-1", "eu-west-2")}
    planned = look(first.memory, now=NOW + 60, destinations=widened, published=document(first))
    assert names(document(planned)) == ["home", "ireland"]


def test_a_route_comes_back_once_it_was_quiet_for_as_long_as_the_policy_says() -> None:
    down = look(reports=(told(),))
    early = look(down.memory, now=NOW + MODEL.hold_seconds - 1, published=document(down))
    back = look(down.memory, now=NOW + MODEL.hold_seconds, published=document(down))
    assert early.actions == ()
    assert names(document(back)) == IN_ORDER
    assert back.code == "route_returned"
    assert not back.memory.watched


def test_throttles_that_go_on_keep_a_route_down() -> None:
    down = look(reports=(told(),))
    still = look(down.memory, now=NOW + 100, reports=(told(at=NOW + 100),))
    assert look(still.memory, now=NOW + 210).memory.tracks["home"].down
    assert not look(still.memory, now=NOW + 220).memory.tracks["home"].down


def test_a_route_that_is_throttled_again_soon_waits_twice_as_long_each_time() -> None:
    memory, at, waits = Memory(), NOW, list[float]()
    for _ in range(7):
        memory = look(memory, now=at, reports=(told(at=at),)).memory
        waits.append(memory.tracks["home"].until - at)
        at = memory.tracks["home"].until
        memory = look(memory, now=at).memory
        at += 60
    assert waits == [120, 240, 480, 960, 1920, 3600, 3600]


def test_a_route_that_held_is_forgiven() -> None:
    down = look(reports=(told(),))
    back = look(down.memory, now=NOW + 120)
    again = look(back.memory, now=NOW + 4000, reports=(told(at=NOW + 4000),))
    assert again.memory.tracks["home"].strikes == 0


def test_what_cannot_be_read_changes_nothing_in_either_direction() -> None:
    blind = traffic(home=None)
    down = look(reports=(told(),))
    later = look(down.memory, now=NOW + 4000, traffic=blind, published=document(down))
    assert later.memory.tracks == down.memory.tracks
    assert names(document(later)) == names(document(down))
    assert look(traffic=blind, reports=(told(),)).memory.tracks == {}


def test_a_route_out_of_tokens_for_the_day_is_tried_every_hour_and_at_midnight() -> None:
    noon = NOW // 86_400 * 86_400 + 43_200
    down = look(now=noon, reports=(told("home", "daily", 1, at=noon),))
    assert down.memory.tracks["home"].until == noon + 3600
    late = look(now=noon + 42_000, reports=(told("home", "daily", 1, at=noon + 42_000),))
    assert late.memory.tracks["home"].until == noon + 43_200


def test_what_a_profile_sends_where_says_nothing_of_another_profile_under_its_name() -> None:
    first = look()
    routes = tuple(replace(one, id=f"global.{HAIKU}") if one.name == "europe" else one for one in ROUTES)
    planned = plan(sight(destinations={}), with_routes(*routes), ACT, first.memory, NOW + 60)
    assert names(document(planned)) == ["home", "ireland"]


def test_what_was_held_against_a_route_is_not_held_against_another_one_under_its_name() -> None:
    broken = look(reports=(told("ireland", "missing", 3),))
    routes = tuple(replace(one, id="amazon.nova-lite-v1:0") if one.name == "ireland" else one for one in ROUTES)
    planned = plan(sight(), with_routes(*routes), ACT, broken.memory, NOW + 60)
    assert names(document(planned)) == IN_ORDER


def test_a_profile_that_is_called_outside_of_the_boundary_is_outside_wherever_it_sends_data() -> None:
    routes = tuple(replace(one, region="eu-west-2") if one.name == "europe" else one for one in ROUTES)
    planned = plan(sight(), with_routes(*routes), ACT, Memory(), NOW)
    assert names(document(planned)) == ["home", "ireland"]


def test_in_the_mode_observe_the_order_stays_and_the_reason_says_what_would_be_done() -> None:
    planned = look(mode=OBSERVE, reports=(told(),))
    assert names(document(planned)) == IN_ORDER
    assert planned.code == "would_step_down"
    assert planned.reason.startswith(
        "chat goes by home; home is throttled (applications told of 5 failures (throttled)), tried again in 120 s,"
        " and keeps its place: the mode is observe"
    )


def test_with_the_kill_switch_on_no_route_steps_down_and_those_that_did_come_back() -> None:
    assert names(document(look(mode=STOPPED, reports=(told(),)))) == IN_ORDER
    down = look(reports=(told(),))
    held = look(down.memory, now=NOW + 30, mode=STOPPED, reports=(told("ireland", at=NOW + 30),))
    assert names(document(held)) == ["ireland", "europe", "home"]
    back = look(held.memory, now=NOW + 120, mode=STOPPED)
    assert names(document(back)) == IN_ORDER


def test_without_any_route_inside_a_document_without_routes_is_published() -> None:
    planned = plan(sight(destinations={}), replace(MODEL, routes=MODEL.routes[2:]), ACT, Memory(), NOW)
    assert document(planned).routes == ()
    assert planned.code == "no_route"
    assert planned.reason.startswith("chat has no route inside of its boundary: none is published")


def test_home_is_where_the_stage_is() -> None:
    assert document(look(home="eu-west-1")).home == "home"
    assert document(look(home=HOME)).home == "home"
