"""`tidegate drill throttle MODEL` on a deployed stage: rehearsed, injected, refused."""

import json
from typing import Any

import pytest

from tests.integration.desk.model_scenes import HOLD, STAGE, policy, tell
from tests.integration.desk.stage import said, tidegate
from tidegate.desk.region.region import Region

DRILL = ("drill", "throttle", "chat", *STAGE)
INJECT = (*DRILL, "--depth", "inject", "--yes")


def standing(**settings: Any) -> Region:
    """Return a stage with a model."""
    usual: dict[str, Any] = {"policy": policy()}
    return Region(loop=True, **usual | settings)


def published(region: Region) -> list[str]:
    """Return the routes that applications can read, in order."""
    return [one["name"] for one in said(region, "routes", "chat", *STAGE)["routes"]]


@pytest.mark.parametrize("mode", ["act", "observe"])
def test_a_rehearsal_says_what_the_next_look_decides_and_changes_nothing(mode: str) -> None:
    with standing(mode=mode) as region:
        region.run(70)
        before = region.items()
        told = said(region, *DRILL)
        assert (told["route"], told["code"], told["hold"], told["passed"]) == ("home", "stepped_down", HOLD, None)
        (planned,) = told["planned"]
        assert planned.startswith("publish ohio, us, home (epoch ")
        assert region.items() == before
        assert published(region) == ["home", "ohio", "us"]
        page = tidegate(region, *DRILL, "--route", "us").stdout
        assert "if us were throttled now, a look would decide: stepped down" in page
        assert "drill throttle chat --route us --depth inject --stage drill" in page


def test_an_injection_steps_the_route_down_on_the_real_path_and_is_followed_until_it_is_back() -> None:
    with standing() as region:
        region.run(70)
        done = tidegate(region, *INJECT, "--json")
        told = json.loads(done.stdout)
        assert (done.exit_code, told["passed"]) == (0, True), told
        assert {one["name"] for one in told["checks"]} == {
            "stepped down, and trusted again",
            "newer document read",
            "nothing outside of the boundary published",
        }
        texts = [(one["kind"], one["text"]) for one in told["timeline"]]
        assert texts[0] == ("reported", "a drill's report: home of chat throttled")
        orders = [text.partition(": ")[2] for kind, text in texts if kind == "published"]
        assert orders == ["ohio, us, home", "home, ohio, us"]
        assert [text.partition(":")[0] for kind, text in texts if kind == "decided"] == [
            "stepped down",
            "route returned",
        ]
        assert published(region) == ["home", "ohio", "us"]


def test_for_people_it_ends_with_the_verdict_and_the_last_decision() -> None:
    with standing() as region:
        region.run(70)
        done = tidegate(region, *INJECT, "--route", "ohio")
        assert "PASS throttle of ohio of chat; the last decision was model/chat@" in done.stdout
        assert "ohio" in said(region, "journal", "model/chat", *STAGE)["decisions"][0]["reason"]


def test_while_it_is_under_way_the_status_names_it_and_a_second_one_waits() -> None:
    with standing() as region:
        region.run(70)
        request = {"drill": "throttle", "model": "chat", "depth": "inject", "nonce": "first"}
        assert region.invoke("drill", request).payload["refused"] is None
        region.run(10)
        live = said(region, "status", *STAGE)["drill"]
        assert (live["nonce"], live["model"], live["route"]) == ("first", "chat", "home")
        assert "first throttles home of chat" in tidegate(region, "status", *STAGE).stdout
        done = tidegate(region, *INJECT)
        assert "the drill first on chat is under way" in done.stderr
        assert done.exit_code == 2


def test_a_reaction_that_no_longer_works_makes_the_drill_fail() -> None:
    with Region(loop=True, policy=policy(), handlers={"bedrock-throttling": lambda event, context: 1 / 0}) as region:
        region.run(70)
        done = tidegate(region, *INJECT)
        assert done.exit_code == 1
        assert "FAIL throttle of home of chat" in done.stdout
        assert "no decision in the journal" in done.stdout


@pytest.mark.parametrize(
    ("sure", "why"), [(None, "there is no terminal to ask at: repeat it with --yes"), (False, "nothing was done")]
)
def test_it_asks_before_a_route_is_stepped_down(sure: bool | None, why: str) -> None:
    with standing() as region:
        region.run(70)
        done = tidegate(region, *DRILL, "--depth", "inject", sure=sure)
        assert why in done.stderr
        assert "planned: publish ohio, us, home" in done.stderr
        assert done.exit_code == 2
        assert published(region) == ["home", "ohio", "us"]


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "while nobody lets the stage act": ({"mode": "observe"}, (), "the mode is observe: a drill would step no route"),
    "with the kill switch on": ({"kill_switch": "on"}, (), "the kill switch is on"),
    "for a route that is none": ({}, ("--route", "paris"), "paris is no route of chat that answers: name one of home"),
    "for a route outside of the boundary": ({}, ("--route", "ireland"), "ireland is no route of chat that answers"),
}


@pytest.mark.parametrize(("settings", "more", "why"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_one_line(settings: dict[str, Any], more: tuple[str, ...], why: str) -> None:
    with standing(**settings) as region:
        region.run(70)
        done = tidegate(region, *INJECT, *more)
        (line,) = done.stderr.splitlines()
        assert why in line
        assert done.exit_code == 2


def test_a_model_that_is_none_is_refused_with_those_that_there_are() -> None:
    with standing() as region:
        done = tidegate(region, "drill", "throttle", "chta", *STAGE)
        assert "chta is no model of stage drill: name one of chat" in done.stderr


def test_the_only_route_inside_of_the_boundary_is_no_drill() -> None:
    alone = policy()
    alone["model"]["chat"]["route"] = [
        one for one in alone["model"]["chat"]["route"] if one["name"] in ("home", "world")
    ]
    with standing(policy=alone) as region:
        region.run(70)
        done = tidegate(region, *INJECT)
        assert "home is the only route of chat inside of its boundary" in done.stderr
        assert done.exit_code == 2


def test_a_route_that_is_throttled_already_is_no_drill() -> None:
    with standing() as region:
        region.run(70)
        tell(region, "home")
        region.run(10)
        assert said(region, *DRILL)["route"] == "ohio"
        assert "home is no route of chat that answers" in tidegate(region, *DRILL, "--route", "home").stderr


def test_options_of_a_stage_without_a_model_are_refused() -> None:
    with standing() as region:
        done = tidegate(region, "drill", "throttle", "--depth", "inject")
        assert "these options are for a MODEL of a deployed stage" in done.stderr
        assert done.exit_code == 2
