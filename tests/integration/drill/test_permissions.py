"""The drill under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from typing import Any

from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tidegate.desk.region.app import DRILL
from tidegate.desk.region.region import Region

NAME = DRILL.name


def play(region: Region) -> list[Any]:
    """Let everything happen that the drill knows; return its answers: a rehearsal, a drill, and that one once more."""
    region.fleet("chat")
    region.fleet("batch", balanced=False)
    request = {"drill": "spot-interruption", "depth": "inject", "fleet": "chat", "nonce": "n1"}
    requests = [request | {"depth": "rehearse", "fleet": "batch"}, request, request]
    answers = [region.invoke(NAME, one) for one in requests]
    region.run(30)
    return answers


def test_the_role_is_enough_for_everything_the_drill_does() -> None:
    with Region(loop=True) as region:
        assume(region, NAME)
        answers = play(region)
        assert refused(region) == []
        assert [(one.error, one.payload["refused"]) for one in answers] == [(None, None)] * 3
        assert [one.payload["code"] for one in answers] == ["release_detach", "release_terminate", "release_terminate"]
        assert dict(region.release_counts()) == {answers[1].payload["instance"]: 1}


@without_each(NAME)
def test_without_any_one_permission_the_drill_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(loop=True) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        assert refused_that_alone(region, missing)
