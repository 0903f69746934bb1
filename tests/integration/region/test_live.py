"""The emulated Region as its server answers: AWS's calls, its owner's own, and time that passes by itself."""

import json
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from threading import Thread
from time import monotonic
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.local.live import LiveRegion, live_region
from tidegate.desk.local.place import HOST
from tidegate.desk.local.remote import RemoteRegion
from tidegate.desk.local.server import answerer, handler
from tidegate.desk.local.waiting import Trouble
from tidegate.desk.region.clients import Clients

ONCE = Config(retries={"total_max_attempts": 1})


class Clock:
    """Real time, turned by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def move_to(self, t: float) -> None:
        assert t <= self.seconds, "nobody can move real time"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def region(clock: Clock) -> Iterator[LiveRegion]:
    with live_region(clock) as opened:
        yield opened


def ask(region: LiveRegion, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Ask as its owner."""
    status, _, said = answerer(region)(method, f"/tidegate/{path}", {}, json.dumps(body).encode() if body else b"")
    return int(status), json.loads(said)


def call(region: LiveRegion, service: str, operation: str, **parameters: Any) -> tuple[int, str]:
    """Make an AWS call as it arrives over HTTP, signed by boto3."""
    client = Clients()(service)
    answers: list[tuple[int, Any, Any]] = []

    def intercept(request: Any, **_: Any) -> Any:
        headers = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
        }
        answers.append(answerer(region)(request.method, "/", headers, request.body))
        raise InterruptedError

    client.meta.events.register_first("before-send", intercept)
    with pytest.raises(InterruptedError):
        getattr(client, operation)(**parameters)
    status, _, said = answers[0]
    return int(status), str(said)


def spot_of(fleet: dict[str, Any]) -> list[str]:
    return [one["id"] for one in fleet["machines"] if one["market"] == "spot"]


def test_a_fleet_stands_at_once_and_aws_calls_find_it_in_the_local_clouds_account(region: LiveRegion) -> None:
    status, fleet = ask(region, "POST", "fleets", {"name": "chat", "on_demand": 2, "spot": 4})

    assert (status, fleet["size"], len(spot_of(fleet))) == (200, 6, 4)
    assert set(fleet["targets"].values()) == {"healthy"}
    status, said = call(region, "autoscaling", "describe_auto_scaling_groups")
    assert (status, "us-east-1:000000000000:autoScalingGroup" in said) == (200, True)


def test_a_release_boots_its_replacement_as_time_goes_by(region: LiveRegion, clock: Clock) -> None:
    _, fleet = ask(region, "POST", "fleets", {"name": "chat", "on_demand": 1, "spot": 2})
    machine = spot_of(fleet)[0]
    release = {"InstanceIds": [machine], "AutoScalingGroupName": "chat", "ShouldDecrementDesiredCapacity": False}

    assert call(region, "autoscaling", "terminate_instance_in_auto_scaling_group", **release)[0] == 200
    assert region.fleets()["chat"]["size"] == 2
    again = call(region, "autoscaling", "terminate_instance_in_auto_scaling_group", **release)
    assert (again[0], "is in Terminating" in again[1]) == (400, True)
    clock.seconds += 46
    region.beat()

    assert region.fleets()["chat"]["size"] == 3
    assert [one["kind"] for one in ask(region, "GET", "timeline")[1]][:2] == ["released", "draining"]


def test_an_interrupted_machine_is_gone_at_its_deadline(region: LiveRegion, clock: Clock) -> None:
    _, fleet = ask(region, "POST", "fleets", {"name": "chat", "spot": 1})
    (machine,) = spot_of(fleet)

    assert ask(region, "POST", f"interrupt?instance={machine}&after=120")[0] == 200
    clock.seconds += 119
    assert machine in region.fleets()["chat"]["targets"]
    clock.seconds += 2
    assert machine not in region.fleets()["chat"]["targets"]


def test_a_fleet_that_has_run_dry_gets_no_spot_machine_any_more(region: LiveRegion, clock: Clock) -> None:
    _, fleet = ask(region, "POST", "fleets", {"name": "chat", "on_demand": 0, "spot": 2})
    assert ask(region, "POST", "dry-up?fleet=chat") == (200, {"fleet": "chat"})
    call(
        region,
        "autoscaling",
        "terminate_instance_in_auto_scaling_group",
        InstanceId=spot_of(fleet)[0],
        ShouldDecrementDesiredCapacity=False,
    )
    clock.seconds += 300
    assert region.fleets()["chat"]["size"] == 1
    assert "launch-failed" in [one["kind"] for one in ask(region, "GET", "timeline")[1]]


def test_a_held_call_takes_effect_at_once_and_holds_nobody_else(region: LiveRegion) -> None:
    ask(region, "POST", "hold?operation=DescribeAutoScalingGroups&seconds=1")
    began = monotonic()
    waiting = Thread(target=call, args=(region, "autoscaling", "describe_auto_scaling_groups"))
    waiting.start()

    assert ask(region, "GET", "fleets")[0] == 200
    assert monotonic() - began < 1
    waiting.join()
    assert monotonic() - began >= 1


def test_models_answer_at_the_same_address_and_their_owner_grants_quotas_and_makes_trouble(region: LiveRegion) -> None:
    with ThreadingHTTPServer((HOST, 0), handler(region)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        remote = RemoteRegion(server.server_address[1])
        model = f"eu.{CLAUDE}"
        session: Any = boto3.Session("key", "secret")
        address = f"http://{HOST}:{remote.port}"
        client = session.client("bedrock-runtime", "eu-west-1", endpoint_url=address, config=ONCE)

        def code() -> str:
            try:
                client.converse(modelId=model, messages=[{"role": "user", "content": [{"text": "hello"}]}])
            except ClientError as error:
                said: Any = error.response
                return said["Error"]["Code"]
            return "ok"

        came = [code()]
        remote.trouble("unavailable", "eu-west-1", model, seconds=600)
        came.append(code())
        remote.trouble("unavailable", "eu-west-1", model, seconds=0)
        remote.grant("eu-west-1", model, requests_per_minute=1)
        came.append(code())
        with pytest.raises(Trouble, match="allowed is one of requests, tokens"):
            remote.trouble("gremlins", "eu-west-1", model, seconds=1)
        client.close()
        server.shutdown()
    assert came == ["ok", "ServiceUnavailableException", "ThrottlingException"]
    assert [(each.region, each.model, each.outcome) for each in region.bedrock.called()] == [
        ("eu-west-1", model, each) for each in came
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "nowhere", 404, "there is no GET /tidegate/nowhere: only GET /tidegate/fleets,"),
        ("POST", "dry-up", 400, "the query lacks fleet"),
        ("POST", "dry-up?fleet=gone", 400, "there is no group gone"),
        ("POST", "interrupt", 400, "the query lacks instance"),
        ("POST", "interrupt?instance=i-1", 400, "i-1 is no spot machine in service"),
        ("POST", "interrupt?instance=i-1&after=soon", 400, "could not convert string to float"),
        ("POST", "fleets", 400, "Expecting value"),
        ("POST", "bedrock/trouble?region=us-east-1&model=x", 400, "the query lacks trouble"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    region: LiveRegion, method: str, path: str, status: int, error: str
) -> None:
    got, said = ask(region, method, path)

    assert got == status
    assert error in said["error"]


def test_a_service_that_moto_does_not_know_is_a_404(region: LiveRegion) -> None:
    assert answerer(region)("POST", "/", {}, b"")[0] == 404
