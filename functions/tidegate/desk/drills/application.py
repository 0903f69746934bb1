"""An application in the emulated Region: a few processes that ask a model through `tidegate.client`, as any would."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tidegate.client.attaching import attach
from tidegate.client.clock import Clock
from tidegate.client.errors import NoRoute
from tidegate.desk.region.app import STAGE
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region

MAX_TOKENS: Final = 400
"""What its requests allow an answer to be long."""

PROMPT: Final = "How high will the tide be at noon? " * 30

_BESIDE_SECONDS: Final = 0.05
"""Until a report is sent that the client sends beside its caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call and what came of it; `t` in seconds since the Region began."""

    t: float
    route: str
    """Name of the route that answered; empty if none did."""

    epoch: int
    failed: tuple[str, ...]
    """Names of the routes that failed it before, in order."""

    error: str = ""


class Application:
    """Some processes, each with a client of its own, which take turns."""

    def __init__(self, region: Region, model: str, *, processes: int, seed: int) -> None:
        self._region: Final = region
        self._model: Final = f"tidegate:{model}"
        self._clients: Final = [self._client(Random(f"{seed}/{number}")) for number in range(processes)]  # noqa: S311 - it is to be repeatable
        self._turn = 0
        self.asked: Final[list[Asked]] = []

    def ask(self, times: int) -> None:
        """Ask so many questions now. It takes none of the Region's time: processes don't wait for each other."""
        for _ in range(times):
            self._turn = (self._turn + 1) % len(self._clients)
            self.asked.append(self._ask(self._clients[self._turn]))

    def _ask(self, client: Any) -> Asked:
        t = self._region.world.now()
        said = [{"role": "user", "content": [{"text": PROMPT}]}]
        try:
            answer = client.converse(modelId=self._model, messages=said, inferenceConfig={"maxTokens": MAX_TOKENS})
        except (BotoCoreError, ClientError, NoRoute) as error:
            return Asked(t=t, route="", epoch=0, failed=(), error=str(error))
        note = answer["ResponseMetadata"]["Tidegate"]
        failed = tuple(one["route"] for one in note["failed"])
        return Asked(t=t, route=note["route"], epoch=note["epoch"], failed=failed)

    def _client(self, chance: Random) -> Any:
        world = self._region.world
        clock = Clock(
            now=time.time,
            ticks=world.now,
            pause=world.advance,
            chance=chance.random,
            beside=lambda job: world.after(_BESIDE_SECONDS, job),
        )
        made = _session().client("bedrock-runtime", REGION)
        return attach(made, stage=STAGE, region=REGION, session=_session(), clock=clock)


@cache
def _session() -> Any:
    """Return the session of all processes: it reads service models once, and credentials each Region takes."""
    return boto3.Session("testing", "testing", "testing", REGION)


def by_minute(asked: list[Asked], route: str, minutes: int) -> Iterator[tuple[float, float]]:
    """Yield (beginning, calls that a route answered) of each minute."""
    counts = [0] * minutes
    for each in asked:
        if each.route == route:
            counts[min(minutes - 1, int(each.t // 60))] += 1
    yield from ((60.0 * minute, float(count)) for minute, count in enumerate(counts))
