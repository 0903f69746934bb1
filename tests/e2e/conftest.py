"""One local cloud for all scenarios, on free ports and in a folder of its own; taken down whatever happens."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cloud import E2ECloud
from tests.e2e.models import MODEL
from tidegate.desk.local import cloud as clouds
from tidegate.desk.local.place import HOST, Place

ROOT = Path(__file__).parents[2]
BROUGHT = ("app.py", "cdk.json", "node_modules", ".local")
"""What the CDK CLI and the cloud need of the checkout, beside a tidegate.toml."""

SPEED = 10.0
"""Seconds of the Region in a real one: a machine boots in 4.5 s. Functions, queues and events run in real time."""


@pytest.fixture(scope="session")
def _cloud(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[E2ECloud]:
    place, project = Place(tmp_path_factory.mktemp("cloud"), *_free_ports(2)), _project(tmp_path_factory.mktemp("app"))
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    try:
        with capture.global_and_fixture_disabled():  # half a minute in silence looks like the end
            cloud = clouds.up(project, place, stage=None, speed=SPEED)
        yield E2ECloud(project, cloud)
    finally:
        clouds.down(place.folder)


@pytest.fixture
def cloud(_cloud: E2ECloud) -> E2ECloud:
    """The cloud, free to act, for one scenario: each builds a fleet of its own."""
    _cloud.set_mode(mode="act", kill_switch="off")
    return _cloud


def _project(folder: Path) -> Path:
    """Make the checkout's own project again, with a policy that has a model: an app without one has less to prove."""
    for name in BROUGHT:
        (folder / name).symlink_to(ROOT / name)
    said = (ROOT / "tidegate.toml").read_text(encoding="utf-8")
    (folder / "tidegate.toml").write_text(f"{said}\n{MODEL}", encoding="utf-8")
    return folder


def _free_ports(number: int) -> list[int]:
    """Never the default ones: `make local` may be up."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
