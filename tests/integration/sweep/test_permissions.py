"""The sweep under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.removal.requests import put
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tidegate.desk.region.app import SWEEP
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

NAME = SWEEP.name


def play(region: Region) -> None:
    """Let everything happen that the sweep knows.

    A fleet that is due, one with an open incident, one that is gone; and a drill's alarm, a moment before it is put
    back: otherwise CloudWatch would do so.
    """
    region.fleet("batch")
    put(region, "tidegate/drill/cpu/gone")
    region.emit(warning(region.fleet("chat", suspended=["Launch"]).spot_machines()[0]))
    region.run(125)
    region.run(55 - region.world.now() % 60)
    region.invoke("drill", {"drill": "capacity-alarm", "fleet": "batch", "depth": "inject"})
    region.run(70)


def test_the_role_is_enough_for_everything_the_sweep_does() -> None:
    with Region(loop=True) as region:
        assume(region, NAME)
        play(region)
        assert refused(region) == []
        woken = [wake["target"] for wake in region.wakes() if wake["event"].startswith("sweep-")]
        assert {"fleet/batch", "fleet/chat", "strays"} <= set(woken)
        assert woken.count("fleet/chat") == 4
        assert region.alarms["tidegate/drill/cpu/batch"] == "INSUFFICIENT_DATA"


@without_each(NAME)
def test_without_any_one_permission_the_sweep_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(loop=True) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        assert refused_that_alone(region, missing)
