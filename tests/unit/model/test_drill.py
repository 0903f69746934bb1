"""What a throttle for practice would lead to, and what one proved."""

from dataclasses import replace
from typing import Any

import pytest

from tests.model_sights import ACT, MODEL, NOW, ROUTES, names, sight, with_routes
from tidegate.journal.decision import Decision
from tidegate.model.drill import Foreseen, NoSuchRoute, foresee, proved, stepped
from tidegate.model.memory import Memory
from tidegate.model.plan import plan
from tidegate.model.standing import Track
from tidegate.policy.model import Model

DOWN = Track(standing="throttled", since=NOW - 10, until=NOW + 110, why="applications told of 3 failures (throttled)")
BACK = Track(returned=NOW + 125)


def foreseen(wanted: str = "", model: Model = MODEL, memory: Memory | None = None) -> Foreseen:
    """Return what a throttle of a published model leads to."""
    memory = memory or Memory()
    first = plan(sight(), model, ACT, memory, NOW)
    published = first.actions[0].document
    seen = sight(published=published)
    # Of the routes as they are: what was held against others under their names is forgotten.
    ways = {one.name: one.way for one in model.routes}
    tracks = {name: replace(one, of=ways[name]) for name, one in memory.tracks.items()}
    return foresee(model, seen, replace(first.memory, tracks=tracks), wanted, nonce="n1", now=NOW)


@pytest.mark.parametrize(
    ("wanted", "route", "order"),
    [
        ("", "home", ["ireland", "europe", "home"]),
        ("ireland", "ireland", ["home", "europe", "ireland"]),
        ("europe", "europe", None),
    ],
)
def test_a_route_goes_behind_the_others_and_the_last_one_stays_where_it_is(
    wanted: str, route: str, order: list[str] | None
) -> None:
    found = foreseen(wanted)
    assert (found.route, found.hold) == (route, MODEL.hold_seconds)
    if order is None:
        assert not found.plan.actions
        assert found.hindrance
        assert found.hindrance.startswith("the order of routes would stay as it is")
    else:
        assert names(found.plan.actions[0].document) == order
        assert found.hindrance is None


@pytest.mark.parametrize("wanted", ["world", "paris"])
def test_a_route_outside_of_the_boundary_or_none_at_all_is_refused_with_those_that_answer(wanted: str) -> None:
    with pytest.raises(
        NoSuchRoute, match=rf"{wanted} is no route of chat that answers: name one of home, ireland, eur"
    ):
        foreseen(wanted)


def test_a_route_that_is_down_is_passed_over_and_cannot_be_named() -> None:
    memory = Memory(tracks={"home": DOWN})
    assert foreseen(memory=memory).route == "ireland"
    with pytest.raises(NoSuchRoute):
        foreseen("home", memory=memory)


def test_where_no_route_answers_there_is_nothing_to_drill() -> None:
    with pytest.raises(NoSuchRoute, match="no route of chat answers: wait"):
        foreseen(memory=Memory(tracks=dict.fromkeys(("home", "ireland", "europe"), DOWN)))


def test_the_only_route_inside_of_the_boundary_is_never_taken_away() -> None:
    found = foreseen(model=with_routes(ROUTES[0], ROUTES[3]))
    assert found.hindrance == "home is the only route of chat inside of its boundary: nothing would step up"


def decision(event: str, code: str = "stepped_down", **more: Any) -> Decision:
    """Return a decision of two seconds after the report."""
    usual: dict[str, Any] = {"planned": ("publish ireland, home (epoch 8)",), "reason": ""}
    return Decision(name="chat", at=NOW + 2, event=event, mode=ACT, code=code, **usual | more)


def test_the_look_that_stepped_down_is_that_of_the_drill_or_one_that_was_faster() -> None:
    own, faster = decision("drill-n1", code="route_returned"), decision("sweep-1")
    assert stepped([decision("sweep-0", code="in_order"), own], "drill-n1") == own
    assert stepped([faster, own], "drill-n1") == faster
    assert stepped([decision("drill-n1", planned=())], "drill-n1") is None


PROOFS: dict[str, tuple[Track, Decision | None, int, tuple[bool, bool, bool], str]] = {
    "all went well": (BACK, decision("drill-n1"), 8, (True, True, True), "125 s after the report"),
    "nothing arrived": (Track(), None, 7, (False, False, False), "it was never down"),
    "it is down still": (DOWN, decision("drill-n1"), 8, (True, True, False), "it is still throttled"),
    "it came back before the drill": (Track(returned=NOW - 5), None, 7, (False, False, False), "it was never down"),
    "the look came too late": (
        BACK,
        replace(decision("drill-n1"), at=NOW + 61),
        8,
        (False, True, True),
        "125 s after the report",
    ),
}


@pytest.mark.parametrize(("track", "down", "epoch", "passed", "said"), PROOFS.values(), ids=PROOFS)
def test_a_drill_proves_that_the_route_stepped_down_was_published_so_and_came_back(
    track: Track, down: Decision | None, epoch: int, passed: tuple[bool, bool, bool], said: str
) -> None:
    proofs = proved(track, down, Memory(epoch=epoch), NOW, 7)
    assert tuple(one for _, one, _ in proofs) == passed
    assert said in proofs[2][2]
