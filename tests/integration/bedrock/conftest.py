"""A fake Bedrock behind HTTP, on a clock that only moves when a test moves it, and boto3's clients of it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.server import serving

# One for all: it reads the service models once.
SESSION: Any = boto3.Session("key", "secret")


class Clock:
    """Epoch seconds, moved by whoever waits."""

    def __init__(self) -> None:
        self.at = 1_764_000_000.0

    def now(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += seconds


class Bedrock:
    """The fake, its clock, and its clients."""

    def __init__(self, fake: FakeBedrock, clock: Clock, url: str) -> None:
        self.fake = fake
        self.clock = clock
        self.url = url
        self.made: list[Any] = []

    def client(self, region: str = "eu-central-1", service: str = "bedrock-runtime") -> Any:
        """Return a client that tries once, so that a test sees what AWS says."""
        once = Config(retries={"total_max_attempts": 1})
        self.made.append(SESSION.client(service, region, endpoint_url=self.url, config=once))
        return self.made[-1]


@pytest.fixture
def bedrock() -> Iterator[Bedrock]:
    clock = Clock()
    fake = FakeBedrock(clock.now)
    with serving(fake, wait=clock.wait) as url:
        served = Bedrock(fake, clock, url)
        yield served
        for each in served.made:
            each.close()
