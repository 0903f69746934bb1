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
STRETCH: Final = 300
CALLS: Final = 150
STEPS: Final = 100
MICRO: Final = 1e6
MILLI: Final = 1e3
ASKED: Final[list[dict[str, Any]]] = [{"role": "user", "content": [{"text": "When is high tide?"}]}]


def measure() -> Iterator[Figure]:
    """Measure the added cost, the same call three ways, the calls to SSM, and the step down."""
    stage = Stage(document=published(*ROUTES))
    yield Figure("client, added to a call", _added(stage), "microseconds of CPU, lowest of 10 medians", bound=100)
    yield Figure(f"client, reads of the document in {ROUNDS:,} calls", stage.reads, "calls to SSM", bound=1)
    with warnings.catch_warnings():
        # LiteLLM's, at its import and at its first call.
        warnings.simplefilter("ignore")
        yield from list(_three_ways())
    steps = _steps_down()
    yield Figure("client, throttle to next attempt", statistics.quantiles(steps, n=20)[-1], "ms, 95 of 100", bound=50)
    yield Figure("client, throttle to next attempt, longest", max(steps), "ms")


def _added(stage: Stage) -> float:
    """Return by how much the median of calls that follow routes is above that of the others, in the best stretch."""
    # Its time stands still, so that all calls are within the age of one document.
    plain, following = bedrock(Network({})), _following(stage)
    alone: list[float] = []
    led: list[float] = []
    for _ in range(ROUNDS):
        # Of this thread alone: what else a machine does is no part of the cost.
        alone.append(_seconds(lambda: plain.converse(modelId=HOME.id, messages=ASKED), clock=time.thread_time))
        led.append(
            _seconds(lambda: following.converse(modelId="tidegate:chat", messages=ASKED), clock=time.thread_time)
        )
    # A busy machine makes everything dearer for a while, so each stretch is compared with itself.
    starts = range(0, ROUNDS, STRETCH)
    return (
        min(statistics.median(led[n : n + STRETCH]) - statistics.median(alone[n : n + STRETCH]) for n in starts) * MICRO
    )


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


def _steps_down() -> list[float]:
    """Return the milliseconds between a request that was throttled and the next one, as the server saw them arrive."""
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
    return [(later.at - one.at) * MILLI for one, later in pairs if one.outcome != "ok"]


def _seconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


def _following(stage: Stage) -> Any:
    session: Any = stage
    return attach(bedrock(Network({})), stage="prod", session=session, clock=Ticks().clock)


def _close(world: World) -> None:
    for client in world.made:
        client.close()
