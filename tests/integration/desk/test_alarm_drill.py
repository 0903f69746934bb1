"""`tidegate drill capacity-alarm` on a deployed stage: rehearsed, injected, refused."""

import json

import pytest

from tests.integration.desk.stage import said, tidegate
from tidegate.desk.region.region import Region

DRILL = ("drill", "capacity-alarm", "chat")
ALARM = "tidegate/drill/cpu/chat"


def standing(region: Region, load: float = 3.6) -> None:
    """Build a fleet of six whose alarm is made, and which has been heard for a while."""
    region.load(region.fleet("chat", max_size=20), lambda _: load)
    region.run(150)


def test_a_rehearsal_says_what_a_look_decides_and_changes_nothing() -> None:
    with Region(loop=True) as region:
        standing(region)
        before, calls = region.items(), len(region.calls_of("drill"))
        told = said(region, *DRILL)
        assert (told["code"], told["planned"], told["passed"]) == ("steady", [], None)
        assert "cpu is 60, target 70" in told["reason"]
        assert region.items() == before
        assert not [one for one in region.calls_of("drill")[calls:] if "SetAlarmState" in one or "Write" in one]
        assert "drill capacity-alarm chat --depth inject" in tidegate(region, *DRILL).stdout


def test_a_rehearsal_on_a_busy_fleet_says_which_size_it_would_get() -> None:
    with Region(loop=True, mode="observe") as region:
        standing(region, load=6.0)
        told = said(region, *DRILL)
        assert (told["code"], told["planned"]) == ("scale_out", ["set the size from 6 to 9"])


def test_an_injection_rings_wakes_and_is_put_back() -> None:
    with Region(loop=True) as region:
        standing(region)
        done = tidegate(region, *DRILL, "--depth", "inject", "--json")
        told = json.loads(done.stdout)
        assert (done.exit_code, told["passed"], told["alarm"]) == (0, True, ALARM)
        assert "fleet woken, decision journaled" in told["said"]
        assert region.alarms[ALARM] == "OK"
        assert [one.event for one in region.decisions() if one.event.startswith("drill-")] == ["drill-n1"]
        assert region.fleets["chat"].desired == 6


def test_for_people_it_ends_with_the_verdict() -> None:
    with Region(loop=True, mode="observe") as region:
        standing(region)
        done = tidegate(region, *DRILL, "--depth", "inject")
        assert done.exit_code == 0
        assert "PASS capacity alarm on chat" in done.stdout


def test_a_reaction_that_no_longer_works_makes_the_drill_fail_and_the_state_is_put_back_all_the_same() -> None:
    with Region(loop=True, handlers={"capacity-alarm": lambda event, context: 1 / 0}) as region:
        standing(region)
        done = tidegate(region, *DRILL, "--depth", "inject")
        assert done.exit_code == 1
        assert "FAIL capacity alarm on chat" in done.stdout
        assert region.alarms[ALARM] == "OK"


REFUSED = {
    "without the tag": (("drill", "capacity-alarm", "nobody", "--depth", "inject"), "nobody is no fleet"),
    "for a signal that the profile doesn't have": ((*DRILL, "--signal", "gpu"), "'gpu' is no signal"),
}


@pytest.mark.parametrize(("command", "why"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_one_line(command: tuple[str, ...], why: str) -> None:
    with Region(loop=True) as region:
        standing(region)
        done = tidegate(region, *command)
        assert done.exit_code == 2
        assert why in done.stderr


def test_while_the_kill_switch_is_on_no_alarm_rings() -> None:
    with Region(loop=True, kill_switch="on") as region:
        standing(region)
        done = tidegate(region, *DRILL, "--depth", "inject")
        assert done.exit_code == 2
        assert "the kill switch is on" in done.stderr


def test_an_alarm_that_rings_already_is_no_drill() -> None:
    with Region(loop=True, mode="observe") as region:
        standing(region, load=6.0)
        done = tidegate(region, *DRILL, "--depth", "inject")
        assert done.exit_code == 2
        assert "rings already" in done.stderr


def test_before_the_sweep_has_made_it_there_is_no_alarm_to_ring() -> None:
    with Region() as region:
        region.fleet("chat")
        done = tidegate(region, *DRILL, "--depth", "inject")
        assert done.exit_code == 2
        assert f"there is no alarm {ALARM} yet" in done.stderr
