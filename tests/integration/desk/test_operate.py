"""The commands on a deployed stage, in front of the emulated Region: what they say, set and refuse."""

import pytest

from tests.integration.desk.stage import said, tidegate
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region


def lose_one(region: Region) -> str:
    """Let a fleet lose a machine, and have it replaced."""
    fleet = region.fleet()
    region.run(90)
    machine = fleet.spot_machines()[0]
    region.interrupt(machine)
    region.run(150)
    return machine.id


def test_the_journal_tells_of_a_loss_from_its_warning_to_its_replacement() -> None:
    with Region(loop=True) as region:
        machine = lose_one(region)
        told = said(region, "journal", "chat")
        (incident,) = told["incidents"]
        assert (incident["instance"], incident["outcome"], incident["stage"]) == (machine, "replaced", "replaced")
        assert incident["warned"] < incident["released"] < incident["replaced"] < incident["deadline"]
        assert 40 < incident["dip"] < 60
        assert {one["code"] for one in told["decisions"]} >= {"release_terminate", "replaced"}
        page = tidegate(region, "journal", "chat").stdout
        assert machine in page
        assert "replaced" in page
        assert max(map(len, page.splitlines())) <= 132


def test_every_decision_that_the_journal_lists_is_explained_by_its_id() -> None:
    with Region(loop=True) as region:
        machine = lose_one(region)
        listed = said(region, "journal", "chat")["decisions"]
        assert listed
        for one in listed:
            assert one in said(region, "explain", one["id"])["decisions"]
        release = next(one for one in listed if one["code"] == "release_terminate")
        page = tidegate(region, "explain", release["id"]).stdout
        for part in ("observed", f"terminate {machine}", "rejected", "woken by", "desired: 6"):
            assert part in page


def test_the_status_tells_mode_fleets_open_incidents_and_dead_letters() -> None:
    with Region(loop=True) as region:
        fleet = region.fleet()
        region.client("sqs").send_message(QueueUrl=region.deployment.queue_url, MessageBody="{")
        region.emit(warning(fleet.spot_machines()[0]))
        region.run(65)
        told = said(region, "status")
        assert (told["mode"], told["kill_switch"], told["may_release"]) == ("act", "off", True)
        assert [(one["name"], one["desired"]) for one in told["fleets"]] == [("chat", 6)]
        assert told["dead_letters"] == {"tidegate-drill-spot-interruption-dead-letters": 1}
        assert told["last_sweep"] == "2026-03-02T09:01:00.000Z"
        page = tidegate(region, "status").stdout
        assert "releases machines" in page
        assert "1 in tidegate-drill-spot-interruption-dead-letters" in page


def lose_spot(region: Region) -> None:
    """Let a fleet lose all spot machines while there are none to be had."""
    fleet = region.fleet(on_demand=2, spot=4)
    region.run(90)
    region.dry_up()
    for each in fleet.spot_machines():
        region.interrupt(each)
    region.run(5 * 60)


def test_the_status_tells_whose_base_a_fleet_has_and_where_on_demand_stands_in() -> None:
    with Region(loop=True) as region:
        lose_spot(region)
        (fleet,) = said(region, "status")["fleets"]
        assert (fleet["base"], fleet["owner_base"], fleet["stands_in"]) == (6, 2, True)
        assert fleet["base_set"].startswith("2026-03-02T09:0")
        page = " ".join(tidegate(region, "status").stdout.split())
        assert "6 (owner 2)" in page
        assert "chat on-demand stands in for spot: base 6, the owner's is 2; set" in page
        assert "advice" not in page


def test_a_base_that_is_its_owners_is_told_as_such() -> None:
    with Region(loop=True) as region:
        region.fleet(on_demand=2, spot=4)
        region.run(65)
        (fleet,) = said(region, "status")["fleets"]
        assert (fleet["base"], fleet["owner_base"], fleet["stands_in"], fleet["base_set"]) == (2, 2, False, None)
        assert "stands in" not in tidegate(region, "status").stdout


def test_a_change_of_the_mix_is_explained_with_what_the_fleet_was_made_of() -> None:
    with Region(loop=True) as region:
        lose_spot(region)
        fallback = next(one for one in said(region, "journal", "chat")["decisions"] if one["code"] == "fallback")
        page = " ".join(tidegate(region, "explain", fallback["id"]).stdout.split())
        for part in ("blend: 2 on-demand and 0 spot", "set the on-demand base from 2 to 6", "from 2 to 6 on-demand"):
            assert part in page


SWITCHES = [
    ("pause", "kill_switch", "on", "tidegate resume"),
    ("resume", "kill_switch", "off", "tidegate pause"),
    ("observe", "mode", "observe", "tidegate act"),
    ("act", "mode", "act", "tidegate observe"),
]


@pytest.mark.parametrize(("command", "key", "value", "undo"), SWITCHES)
def test_a_switch_says_what_it_set_and_how_that_is_undone(command: str, key: str, value: str, undo: str) -> None:
    with Region() as region:
        told = said(region, command)
        assert (told[key], told["undo"]) == (value, undo)
        assert undo in tidegate(region, command).stdout


def test_paused_nothing_is_released_and_resumed_it_is() -> None:
    with Region(loop=True) as region:
        first, second, *_ = region.fleet().spot_machines()
        tidegate(region, "pause")
        region.emit(warning(first))
        region.run(10)
        assert region.releases == ()
        tidegate(region, "resume")
        region.run(15)
        region.emit(warning(second))
        region.run(10)
        assert second.id in region.release_counts()


REFUSED = {
    "a stage that is not deployed": (["status", "--stage", "live"], "there is no stack Tidegate-live"),
    "a fleet that is none": (["journal", "chta"], "no Auto Scaling group chta with the tag tidegate:profile"),
    "the nearest spelling is named": (["journal", "chta"], "did you mean chat?"),
    "no id of a decision": (["explain", "chat"], "'chat' is no decision: FLEET@TIME is needed"),
    "a decision that is none": (["explain", "chat@2026-03-02T08:00:00.000Z"], "no decision chat@2026-03-02T08:00:00"),
    "a drill that is none": (["drill", "spot-interuption", "chat"], "did you mean spot-interruption?"),
    "a drill on a fleet that is none": (["drill", "spot-interruption", "chta"], "refused: chta is no fleet"),
}


@pytest.mark.parametrize(("arguments", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_one_line_with_what_to_do_and_the_exit_code_2(arguments: list[str], why: str) -> None:
    with Region(loop=True) as region:
        region.fleet()
        done = tidegate(region, *arguments)
        (line,) = done.stderr.splitlines()
        assert line.startswith("tidegate: ")
        assert why in line
        assert (done.exit_code, done.stdout) == (2, "")
