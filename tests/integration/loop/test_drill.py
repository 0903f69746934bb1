"""A drill on a fleet: rehearsed it changes nothing, injected it travels the real path and ends with a report."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.loop.ends import end_of, pools, reports
from tests.integration.loop.scenes import NOBODY_KNOWS, SPOT_SHORT, at, codes, failing, launched, settled
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Fault


def drill(region: Region, fleet: str = "chat", depth: str = "inject", **more: Any) -> dict[str, Any]:
    """Ask for a drill and return the answer."""
    answer = region.invoke("drill", {"drill": "spot-interruption", "fleet": fleet, "depth": depth, **more})
    assert answer.error is None, answer.payload
    return answer.payload


def everything(region: Region) -> Any:
    return region.items(), region.members("chat"), region.queue_depths(), region.releases, region.wakes()


@pytest.mark.parametrize(("balanced", "how"), [(True, "terminate"), (False, "detach")], ids=["terminate", "detach"])
@pytest.mark.parametrize("settings", [{}, {"mode": "observe"}, {"kill_switch": "on"}], ids=["act", "observe", "on"])
def test_a_rehearsal_says_what_would_be_done_and_changes_nothing(
    settings: dict[str, str], balanced: bool, how: str
) -> None:
    with Region(**settings) as region:  # pyright: ignore[reportArgumentType]: a table of keyword arguments
        machines = region.fleet(balanced=balanced).spot_machines()
        before = everything(region)
        said = drill(region, depth="rehearse")
        assert said["instance"] in {one.id for one in machines}
        assert (said["refused"], said["code"]) == (None, f"release_{how}")
        assert said["planned"] == [f"{how} {said['instance']}"]
        region.run(300)
        assert everything(region) == before


def test_throttled_calls_of_a_drill_are_counted() -> None:
    with Region() as region:
        region.fleet(balanced=False)
        region.chaos(failing(region, "DescribeLifecycleHooks", fault=Fault(400, "Throttling")))
        drill(region, depth="rehearse")
        counted = [one for text in region.logs_of("drill") if "CallsThrottled" in (one := json.loads(text))]
        assert [(one["service"], one["CallsThrottled"]) for one in counted] == [("auto-scaling", [2.0])]


def test_a_rehearsal_takes_the_machine_that_was_named() -> None:
    with Region() as region:
        machine = region.fleet().on_demand_machines()[0].id
        said = drill(region, depth="rehearse", instance=machine)
        assert (said["instance"], said["planned"]) == (machine, [f"terminate {machine}"])


@pytest.mark.parametrize("balanced", [True, False], ids=["terminate", "detach"])
def test_an_injected_drill_travels_the_real_path_and_its_report_stands_in_the_journal(balanced: bool) -> None:
    with Region(loop=True) as region:
        fleet = region.fleet(balanced=balanced, boot=45)
        before = fleet.spot_machines()
        said = drill(region, nonce="n1")
        assert said["instance"] in {one.id for one in before}
        region.run(300)

        (incident,), (report,), (new,) = region.incidents(), reports(region), launched(region)
        assert (incident.instance, incident.drill, incident.outcome) == (said["instance"], "n1", "replaced")
        assert (report["nonce"], report["passed"], report["instance"]) == ("n1", True, said["instance"])
        took = at(region, "in-service", new) - said["started"]
        assert f"{new}, {took:.1f} s after the warning" in report["said"]
        assert float(report["dip"]) == pytest.approx(
            at(region, "in-service", new) - at(region, "released", said["instance"]), abs=1
        )
        assert (pools(region), fleet.size, settled(region)) == ({}, fleet.desired, True)
        assert codes(region)[0] == f"release_{'terminate' if balanced else 'detach'}"


def test_a_drill_whose_replacement_does_not_come_says_so_once_it_is_over() -> None:
    with Region(loop=True) as region:
        region.fleet()
        region.launches_fail("chat", NOBODY_KNOWS)
        drill(region, nonce="n1")
        region.run(100)
        assert reports(region) == []
        region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="chat", DesiredCapacity=5)
        region.run(120)
        (report,) = reports(region)
        assert (report["passed"], "replacement in service: not_needed" in report["said"]) == (False, True)


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


def untag(region: Region) -> None:
    region.fleet("plain", profile=None)


def switch_on(region: Region) -> None:
    region.set_mode(kill_switch="on")


def observe(region: Region) -> None:
    region.set_mode(mode="observe")


def begin_another(region: Region) -> None:
    region.fleet("other")
    assert drill(region, "other", nonce="first")["refused"] is None


def lose_one(region: Region) -> None:
    region.launches_fail("chat", SPOT_SHORT)
    region.interrupt(region.fleets["chat"].spot_machines()[0])
    region.run(100)


REFUSALS: dict[str, tuple[Callable[[Region], None], dict[str, Any], str]] = {
    "a group without the tag": (untag, {"fleet": "plain"}, "plain is no fleet"),
    "a group that nobody knows": (nothing, {"fleet": "nowhere"}, "nowhere is no fleet"),
    "the kill switch is on": (switch_on, {}, "the kill switch is on"),
    "the mode is observe": (observe, {}, "the mode is observe"),
    "another drill is under way": (begin_another, {}, "the drill first on other is under way"),
    "an incident is open": (lose_one, {}, "chat has open incidents (i-"),
    "no fleet is named": (nothing, {"fleet": ""}, "is needed"),
    "no such depth": (nothing, {"depth": "destroy"}, "is needed"),
    "no such drill": (nothing, {"drill": "earthquake"}, "is needed"),
    "a machine that isn't there": (nothing, {"instance": "i-0123456789abcdef0"}, "is not in service in chat"),
    "a nonce that no event can bear": (nothing, {"nonce": "drill of monday"}, "nonce"),
    "a nonce that is too long": (nothing, {"nonce": "n" * 65}, "nonce"),
}


@pytest.mark.parametrize(("prepare", "request_", "why"), REFUSALS.values(), ids=REFUSALS)
def test_a_drill_is_refused_with_the_reason_and_changes_nothing(
    prepare: Callable[[Region], None], request_: dict[str, Any], why: str
) -> None:
    with Region() as region:
        region.fleet()
        prepare(region)
        region.run(2)
        before = everything(region)
        said = drill(region, **request_)
        assert why in said["refused"]
        region.run(60)
        assert everything(region) == before


def test_a_repeated_request_is_the_same_drill() -> None:
    with Region(loop=True) as region:
        region.fleet()
        first = drill(region, nonce="n1")
        again = drill(region, nonce="n1")
        region.run(20)
        later = drill(region, nonce="n1")
        region.run(300)
        over = drill(region, nonce="n1")
        region.run(60)

        assert {one["instance"] for one in (first, again, later, over)} == {first["instance"]}
        assert region.release_counts() == {first["instance"]: 1}
        assert len(reports(region)) == len(region.incidents()) == 1
        assert settled(region)


def test_a_repeated_request_for_another_fleet_is_refused() -> None:
    with Region(loop=True) as region:
        region.fleet()
        region.fleet("other")
        drill(region, nonce="n1")
        assert "n1" in drill(region, "other", nonce="n1")["refused"]
        region.run(300)
        assert "n1" in drill(region, "other", nonce="n1")["refused"]
        assert len(region.releases) == 1


def test_a_nonce_is_no_new_drill_after_another_one() -> None:
    with Region(loop=True) as region:
        region.fleet()
        for nonce in ("n1", "n2"):
            assert drill(region, nonce=nonce)["refused"] is None
            region.run(200)
        assert "n1" in drill(region, nonce="n1")["refused"]
        region.run(60)
        assert len(region.releases) == 2


def test_after_its_report_the_next_drill_may_begin() -> None:
    with Region(loop=True) as region:
        region.fleet()
        drill(region, nonce="n1")
        region.run(30)
        assert "under way" in drill(region, nonce="n2")["refused"]
        region.run(150)
        assert drill(region, nonce="n2")["refused"] is None
        region.run(200)
        assert [(one["nonce"], one["passed"]) for one in reports(region)] == [("n1", True), ("n2", True)]
        assert end_of(region).wrong == ()


def test_a_drill_whose_warning_was_lost_gives_way_after_a_quarter_of_an_hour() -> None:
    with Region(mode="act") as region:
        region.fleet()
        region.chaos(failing(region, "PutEvents"))
        assert region.invoke("drill", {"drill": "spot-interruption", "fleet": "chat", "depth": "inject"}).error
        region.chaos(None)
        assert "under way" in drill(region)["refused"]
        region.run(900)
        assert drill(region)["refused"] is None


def test_a_real_loss_of_a_drilled_machine_is_a_loss_all_the_same() -> None:
    with Region(loop=True) as region:
        region.fleet(balanced=False)
        machine = drill(region)["instance"]
        region.run(5)
        region.emit(warning(machine))
        region.run(300)
        assert region.release_counts() == {machine: 1}
        assert [losses for losses, _ in pools(region).values()] == [1]
        assert sorted(bool(one.drill) for one in region.incidents()) == [False, True]


def test_an_answer_says_when_the_plan_is_not_known_and_the_drill_goes_on() -> None:
    with Region(loop=True) as region:
        region.fleet(balanced=False)
        region.chaos(failing(region, "DescribeLifecycleHooks", fault=Fault(400, "Throttling"), functions=["drill"]))
        said = drill(region, nonce="n1")
        assert (said["refused"], said["planned"]) == (None, [])
        assert "looking at the hooks of chat failed" in said["reason"]
        region.run(300)
        assert [one["passed"] for one in reports(region)] == [True]
