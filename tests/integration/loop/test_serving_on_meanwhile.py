"""What else happens while machines with a notice serve on: a drought, the kill switch, somebody who ends them first."""

from tests.integration.loop.mixes import MINUTE, base_of, lose, made_of, policy, told
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

DRAIN = 60
RELEASED_AT = 120 - DRAIN - 20
SERVING_ON = policy(drain_seconds=DRAIN)


def least(fleet: Fleet, region: Region, seconds: int) -> int:
    """Let time pass; return the fewest machines that were in service."""
    found = fleet.size
    for _ in range(seconds):
        region.run(1)
        found = min(found, fleet.size)
    return found


def sizes(region: Region) -> list[int]:
    """Return the sizes that Tidegate has set by themselves, in order."""
    return [
        int(one.data["parameters"]["DesiredCapacity"])
        for one in region.timeline
        if one.kind == "call" and one.actor == "tidegate" and one.data["operation"] == "SetDesiredCapacity"
    ]


def test_a_machine_that_somebody_else_ends_first_has_the_surplus_taken_out_by_a_look() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = region.fleet()
        region.interrupt(fleet.spot_machines()[0])
        region.run(10)
        lose(region, fleet)
        region.run(5 * MINUTE)
        assert (sizes(region), fleet.desired, fleet.size) == ([7, 6], 6, 6)


def test_a_kill_switch_that_is_turned_on_meanwhile_leaves_a_surplus_until_it_is_off() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = region.fleet()
        region.interrupt(fleet.spot_machines()[0])
        region.run(10)
        region.set_mode(kill_switch="on")
        region.run(5 * MINUTE)
        assert (region.releases, fleet.desired) == ((), 7)
        region.set_mode(kill_switch="off")
        region.run(5 * MINUTE)
        assert (fleet.desired, fleet.size) == (6, 6)


def test_in_a_drought_on_demand_comes_for_it_before_it_leaves() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = region.fleet(boot=30)
        region.dry_up()
        region.interrupt(fleet.spot_machines()[0])
        assert least(fleet, region, 240) >= 6
        assert (fleet.desired, base_of(region), made_of(fleet)) == (6, 2, (2, 4))
        assert "launching spot failed (capacity): from 1 to 2 on-demand" in told(region, "fallback")


def test_a_wave_in_a_drought_ends_with_as_many_as_were_wanted() -> None:
    with Region(loop=True, policy=SERVING_ON) as region:
        fleet = region.fleet()
        region.dry_up(interrupt=True)
        lose(region, fleet)
        region.run(6 * MINUTE)
        assert (fleet.desired, base_of(region), made_of(fleet)) == (6, 6, (6, 0))
        assert max(region.release_counts().values()) == 1
