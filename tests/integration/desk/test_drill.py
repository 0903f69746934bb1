"""`tidegate drill spot-interruption` on a deployed stage: rehearsed, injected, refused."""

import json

from tests.integration.desk.stage import said, tidegate
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Fault

DRILL = ("drill", "spot-interruption", "chat")
DENIED = Fault(403, "AccessDenied", "not authorized")


def test_a_rehearsal_says_what_would_be_done_and_changes_nothing() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet()
        before = region.members("chat")
        told = said(region, *DRILL)
        assert told["planned"] == [f"terminate {told['instance']}"]
        assert told["instance"] in {one.id for one in fleet.spot_machines()}
        assert (told["passed"], region.members("chat"), region.items()) == (None, before, ())
        assert "--depth inject" in tidegate(region, *DRILL).stdout


def test_an_injection_is_followed_until_its_machine_is_replaced() -> None:
    with Region(loop=True) as region:
        region.fleet()
        region.run(90)
        done = tidegate(region, *DRILL, "--depth", "inject", "--yes", "--json")
        told = json.loads(done.stdout)
        assert (done.exit_code, told["passed"]) == (0, True)
        assert [one["passed"] for one in told["checks"]] == [True] * len(told["checks"])
        assert told["incident"]["drill"] == "n1"
        assert [one["kind"] for one in told["timeline"] if one["kind"] != "decided"] == [
            "warning",
            "released",
            "in-service",
        ]
        assert region.release_counts() == {told["instance"]: 1}


def test_for_people_it_ends_with_the_verdict() -> None:
    with Region(loop=True) as region:
        region.fleet()
        region.run(90)
        done = tidegate(region, *DRILL, "--depth", "inject", sure=True)
        assert done.exit_code == 0
        assert "PASS spot interruption on chat" in done.stdout
        assert "WARNING" in done.stdout


def test_without_a_yes_nothing_is_injected() -> None:
    for sure, why in ((False, "nothing was done"), (None, "repeat it with --yes")):
        with Region(loop=True) as region:
            region.fleet()
            done = tidegate(region, *DRILL, "--depth", "inject", sure=sure)
            assert (done.exit_code, region.releases) == (2, ())
            assert why in done.stderr


def test_a_function_that_no_longer_works_makes_the_drill_fail() -> None:
    with Region(loop=True, mode="act", handler=lambda event, context: 1 / 0) as region:
        region.fleet()
        done = tidegate(region, *DRILL, "--depth", "inject", "--yes")
        assert done.exit_code == 1
        assert "FAIL" in done.stdout
        assert region.releases == ()


def test_while_a_real_incident_is_open_an_injection_is_refused() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet()
        region.emit(warning(fleet.spot_machines()[0]))
        region.run(5)
        done = tidegate(region, *DRILL, "--depth", "inject", "--yes")
        assert done.exit_code == 2
        assert "refused: chat has open incidents" in done.stderr


def test_a_drill_function_that_fails_is_told_in_one_line_with_where_to_read_on() -> None:
    with Region(loop=True) as region:
        region.fleet()
        region.chaos(lambda call: DENIED if call.function == "drill" and call.service == "autoscaling" else None)
        done = tidegate(region, *DRILL, "--depth", "inject", "--yes")
        (line,) = done.stderr.splitlines()
        assert line.startswith("tidegate: the drill function drill failed: ")
        assert "read its log, the group Tidegate-dev-DrillWorkerLog..." in line
        assert (done.exit_code, done.stdout) == (2, "")
