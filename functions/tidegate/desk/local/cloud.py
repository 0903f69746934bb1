"""The local cloud as a whole: its two servers and the app deployed in it, brought up and taken down."""

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from tidegate.desk.local.cdk import Cdk, stage_of
from tidegate.desk.local.place import HOST, Place, clean
from tidegate.desk.local.processes import Process
from tidegate.desk.local.remote import RemoteRegion
from tidegate.desk.local.waiting import TooLate, Trouble, say, wait_for

SERVERS: Final = ("ministack", "region")
START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """A local cloud that is up. `outputs` are those of the stage's stack."""

    place: Place
    stage: str
    outputs: Mapping[str, str]

    @property
    def region(self) -> RemoteRegion:
        """The emulated Region in which its fleets stand."""
        return RemoteRegion(self.place.region_port)


def up(project: Path, place: Place, *, stage: str | None, speed: float) -> Cloud:
    """Bring it up, unless it is; raises Trouble, with nothing left running."""
    if cloud := running(place.folder):
        say("the local cloud is up already")
        return cloud
    cdk = Cdk(project, place, stage_of(project, stage))
    down(place.folder)  # whatever an earlier attempt has left half-way
    _need_ports(place)
    place.folder.mkdir(parents=True, exist_ok=True)
    try:
        _start(project, place, speed)
        cdk.bootstrap()
        cloud = Cloud(place, cdk.stage, cdk.deploy())
    except BaseException:  # Ctrl-C too: whoever gives up halfway is left with nothing to clean up
        down(place.folder)
        raise
    _note(cloud)
    return cloud


def down(folder: Path) -> bool:
    """Take down what runs, and wait until it is gone; return whether there was anything."""
    _notes(folder).unlink(missing_ok=True)
    stopped = [Process(folder, name).stop() for name in SERVERS]
    return any(stopped)


def running(folder: Path) -> Cloud | None:
    """Return the cloud of a folder if both its servers run and the app was deployed."""
    try:
        said = json.loads(_notes(folder).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not all(Process(folder, name).pid() for name in SERVERS):
        return None
    return Cloud(Place(folder, said["cloud_port"], said["region_port"]), said["stage"], said["outputs"])


def redeploy(project: Path, cloud: Cloud) -> Cloud:
    """Deploy the app of today into a cloud that is up."""
    deployed = Cloud(cloud.place, cloud.stage, Cdk(project, cloud.place, cloud.stage).deploy())
    _note(deployed)
    return deployed


def _start(project: Path, place: Place, speed: float) -> None:
    say(f"starting ministack on {place.cloud_url} and the emulated Region on {place.region_url}")
    python = project / ".local" / "venv" / "bin" / "python"
    if not python.exists():
        raise Trouble("ministack is not installed: make local and make e2e put it into .local/venv")
    scratch = place.folder / "tmp"
    scratch.mkdir(exist_ok=True)
    # Functions inherit all of this: it is how they find the Region without a word about it in the app.
    serving = {"BIND_HOST": HOST, "MINISTACK_HOST": HOST, "GATEWAY_PORT": str(place.cloud_port), "TMPDIR": str(scratch)}
    ministack, region = (Process(place.folder, name) for name in SERVERS)
    ministack.start([str(python), "-P", "-m", "ministack"], clean(os.environ) | place.function_variables() | serving)
    server = [sys.executable, "-P", "-m", "tidegate.desk.local.server"]
    region.start([*server, "--port", str(place.region_port), "--speed", str(speed)], clean(os.environ))
    _wait_until_up(ministack, lambda: _answers(f"{place.cloud_url}/_ministack/health"))
    _wait_until_up(region, RemoteRegion(place.region_port).is_up)


def _wait_until_up(process: Process, is_up: Callable[[], bool]) -> None:
    def ended_or_up() -> bool:
        return process.pid() is None or is_up()

    try:
        wait_for(ended_or_up, START_SECONDS, f"{process.name} does not answer")
    except TooLate as error:
        raise Trouble(f"{error}; try again on an idler machine. {process.tail()}") from None
    if process.pid() is None:
        raise Trouble(f"{process.name} has ended by itself: mend what its log names, and try again. {process.tail()}")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - an address of our own making
            return answer.status == HTTPStatus.OK
    except OSError:
        return False


def _need_ports(place: Place) -> None:
    for option, port in (("PORT", place.cloud_port), ("REGION_PORT", place.region_port)):
        with socket.socket() as probe:
            # As servers bind: a connection that was closed a moment ago is no reason to refuse.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise Trouble(f"port {port} is taken: make local {option}=NUMBER takes another") from None


def _note(cloud: Cloud) -> None:
    place = cloud.place
    said = {"cloud_port": place.cloud_port, "region_port": place.region_port, "stage": cloud.stage}
    _notes(place.folder).write_text(json.dumps(said | {"outputs": dict(cloud.outputs)}), encoding="utf-8")


def _notes(folder: Path) -> Path:
    return folder / "cloud.json"
