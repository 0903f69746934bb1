"""The drill under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from typing import Any

from tests.integration.desk.model_scenes import policy
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.bedrock.things import Alias
from tidegate.desk.region.app import DRILL
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region

NAME = DRILL.name
OWN_PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/own"
POLICY = policy({"name": "own", "kind": "bedrock-profile", "id": OWN_PROFILE, "region": "us-east-1"})


def play(region: Region) -> list[Any]:
    """Let everything happen that the drill knows; return its answers: of alarms, of warnings, and of a model's routes.

    First two of an alarm, rehearsed on a busy fleet that loses a machine while nobody acts, and injected on another
    one, where the sweep ends it; then of warnings a rehearsal, a drill, and that one once more; and so of a route.
    """
    region.bedrock.catalog.add(Alias(arn=OWN_PROFILE, of=f"us.{CLAUDE}"))
    region.fleet("chat")
    region.fleet("batch", balanced=False)
    busy = region.fleet("busy", max_size=30)
    region.load(busy, lambda _: 20.0)
    region.set_mode(mode="observe")
    region.run(125)
    region.emit(warning(busy.spot_machines()[0]))
    region.run(20)
    alarm = {"drill": "capacity-alarm", "depth": "inject", "fleet": "batch", "nonce": "n0"}
    answers = [region.invoke(NAME, one) for one in (alarm | {"depth": "rehearse", "fleet": "busy"}, alarm)]
    region.run(250)
    region.set_mode(mode="act")
    region.run(15)
    request = {"drill": "spot-interruption", "depth": "inject", "fleet": "chat", "nonce": "n1"}
    requests = [request | {"depth": "rehearse", "fleet": "batch"}, request, request]
    answers += [region.invoke(NAME, one) for one in requests]
    region.run(200)
    throttle = {"drill": "throttle", "model": "chat", "depth": "inject", "nonce": "n2"}
    answers += [region.invoke(NAME, one) for one in (throttle | {"depth": "rehearse"}, throttle, throttle)]
    region.run(30)
    return answers


def test_the_role_is_enough_for_everything_the_drill_does() -> None:
    with Region(loop=True, policy=POLICY) as region:
        assume(region, NAME)
        answers = play(region)
        assert refused(region) == []
        assert [(one.error, one.payload["refused"]) for one in answers] == [(None, None)] * 8
        codes = [one.payload["code"] for one in answers[2:]]
        assert codes == ["release_detach", *["release_terminate"] * 2, *["stepped_down"] * 3]
        assert region.release_counts()[answers[3].payload["instance"]] == 1


@without_each(NAME)
def test_without_any_one_permission_the_drill_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(loop=True, policy=POLICY) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        assert refused_that_alone(region, missing)
