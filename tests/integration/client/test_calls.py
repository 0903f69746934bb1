import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from tests.integration.client.world import (
    DUBLIN,
    GLOBAL,
    HOME,
    NOVA_HOME,
    OHIO,
    PROFILE,
    ROUTES,
    Stage,
    World,
    converse,
    eventually,
    published,
    route_of,
)
from tidegate.client import NoRoute, deadline
from tidegate.client.clock import REAL
from tidegate.client.happened import Happened, Refreshed
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.bedrock.quota import Quota
from tidegate.desk.bedrock.trouble import (
    CUT,
    DENIED,
    INVALID,
    NOT_READY,
    TOO_MANY_PER_DAY,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    Trouble,
    slow,
)

INSIDE = [(one.region, one.id) for one in (HOME, DUBLIN, PROFILE)]


def everywhere(world: World, trouble: Trouble) -> None:
    """Let all routes inside of the boundary fail."""
    for region, model in INSIDE:
        world.fake.script(trouble, region=region, model=model)


def test_all_four_operations_go_to_the_first_route(world: World) -> None:
    client = world.client()
    body = json.dumps({"anthropic_version": "x", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
    answers = [
        converse(client),
        client.converse_stream(modelId="tidegate:chat", messages=[{"role": "user", "content": [{"text": "hi"}]}]),
        client.invoke_model(modelId="tidegate:chat", body=body),
        client.invoke_model_with_response_stream(modelId="tidegate:chat", body=body),
    ]
    assert list(answers[1]["stream"])
    assert json.loads(answers[2]["body"].read())["content"]
    assert list(answers[3]["body"])
    assert [route_of(one) for one in answers] == ["home"] * 4
    assert {one.operation for one in world.fake.called(HOME.region, CLAUDE)} == {
        "Converse",
        "ConverseStream",
        "InvokeModel",
        "InvokeModelWithResponseStream",
    }


@pytest.mark.parametrize("trouble", [TOO_MANY_REQUESTS, TOO_MANY_PER_DAY, UNAVAILABLE, NOT_READY, DENIED, INVALID, CUT])
def test_whatever_ails_the_first_route_another_source_region_answers(world: World, trouble: Trouble) -> None:
    world.fake.script(trouble, region=HOME.region, model=HOME.id)
    assert route_of(converse(world.client())) == "dublin"
    assert [region for region, _ in world.called] == ["eu-central-1", "eu-west-1"]


def test_a_quota_that_is_used_up_moves_the_calls_beyond_it(world: World) -> None:
    world.fake.limit("eu-central-1", CLAUDE, Quota(requests_per_minute=2))
    client = world.client()
    assert [route_of(converse(client)) for _ in range(4)] == ["home", "home", "dublin", "dublin"]


def test_a_profile_has_a_quota_of_its_own_and_answers_when_both_regions_are_throttled(world: World) -> None:
    for one in (HOME, DUBLIN):
        world.fake.script(TOO_MANY_REQUESTS, region=one.region, model=one.id)
    assert route_of(converse(world.client())) == "profile"


def test_residency_holds_even_when_a_route_outside_is_the_last_one_left(world: World) -> None:
    everywhere(world, TOO_MANY_REQUESTS)
    client = world.client()
    with pytest.raises(client.exceptions.ThrottlingException):
        converse(client)
    assert not world.fake.called(OHIO.region)
    assert not world.fake.called(model=GLOBAL.id)
    world.stage.document = published(OHIO, GLOBAL, epoch=2, home="ohio")
    world.ticks.wait(20)
    with pytest.raises(NoRoute, match="no route that is one of bedrock, bedrock-profile, bedrock-provisioned is insid"):
        converse(client)
    assert not world.fake.called(OHIO.region)
    assert not world.fake.called(model=GLOBAL.id)


def test_a_route_that_hangs_is_left_when_the_client_stops_waiting(real_time: World) -> None:
    real_time.fake.script(slow(5), region=HOME.region)
    client = real_time.client(clock=REAL, config={"read_timeout": 0.2})
    assert route_of(converse(client)) == "dublin"


def test_the_deadline_ends_a_call_to_a_route_that_hangs_and_blames_nobody(real_time: World) -> None:
    everywhere(real_time, slow(5))
    client = real_time.client(clock=REAL)
    with deadline(0.3), pytest.raises(Exception, match="Read timeout"):
        converse(client)
    assert real_time.stage.reports == []


def test_fifty_threads_share_a_client_and_each_call_is_answered_inside(world: World) -> None:
    world.fake.limit("eu-central-1", CLAUDE, Quota(requests_per_minute=40))
    world.fake.limit("eu-west-1", CLAUDE, Quota(requests_per_minute=40))
    client = world.client()

    def ask(_: int) -> str:
        return route_of(converse(client))

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(200)))
    assert len(answers) == 200
    assert {name: answers.count(name) for name in ("home", "dublin")} == {"home": 40, "dublin": 40}
    assert answers.count("profile") == 120
    assert world.stage.reads == 1


def test_reports_are_few_however_many_calls_were_throttled(world: World) -> None:
    world.fake.script(TOO_MANY_REQUESTS, region=HOME.region, model=HOME.id)
    client = world.client()
    for _ in range(5):
        converse(client, inferenceConfig={"maxTokens": 300})
    assert eventually(lambda: world.stage.reports == [("home", "throttled", 1)])
    world.ticks.wait(20)
    converse(client)
    assert eventually(lambda: len(world.stage.reports) > 1)
    assert sum(count for *_, count in world.stage.reports) in (5, 6)
    first = json.loads(world.stage.entries[0]["Detail"])
    assert first == {
        "version": 1,
        "stage": "prod",
        "model": "chat",
        "route": "home",
        "epoch": 1,
        "failure": "throttled",
        "count": 1,
        "withoutMaxTokens": 0,
        "maxTokens": 300,
    }


def test_a_route_is_reported_broken_only_after_another_answered_the_same_request(world: World) -> None:
    client = world.client()
    world.fake.script(INVALID)
    with pytest.raises(client.exceptions.ValidationException):
        converse(client)
    assert len(world.called) == 2
    assert world.stage.reports == []
    world.fake.forgive()
    world.fake.script(DENIED, region=HOME.region)
    assert route_of(converse(client)) == "dublin"
    assert eventually(lambda: world.stage.reports == [("home", "denied", 1)])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EndpointConnectionError(endpoint_url="https://x"), []),
        (ConnectTimeoutError(endpoint_url="https://x"), []),
        (SSLError(endpoint_url="https://x", error=OSError("expired")), []),
        (ProxyConnectionError(proxy_url="http://p"), []),
        (ConnectionClosedError(endpoint_url="https://x"), []),
        (ReadTimeoutError(endpoint_url="https://x"), [("home", "unavailable", 1)]),
    ],
)
def test_what_keeps_the_process_from_reaching_a_route_leads_on_and_is_not_told(
    world: World, error: Exception, told: list[tuple[str, str, int]]
) -> None:
    def broken(request: Any, **_: object) -> None:
        if not asked:
            asked.append(request)
            raise error

    asked: list[Any] = []
    client = world.client(clock=world.ticks.prompt)
    client.meta.events.register("before-send.bedrock-runtime", broken)
    assert route_of(converse(client)) == "dublin"
    assert world.stage.reports == told


def test_a_model_that_is_being_loaded_is_no_throttle_and_nothing_is_told(world: World) -> None:
    world.fake.script(NOT_READY, region=HOME.region, model=HOME.id)
    assert route_of(converse(world.client())) == "dublin"
    assert world.stage.reports == []


def test_the_only_route_is_asked_again_after_a_pause_and_answers_when_its_minute_is_over(world: World) -> None:
    world.stage.document = published(HOME)
    world.fake.script(TOO_MANY_REQUESTS, seconds=1)
    answer = converse(world.client())
    assert [one["failure"] for one in answer["ResponseMetadata"]["Tidegate"]["failed"]] == ["throttled"] * 2


def test_a_client_for_each_request_reads_and_reports_no_more_than_one_does(world: World) -> None:
    world.fake.script(TOO_MANY_REQUESTS, region=HOME.region, model=HOME.id)
    clock, told = world.ticks.clock, list[Happened]()
    for _ in range(5):
        converse(world.client(clock=clock, on_event=told.append))
    assert world.stage.reads == 1
    assert [type(one) for one in told].count(Refreshed) == 1
    assert eventually(lambda: world.stage.reports == [("home", "throttled", 1)])
    converse(world.client(clock=clock, region="eu-west-1"))
    converse(world.client(clock=clock, session=Stage()))
    assert world.stage.reads == 2


def test_reading_the_document_takes_no_longer_than_the_call_has(world: World) -> None:
    waited: list[float] = []

    def silent(request: Any, **_: object) -> None:
        waited.append(request.context["read_timeout"])
        raise ReadTimeoutError(endpoint_url="https://ssm")

    session: Any = boto3.Session("key", "secret")
    session.events.register("before-send.ssm", silent)
    client = world.client(session=session)
    with deadline(0.5, ticks=world.ticks), pytest.raises(NoRoute, match="read by ssm:GetParameter"):
        converse(client)
    assert waited == [pytest.approx(0.5, abs=0.01)]


def test_within_its_age_a_document_is_read_once_and_then_again(world: World) -> None:
    client = world.client()
    for _ in range(30):
        converse(client)
        world.ticks.wait(0.4)
    assert world.stage.reads == 1
    world.ticks.wait(6)
    converse(client)
    assert world.stage.reads == 2


def test_while_the_parameter_cannot_be_read_the_known_routes_hold_on_until_they_expire(world: World) -> None:
    client = world.client()
    converse(client)
    world.stage.fails = "down"
    for _ in range(20):
        world.ticks.wait(20)
        assert route_of(converse(client)) == "home"
    assert world.stage.reads < 12
    world.ticks.wait(3600)
    world.fake.script(TOO_MANY_REQUESTS, region=HOME.region, calls=1)
    answer = converse(client)
    assert route_of(answer) == "home"
    assert answer["ResponseMetadata"]["Tidegate"]["failed"] == [{"route": "home", "failure": "throttled"}]


def test_an_older_epoch_is_refused_and_so_is_another_models_document(world: World) -> None:
    world.stage.document = published(DUBLIN, HOME, epoch=5)
    client = world.client()
    assert route_of(converse(client)) == "dublin"
    for wrong in (published(HOME, epoch=4), replace(published(HOME, epoch=9), model="embed"), "no JSON"):
        world.stage.document = wrong
        world.ticks.wait(200)
        assert route_of(converse(client)) == "dublin"
    world.stage.document = published(HOME, epoch=6)
    world.ticks.wait(200)
    assert route_of(converse(client)) == "home"


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (
            "AccessDeniedException",
            "/tidegate/prod/routes/chat in eu-central-1 is not for this role: allow it ssm:GetPar",
        ),
        (
            "ParameterNotFound",
            r"no parameter /tidegate/prod/routes/chat in eu-central-1: deploy stage prod with \[model",
        ),
        ("down", "parameter /tidegate/prod/routes/chat in eu-central-1, read by ssm:GetParameter: Could not connect"),
    ],
)
def test_without_any_document_the_error_names_parameter_region_and_what_is_missing(
    world: World, fails: str, says: str
) -> None:
    world.stage.fails = fails
    client = world.client()
    for _ in range(20):
        with pytest.raises(NoRoute, match=says):
            converse(client)
    assert world.stage.reads == 1
    world.stage.fails = ""
    world.ticks.wait(3)
    assert route_of(converse(client)) == "home"


def test_another_provider_in_the_document_is_passed_over_by_boto3(world: World) -> None:
    ollama = replace(HOME, name="ollama", kind="openai-compatible", region="", endpoint="http://127.0.0.1:1/v1")
    world.stage.document = published(ollama, NOVA_HOME, *ROUTES)
    assert route_of(converse(world.client())) == "nova"
