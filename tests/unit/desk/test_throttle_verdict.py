"""What a throttle is judged by: calls, and what was published, as plain data."""

from collections.abc import Sequence

import pytest

from tidegate.desk.bedrock.ledger import Call
from tidegate.desk.drills import throttle_verdict as verdict
from tidegate.desk.drills.application import Asked, by_minute
from tidegate.desk.drills.throttle_verdict import Published
from tidegate.desk.drills.verdict import Check
from tidegate.desk.region.world import Entry

US = frozenset({"us-east-1", "us-east-2"})
HOME_FIRST, OHIO_FIRST = ("home", "ohio"), ("ohio", "home")


def asked(t: float, route: str = "home", *failed: str, error: str = "") -> Asked:
    return Asked(t=t, route=route, epoch=1, failed=failed, error=error)


def seen(t: float, epoch: int, routes: tuple[str, ...] = HOME_FIRST) -> Published:
    return Published(t, epoch, routes, US)


THROTTLED = asked(300, "ohio", "home")
DOWN, UP = seen(308, 2, OHIO_FIRST), seen(1500, 3)


def call(region: str, *destinations: str) -> Call:
    at = destinations or (region,)
    return Call(at=0.0, region=region, operation="Converse", model="m", outcome="ok", destinations=at, processed=at[0])


def ring(alarm: str, state: str) -> Entry:
    return Entry(365, "aws", "alarm", alarm, {"alarm": alarm, "state": state})


def stayed_inside(told: Sequence[Published], *calls: Call) -> Check:
    return verdict.stayed_inside(calls, told, ("ireland",))


def came_back(calls: Sequence[Asked], told: Sequence[Published]) -> Check:
    return verdict.came_back(calls, told, 1200, "home")


@pytest.mark.parametrize(
    ("check", "passed", "said"),
    [
        (verdict.all_answered([asked(1), THROTTLED]), True, "2 of 2, 1 by a route further down"),
        (verdict.all_answered([asked(1), asked(2, "", error="no route")]), False, "1 errors: no route"),
        (verdict.all_answered([]), False, "0 of 0"),
        (verdict.stepped_down([THROTTLED], [seen(0, 1), DOWN], "home"), True, "8 s after"),
        (verdict.stepped_down([THROTTLED], [seen(0, 1), seen(316, 2, OHIO_FIRST)], "home"), False, "16 s after"),
        (verdict.stepped_down([THROTTLED], [seen(0, 1), seen(900, 1)], "home"), False, "home stayed in front"),
        (verdict.stepped_down([asked(300)], [seen(0, 1), DOWN], "home"), False, "home was never throttled"),
        (verdict.followed([THROTTLED, asked(320), asked(330, "ohio")], "home"), True, "after 20 s"),
        (verdict.followed([THROTTLED, asked(360, "ohio", "home")], "home"), False, "after 60 s"),
        (verdict.followed([THROTTLED, asked(900)], "home"), True, "after 0 s"),
        (verdict.epochs_grew([seen(0, 1), DOWN, UP]), True, "3 epochs"),
        (verdict.epochs_grew([seen(0, 2), seen(2, 1)]), False, "not so: [1]"),
        (verdict.epochs_grew([seen(0, 1), seen(2, 1, OHIO_FIRST)]), False, "not so: [1]"),
        (verdict.epochs_grew([]), False, "0 epochs"),
        (verdict.rang([ring("x/home/throttles", "OK"), ring("x/home/throttles", "ALARM")], "home"), True, "minute 6.1"),
        (verdict.rang([ring("x/ohio/throttles", "ALARM")], "home"), False, "no alarm of home rang"),
        (stayed_inside([seen(0, 1)], call("us-east-1"), call("us-east-1", "us-west-2")), True, "us-east-1, us-west-2"),
        (stayed_inside([seen(0, 1, ("home", "ireland"))], call("us-east-1")), False, "published ireland"),
        (stayed_inside([seen(0, 1)], call("us-east-1", "us-east-1", "")), False, "called m"),
        (stayed_inside([seen(0, 1)], call("eu-west-1")), False, "called m"),
        (came_back([asked(1510)], [DOWN, seen(1498, 2, OHIO_FIRST), UP]), True, "after 5 minutes"),
        (came_back([asked(1510, "ohio")], [DOWN, UP]), False, "and not asked"),
        (came_back([asked(1510)], [UP, seen(1502, 4, OHIO_FIRST)]), False, "after 5 minutes"),
        (came_back([asked(2610)], [seen(2600, 2, OHIO_FIRST), seen(2602, 3)]), False, "after 23 minutes"),
    ],
)
def test_each_check_says_what_it_found(check: Check, passed: bool, said: str) -> None:
    assert (check.passed, said in check.said) == (passed, True), check.said


def test_the_timeline_tells_of_each_turn_of_the_routes_and_of_nothing_else() -> None:
    told = list(verdict.turns([seen(0, 1), seen(2, 2), DOWN, DOWN, UP]))
    assert [(one.t, one.text) for one in told] == [
        (308, "applications are to ask ohio, then home (epoch 2)"),
        (1500, "applications are to ask home, then ohio (epoch 3)"),
    ]


def test_calls_are_counted_by_the_minute_in_which_they_were_made() -> None:
    calls = [asked(0), asked(59), asked(61, "ohio"), asked(120), asked(180)]
    assert list(by_minute(calls, "home", 3)) == [(0.0, 2.0), (60.0, 0.0), (120.0, 2.0)]
