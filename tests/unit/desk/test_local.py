"""What the commands of the local cloud say before they start anything; and where they point an SDK."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.desk.local.cdk import stage_of
from tidegate.desk.local.place import Place, clean
from tidegate.desk.local.waiting import Trouble

ROOT = Path(__file__).parents[3]


def local(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("tidegate")), "local", *arguments]
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["interrupt"], ["mode", "act"], ["deploy"]])
def test_without_a_cloud_one_line_says_how_to_get_one(arguments: list[str], tmp_path: Path) -> None:
    done = local(*arguments, "--folder", str(tmp_path / "nothing"))

    assert (done.stdout, done.stderr, done.returncode) == ("", "tidegate: the local cloud is not up: make local\n", 1)


def test_taking_down_what_is_not_there_is_harmless(tmp_path: Path) -> None:
    done = local("down", "--folder", str(tmp_path))

    assert (done.stderr, done.returncode) == ("tidegate: there is no local cloud to take down\n", 0)


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = local("up", "--folder", str(tmp_path), "--port", str(port))

    assert done.stderr == f"tidegate: port {port} is taken: make local PORT=NUMBER takes another\n"
    assert done.returncode == 1


def test_it_deploys_a_checkout_and_nothing_else(tmp_path: Path) -> None:
    done = local("up", folder=tmp_path)

    assert done.stderr.startswith("tidegate: there is no cdk.json here:")
    assert done.returncode == 1


def test_everything_is_on_the_loopback_interface_and_each_service_at_its_address() -> None:
    place = Place(Path("work"), 4566, 5566)

    assert place.variables()["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert place.variables()["AWS_ENDPOINT_URL_AUTO_SCALING"] == "http://127.0.0.1:5566"
    assert place.function_variables()["AWS_ENDPOINT_URL_CLOUDWATCH"] == "http://127.0.0.1:5566"
    assert "AWS_ENDPOINT_URL_CLOUDWATCH" not in place.variables()


def test_nothing_of_a_persons_account_reaches_the_cloud() -> None:
    mine = {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "https://mine", "MOTO_PORT": "1", "PATH": "/bin"}

    assert clean(mine) == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("policy", "wanted", "stage"),
    [
        ("[stage.dev]\n[stage.live]", None, "dev"),
        ("[stage.dev]\n[stage.live]", "live", "live"),
        ('[stage.dev]\naccount = "000000000000"\nregion = "us-east-1"', None, "dev"),
    ],
)
def test_the_first_stage_is_deployed_unless_one_is_named(
    policy: str, wanted: str | None, stage: str, tmp_path: Path
) -> None:
    (tmp_path / "tidegate.toml").write_text(policy)

    assert stage_of(tmp_path, wanted) == stage


@pytest.mark.parametrize(
    ("policy", "wanted", "why"),
    [
        ("[stage.dev]", "live", "there is no stage 'live' in tidegate.toml: only dev"),
        ('[stage.dev]\naccount = "123456789012"', None, "stage dev is bound to an account or Region of its own"),
        ('[stage.dev]\nregion = "eu-central-1"', None, "stage dev is bound to an account or Region of its own"),
    ],
)
def test_a_stage_of_another_place_is_refused(policy: str, wanted: str | None, why: str, tmp_path: Path) -> None:
    (tmp_path / "tidegate.toml").write_text(policy)

    with pytest.raises(Trouble, match=why):
        stage_of(tmp_path, wanted)
