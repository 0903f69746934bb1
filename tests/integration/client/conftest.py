"""A fake Bedrock over HTTP, once on time that passes when somebody waits, and once on the real one."""

import time
from collections.abc import Iterator

import pytest

from tests.integration.client.world import Ticks, World
from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.server import serving


@pytest.fixture
def world() -> Iterator[World]:
    ticks = Ticks()
    fake = FakeBedrock(ticks)
    with serving(fake, wait=ticks.wait) as url:
        yield from _closing(World(fake, url, ticks))


@pytest.fixture
def real_time() -> Iterator[World]:
    fake = FakeBedrock(time.time)
    with serving(fake) as url:
        yield from _closing(World(fake, url, Ticks()))


def _closing(world: World) -> Iterator[World]:
    yield world
    for client in world.made:
        client.close()
