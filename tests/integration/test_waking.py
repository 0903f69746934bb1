"""At least once: whenever a handler dies, and however often, late or disordered events come, the end is the same.

Of the reactions that do no more than wake; that for spot interruptions has a test of its own.
"""

from functools import cache
from random import Random

import pytest

from tests.integration.bedrock_throttling.scenes import SCENE as MODELS
from tests.integration.capacity_alarm.scenes import SCENE as ALARMS
from tests.integration.launch_failure.scenes import SCENE as LAUNCHES
from tests.integration.waking import End
from tests.integration.waking_orders import ORDERS, Order, Scene, scattered
from tidegate.desk.region.region import Region

SCENES = {scene.function: scene for scene in (ALARMS, LAUNCHES, MODELS)}
EACH = pytest.mark.parametrize("function", SCENES)


@cache
def undisturbed(function: str) -> tuple[Scene, End, tuple[str, ...]]:
    """Return a scene, how it ends, and the calls that its function makes."""
    return (SCENES[function], *SCENES[function].play())


@EACH
def test_killed_right_after_any_of_its_calls_the_next_delivery_finishes_the_same(function: str) -> None:
    scene, end, calls = undisturbed(function)
    assert calls
    for number, call in enumerate(calls, 1):
        died, _ = scene.play(prepare=lambda region, number=number: region.crash_after(number, function))
        assert died == end, f"killed after call {number} of {len(calls)}, {call}"


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
@EACH
def test_however_the_events_come_the_end_is_the_same(function: str, send: Order) -> None:
    scene, end, _ = undisturbed(function)
    assert scene.play(send=send)[0] == end


@pytest.mark.parametrize("seed", range(4))
@EACH
def test_disordered_doubled_and_killed_at_random_the_end_is_the_same(function: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chances, not secrets

    def prepare(region: Region) -> None:
        region.crash_after(random.randrange(1, 5), function)

    scene, end, _ = undisturbed(function)
    assert scene.play(prepare=prepare, send=scattered(random))[0] == end
