"""The sweep under the role that the template gives it: enough for all it does, and nothing in it to spare."""

import pytest

from tests.integration.roles import assume, name_of, needed, refused, refused_nothing_but
from tidegate.desk.region.app import SWEEP
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

NAME = SWEEP.name


def play(region: Region) -> None:
    """Let everything happen that the sweep knows: a fleet that is due, one with an open incident, and what it kept."""
    region.fleet("batch")
    region.emit(warning(region.fleet("chat", suspended=["Launch"]).spot_machines()[0]))
    region.run(125)


def test_the_role_is_enough_for_everything_the_sweep_does() -> None:
    with Region(loop=True) as region:
        assume(region, NAME)
        play(region)
        assert refused(region) == []
        woken = [wake["target"] for wake in region.wakes() if wake["event"].startswith("sweep-")]
        assert {"fleet/batch", "fleet/chat", "strays"} <= set(woken)
        assert woken.count("fleet/chat") == 2


@pytest.mark.parametrize("permission", needed(NAME), ids=lambda one: "-".join(map(name_of, one)))
def test_without_any_one_permission_the_sweep_is_refused_that_and_nothing_else(permission: tuple[str, str]) -> None:
    with Region(loop=True) as region:
        missing = assume(region, NAME, without=[permission])
        play(region)
        assert refused_nothing_but(region, missing)
