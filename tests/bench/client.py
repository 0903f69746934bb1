"""What following routes adds to a call, beside plain boto3 and LiteLLM's Router, and how soon a throttle is passed.

The added cost is far below what a network varies by, so it is measured without one: botocore's `before-send` answers,
for a client that follows routes and for one that doesn't, in turns.
"""

import os
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise, permutations
from typing import Any, Final

from tests.bench.figure import Figure
from tests.integration.client.world import DUBLIN, HOME, PROFILE, ROUTES, Stage, Ticks, World, converse, published
from tests.unit.client.scripted import Network, bedrock
from tidegate.client import attach
from tidegate.client.clock import REAL
from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.server import serving
from tidegate.desk.bedrock.trouble import TOO_MANY_REQUESTS

ROUNDS: Final = 3000
CALLS: Final = 150
STEPS: Final = 100
MICRO: Final = 1e6
MILLI: Final = 1e3
ASKED: Final[list[dict[str, Any]]] = [{"role": "user", "content": [{"text": "When is high tide?"}]}]


def measure() -> Iterator[Figure]:
    """Measure the added cost, the same call three ways, the calls to SSM, and the step down."""
    stage = Stage(document=published(*ROUTES))
    yield Figure("client, added to a call", _added(stage), "microseconds, median", bound=100)
    yield Figure(f"client, reads of the document in {ROUNDS:,} calls", stage.reads, "calls to SSM", bound=1)
    yield from _three_ways()
    yield Figure("client, step down: throttle to next attempt", _step_down(), "ms, longest", bound=50)


def _added(stage: Stage) -> float:
    """Return by how much the median of calls that follow routes is above that of calls that don't."""
    # Its time stands still, so that all calls are within the age of one document.
    plain, following = bedrock(Network({})), _following(stage)
    alone: list[float] = []
    led: list[float] = []
    for _ in range(ROUNDS):
        alone.append(_seconds(lambda: plain.converse(modelId=HOME.id, messages=ASKED)))
        led.append(_seconds(lambda: following.converse(modelId="tidegate:chat", messages=ASKED)))
    # The first calls pay for what is made once: the client of SSM, connections, caches.
    return (statistics.median(led[100:]) - statistics.median(alone[100:])) * MICRO


def _three_ways() -> Iterator[Figure]:
    fake = FakeBedrock(time.time)
    with serving(fake) as url:
        world = World(fake, url, Ticks())
        plain, following, router = world.plain(), world.client(clock=REAL), _router(url)
        ways: dict[str, Callable[[], object]] = {
            "plain boto3": lambda: plain.converse(modelId=HOME.id, messages=ASKED),
            "client, same local endpoint": lambda: following.converse(modelId="tidegate:chat", messages=ASKED),
            "LiteLLM's Router": lambda: router.completion(
                model="chat", messages=[{"role": "user", "content": "When is high tide?"}]
            ),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(CALLS):
            # None of them always comes after the same other one, whose garbage it would collect.
            for name in list(permutations(ways))[turn % 6]:
                taken[name].append(_seconds(ways[name]))
        for name, seconds in taken.items():
            yield Figure(f"converse: {name}", statistics.median(seconds[10:]) * MILLI, "ms, median")
        _close(world)


def _router(url: str) -> Any:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from litellm.router import Router
    return Router(
        model_list=[
            {
                "model_name": "chat",
                "litellm_params": {
                    "model": f"bedrock/converse/{one.id}",
                    "aws_region_name": one.region,
                    "aws_access_key_id": "x",
                    "aws_secret_access_key": "y",  # the fake looks at the Region alone
                    "aws_bedrock_runtime_endpoint": url,
                },
            }
            for one in (HOME, DUBLIN, PROFILE)
        ]
    )


def _step_down() -> float:
    """Return the longest time between a request that was throttled and the next one, as the server saw them arrive."""
    fake = FakeBedrock(time.time)
    with serving(fake) as url:
        world = World(fake, url, Ticks())
        client = world.client(clock=REAL)
        converse(client)
        fake.script(TOO_MANY_REQUESTS, region=HOME.region, model=HOME.id)
        for _ in range(STEPS):
            converse(client)
        _close(world)
    pairs = pairwise(fake.called())
    return max(later.at - one.at for one, later in pairs if one.outcome != "ok") * MILLI


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _following(stage: Stage) -> Any:
    session: Any = stage
    return attach(bedrock(Network({})), stage="prod", session=session, clock=Ticks().clock)


def _close(world: World) -> None:
    for client in world.made:
        client.close()
