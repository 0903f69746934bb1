"""The drills: they pass on the app as it is, and fail when it doesn't do its work."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.traces import traces
from tidegate.desk.commands import app
from tidegate.desk.drills import drought, spot_interruption, surge, throttle
from tidegate.desk.drills import wave as waves
from tidegate.desk.drills.generate import generate_wave
from tidegate.desk.drills.result import Result
from tidegate.desk.drills.throttle import Course
from tidegate.desk.drills.timeline import told
from tidegate.desk.drills.trace import Change, Wave, read_wave


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["drill", *arguments])


def still(done: int, total: int) -> None:
    """Show nothing."""


def broken(event: Any, context: Any) -> None:
    raise ValueError("a bug")


def failed(result: Result) -> dict[str, str]:
    return {check.name: check.said for check in result.checks if not check.passed}


def test_a_person_can_follow_the_interruption() -> None:
    done = run("--no-wave")

    seen = [line.split("left  ")[1].split("  ")[0].strip() for line in done.output.splitlines() if "left  " in line]
    wanted = ["WARNING", "RELEASED", "launched", "IN SERVICE", "AT SIZE", "DRAINED", "gone"]
    assert [each for each in seen if each in wanted] == wanted
    assert "is replaced by" in done.output
    assert "118.9 s left  RELEASED" in done.output
    assert done.output.rstrip().endswith("PASS spot interruption")
    assert done.exit_code == 0


def test_the_function_keeps_its_log_to_itself() -> None:
    assert "{" not in run("--no-wave").output


def test_machines_get_the_same_as_one_json_object() -> None:
    done = run("--json", "--no-wave", "--seed", "7")

    said = json.loads(done.stdout)
    assert (said["version"], said["seed"], said["passed"]) == (1, 7, True)
    drill = said["drills"][0]
    assert set(drill) == {"name", "about", "passed", "checks", "losses", "series", "calls", "timeline"}
    assert drill["calls"]["autoscaling:TerminateInstanceInAutoScalingGroup"] == 1
    loss = drill["losses"][0]
    assert loss["warned"] < loss["released"] < loss["replaced"] < loss["drained"] < loss["gone"] < loss["deadline"]


def test_the_same_seed_tells_the_same_story() -> None:
    assert run("--no-wave").output == run("--no-wave").output


@pytest.mark.parametrize(
    ("settings", "reasons"),
    [
        (
            {"mode": "observe"},
            {"each machine released once", "released before the deadline"},
        ),
        (
            {"handler": broken},
            {
                "each machine released once",
                "released before the deadline",
                "each loss recorded once",
                "no message stuck",
            },
        ),
    ],
    ids=["observing", "broken"],
)
def test_a_drill_fails_with_reasons_when_nothing_is_released(settings: dict[str, Any], reasons: set[str]) -> None:
    result = spot_interruption.drill(**settings)

    assert not result.passed
    assert set(failed(result)) == reasons
    assert any(str(part).startswith("FAIL") for part in told(result))


def test_a_machine_may_leave_by_detachment() -> None:
    result = spot_interruption.drill(policy={"profile": {"default": {"release": "detach"}}})

    assert failed(result) == {}
    assert result.losses[0].how == "detach"
    assert result.losses[0].gone == result.losses[0].deadline


def test_a_generated_wave_is_survived() -> None:
    result = waves.drill(generate_wave(3), step=still)

    assert failed(result) == {}
    assert len(result.losses) == 74


def test_losses_of_one_instant_are_one_invocation_and_one_release() -> None:
    wave = Wave("nine at once", tuple(Change(30, "remove", f"node{n}") for n in range(9)))

    result = waves.drill(wave, step=still)

    assert failed(result) == {}
    assert result.calls()["autoscaling:TerminateInstanceInAutoScalingGroup"] == 1
    assert {loss.warned for loss in result.losses} == {30}


def test_losses_in_quick_succession_each_hit_a_machine() -> None:
    wave = Wave("one every five seconds", tuple(Change(t, "remove", f"node{t}") for t in range(0, 50, 5)))

    assert failed(waves.drill(wave, step=still)) == {}


def test_the_measured_wave_is_survived() -> None:
    wave = read_wave(traces() / "asg_membership_g4dn.csv")

    result = waves.drill(wave, step=still)

    assert failed(result) == {}
    assert (len(result.losses), len(wave.instants())) == (74, 48)


def test_a_surge_comes_and_goes_and_the_size_follows() -> None:
    done = CliRunner().invoke(app, ["drill", "surge"])
    assert done.exit_code == 0
    assert "PASS surge" in done.stdout
    assert "machines, minutes 1 to 100" in done.stdout
    told = json.loads(CliRunner().invoke(app, ["drill", "surge", "--json"]).stdout)["drills"][0]
    assert [one["name"] for one in told["series"]] == ["machines", "CPU %"]
    assert told["passed"]


def test_a_surge_fails_where_nobody_hears_the_alarm_and_nobody_looks() -> None:
    result = surge.drill(step=still, handlers={"capacity-alarm": broken, "reconcile": broken})
    assert {"soon below its target again", "smaller again once the load is gone"} <= failed(result).keys()


def test_spot_runs_dry_and_comes_back_and_on_demand_stands_in_meanwhile() -> None:
    done = CliRunner().invoke(app, ["drill", "drought"])
    assert done.exit_code == 0
    assert "PASS drought" in done.stdout
    assert "on-demand machines in service, minutes 0 to 65" in done.stdout
    turns = ["spot capacity is used up", "from 2 to 6 on-demand", "from 6 to 8 on-demand", "8 stay on-demand"]
    turns += ["spot capacity is back", "from 8 to 5 on-demand", "spot is back"]
    told = " ".join(done.stdout.split())
    places = [told.rindex(one) for one in turns]
    assert places == sorted(places)


def test_machines_get_the_drought_as_one_json_object() -> None:
    done = CliRunner().invoke(app, ["drill", "drought", "--json", "--seed", "3"])
    said = json.loads(done.stdout)
    (told,) = said["drills"]
    assert (said["seed"], said["passed"], done.exit_code) == (3, True, 0)
    on_demand, spot = told["series"]
    assert (on_demand["name"], spot["name"]) == ("on-demand machines in service", "spot machines in service")
    assert max(value for _, value in on_demand["points"]) == 8
    assert (spot["points"][0][1], min(value for _, value in spot["points"]), spot["points"][-1][1]) == (6, 0, 6)
    assert len(told["losses"]) == 6


FORSAKEN: dict[str, tuple[dict[str, Any], set[str]]] = {
    "the mix is its owner's alone": (
        {"mix": {"mode": "leave"}},
        {"on-demand stood in within 3 minutes", "back to spot step by step"},
    ),
    "nobody lets Tidegate act": (
        {"mode": "observe"},
        {"on-demand stood in within 3 minutes", "back to spot step by step", "each machine released once"},
    ),
    "machines may never go back": (
        {"mix": {"hold_down_seconds": 86_400}},
        {"back to spot step by step", "all as before in the end"},
    ),
}


@pytest.mark.parametrize(("settings", "reasons"), FORSAKEN.values(), ids=FORSAKEN)
def test_a_drought_fails_with_reasons_where(settings: dict[str, Any], reasons: set[str]) -> None:
    result = drought.drill(step=still, **settings)
    assert reasons <= failed(result).keys()
    assert any(str(part).startswith("FAIL") for part in told(result))


def test_a_throttle_comes_and_goes_and_routes_step_down_and_come_back() -> None:
    done = CliRunner().invoke(app, ["drill", "throttle", "--json"])
    assert done.exit_code == 0, done.stdout
    told = json.loads(done.stdout)["drills"][0]
    assert [one["name"] for one in told["series"]] == [
        f"calls a minute answered by {route}" for route in (throttle.HOME, throttle.NEXT, throttle.LAST)
    ]
    ways = [one["data"]["routes"] for one in told["timeline"] if one["kind"] == "published"]
    assert ways[0][0] == throttle.NEXT
    assert ways[-1] == [throttle.HOME, throttle.NEXT, throttle.LAST]


def test_a_throttle_fails_where_nothing_may_be_changed_and_yet_every_call_is_answered() -> None:
    result = throttle.drill(step=still, course=Course(comes=2, goes=4, watched=6), mode="observe")

    assert set(failed(result)) == {"stepped down within 15 s", "applications followed within 45 s"}
    assert any(str(part).startswith("FAIL") for part in told(result))
