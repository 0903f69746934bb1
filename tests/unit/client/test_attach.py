from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.unit.client.documents import candidate, clock, document
from tests.unit.client.scripted import DENIED, INVALID, THROTTLED, Network, attached, bedrock, converse, session
from tidegate.client import NoRoute, attach, chat, deadline, detach
from tidegate.client.happened import Answered, GaveUp, Happened, SteppedDown
from tidegate.client.store import Fixed
from tidegate.policy.document import Candidate

HOME = candidate("home")
DUBLIN = candidate("dublin", region="eu-west-1", regions=("eu-west-1",))
PROFILE = candidate("profile", kind="bedrock-profile", id="eu.acme.x-v1:0", regions=("eu-central-1", "eu-west-1"))
OHIO = candidate("ohio", region="us-east-2", regions=("us-east-2",))
DOCUMENT = document(HOME, DUBLIN, PROFILE, OHIO)
CUT = EndpointConnectionError(endpoint_url="https://x")
NOW = clock(lambda: 0.0)


def test_a_call_goes_to_the_first_route_and_the_answer_says_so() -> None:
    network = Network({})
    answer = converse(attached(network, DOCUMENT, NOW))
    assert network.models == [HOME.id]
    assert answer["ResponseMetadata"]["Tidegate"] == {"model": "chat", "route": "home", "epoch": 7, "failed": []}


def test_a_throttle_leads_to_another_region_which_the_request_is_signed_for() -> None:
    network = Network({HOME.id: [THROTTLED]})
    answer = converse(attached(network, DOCUMENT, NOW))
    assert network.models == [HOME.id, DUBLIN.id]
    assert network.asked[1].url.startswith("https://bedrock-runtime.eu-west-1.amazonaws.com/")
    assert b"/eu-west-1/bedrock/aws4_request" in network.asked[1].headers["Authorization"]
    assert answer["ResponseMetadata"]["Tidegate"]["failed"] == [{"route": "home", "failure": "throttled"}]


def test_a_call_of_any_other_model_is_left_alone() -> None:
    network = Network({"acme.other": [THROTTLED]})
    client = attach(bedrock(network, Config(retries={"total_max_attempts": 1})), source=Fixed({}), clock=NOW)
    with pytest.raises(client.exceptions.ThrottlingException) as caught:
        client.converse(modelId="acme.other", messages=[])
    assert network.models == ["acme.other"]
    assert "Tidegate" not in caught.value.response["ResponseMetadata"]


def test_when_no_route_is_left_the_error_is_the_services_own_and_nothing_outside_was_called() -> None:
    paused: list[float] = []
    network = Network({one.id: [THROTTLED] for one in DOCUMENT.routes})
    client = attached(network, DOCUMENT, clock(lambda: 0.0, paused))
    with pytest.raises(client.exceptions.ThrottlingException) as caught:
        converse(client)
    assert OHIO.id not in network.models
    assert network.models[:4] == [HOME.id, DUBLIN.id, PROFILE.id, HOME.id]
    assert paused == [0.25, 0.5, 1.0, 2.0]
    assert len(caught.value.response["ResponseMetadata"]["Tidegate"]["failed"]) == 7


@pytest.mark.filterwarnings("ignore:tidegate. this client's retry mode")
@pytest.mark.parametrize("mode", ["standard", "adaptive", "legacy"])
def test_botocores_own_retries_never_ask_a_route_again(mode: Any) -> None:
    network = Network({HOME.id: [THROTTLED], DUBLIN.id: [(503, "ServiceUnavailableException", "")]})
    client = bedrock(network, Config(retries={"mode": mode, "total_max_attempts": 3}))
    converse(attach(client, source=Fixed({"chat": DOCUMENT}), clock=NOW))
    assert network.models == [HOME.id, DUBLIN.id, PROFILE.id]


def test_a_client_that_one_throttle_slows_on_all_routes_is_warned_of() -> None:
    client = bedrock(Network({}), Config(retries={"mode": "adaptive"}))
    with pytest.warns(UserWarning, match=r'retry mode is adaptive.*set Config\(retries=\{"mode": "standard"\}\)'):
        attach(client, source=Fixed({}), clock=NOW)


PRIVATE = "https://vpce-0a1b-x.bedrock-runtime.eu-central-1.vpce.amazonaws.com"
PROXY = "https://proxy.example.com/bedrock"


@pytest.mark.parametrize(
    ("endpoint", "every", "asked"),
    [
        (PRIVATE, False, [HOME, PROFILE]),
        (PROXY, False, [HOME, PROFILE]),
        ("http://10.0.0.7:8080", False, [HOME, PROFILE]),
        (PROXY, True, [HOME, DUBLIN]),
        ("http://127.0.0.1:4566", False, [HOME, DUBLIN]),
        ("http://[::1]:4566", False, [HOME, DUBLIN]),
        ("http://bedrock.localhost:4566", False, [HOME, DUBLIN]),
        ("https://bedrock-runtime-fips.eu-central-1.amazonaws.com", False, [HOME, DUBLIN]),
    ],
)
def test_through_an_endpoint_of_one_region_only_routes_there_are_called(
    endpoint: str, every: bool, asked: list[Candidate]
) -> None:
    network = Network({HOME.id: [THROTTLED]})
    client = bedrock(network, endpoint=endpoint)
    converse(attach(client, source=Fixed({"chat": DOCUMENT}), clock=NOW, every_region=every))
    assert network.models == [one.id for one in asked]


@pytest.mark.parametrize("endpoint", [PRIVATE, PROXY])
def test_through_an_endpoint_of_one_region_without_a_route_there_nothing_is_called(endpoint: str) -> None:
    network, source = Network({}), Fixed({"chat": document(DUBLIN, until=1e12)})
    client = attach(bedrock(network, endpoint=endpoint), source=source, clock=NOW)
    with pytest.raises(NoRoute, match="its routes are in other Regions than eu-central-1"):
        converse(client)
    with pytest.raises(NoRoute, match="its routes are in other Regions than eu-central-1"):
        chat("chat", "hi", client=client, source=source)
    assert network.models == []


def test_a_connection_that_cannot_be_made_leads_on() -> None:
    network = Network({HOME.id: [CUT]})
    converse(attached(network, DOCUMENT, NOW))
    assert network.models == [HOME.id, DUBLIN.id]


def test_a_request_that_two_routes_refuse_alike_is_the_callers_own() -> None:
    network = Network({HOME.id: [INVALID], DUBLIN.id: [INVALID]})
    client = attached(network, DOCUMENT, NOW)
    with pytest.raises(client.exceptions.ValidationException, match="tool use"):
        converse(client)
    assert network.models == [HOME.id, DUBLIN.id]


def test_a_throttle_is_what_the_caller_sees_when_the_route_tried_in_its_place_refuses() -> None:
    network = Network({HOME.id: [THROTTLED], DUBLIN.id: [DENIED]})
    seconds = iter([0.0, 0.0, 0.0, 0.1, 0.1, 0.1])
    client = attached(network, document(HOME, DUBLIN), clock(lambda: next(seconds, 100.0)), deadline_seconds=0.2)
    with pytest.raises(client.exceptions.ThrottlingException):
        converse(client)


def test_what_nobody_knows_is_raised_as_it_is() -> None:
    network = Network({HOME.id: [(402, "PaymentRequired", "no")]})
    client = attached(network, DOCUMENT, NOW)
    with pytest.raises(ClientError, match="PaymentRequired"):
        converse(client)
    assert network.models == [HOME.id]


def test_the_deadline_of_the_caller_bounds_the_call_and_each_attempt() -> None:
    at = 0.0
    network = Network({one.id: [THROTTLED] for one in DOCUMENT.routes})

    def later(request: Any, **_: object) -> None:
        nonlocal at
        at += 0.4

    client = attached(network, DOCUMENT, clock(lambda: at))
    client.meta.events.register_first("before-send", later)
    with deadline(1, ticks=lambda: at), pytest.raises(client.exceptions.ThrottlingException):
        converse(client)
    assert network.models == [HOME.id, DUBLIN.id, PROFILE.id]
    assert [round(one.context["read_timeout"], 1) for one in network.asked] == [0.2] * 3


def test_after_expiry_the_home_route_is_called_and_without_one_there_is_an_error_that_says_so() -> None:
    network, late = Network({}), clock(lambda: 9999.0)
    converse(attached(network, document(DUBLIN, HOME, home="home"), late))
    assert network.models == [HOME.id]
    with pytest.raises(NoRoute, match="its routes were good until"):
        converse(attached(network, document(DUBLIN, home=""), late))
    assert network.models == [HOME.id]


def test_the_applications_own_boundary_narrows() -> None:
    network = Network({})
    client = bedrock(network)
    converse(attach(client, source=Fixed({"chat": DOCUMENT}), residency=("eu-west-1",), clock=NOW))
    assert network.models == [DUBLIN.id]


def test_a_body_is_sent_only_to_routes_of_its_family_also_when_it_is_a_file() -> None:
    network = Network({HOME.id: [THROTTLED]})
    other = candidate("other", id="globex.x-v1:0")
    client = attached(network, document(HOME, other, DUBLIN), NOW)
    client.invoke_model(modelId="tidegate:chat", body=b'{"prompt": "hi"}')
    assert network.models == [HOME.id, DUBLIN.id]
    assert [one.body for one in network.asked] == [b'{"prompt": "hi"}'] * 2


def test_a_long_prompt_goes_past_a_route_that_is_too_small() -> None:
    network = Network({})
    small = candidate("small", max_context=1000)
    converse(attached(network, document(small, HOME), NOW), "x" * 8000)
    assert network.models == [HOME.id]


def test_the_hook_for_metrics_is_told_and_its_own_errors_break_nothing() -> None:
    told: list[Happened] = []

    def broken(what: Happened) -> None:
        told.append(what)
        raise RuntimeError

    network = Network({HOME.id: [THROTTLED], DUBLIN.id: [INVALID], PROFILE.id: [None, INVALID]})
    client = attached(network, DOCUMENT, NOW, on_event=broken)
    converse(client)
    assert [type(one) for one in told] == [SteppedDown, SteppedDown, Answered]
    with pytest.raises(client.exceptions.ValidationException):
        converse(client)
    assert isinstance(told[-1], GaveUp)


def test_a_second_attach_replaces_the_first_and_detach_leaves_the_client_as_it_was() -> None:
    network = Network({})
    client = attached(network, document(HOME), NOW)
    attach(client, source=Fixed({"chat": document(DUBLIN)}), clock=NOW)
    converse(client)
    assert network.models == [DUBLIN.id]
    detach(client)
    converse(client)
    assert network.models[1] == "tidegate:chat"


@pytest.mark.parametrize("anew", [True, False])
def test_a_call_under_way_is_finished_by_what_it_began_with_when_the_client_is_attached_anew_or_detached(
    anew: bool,
) -> None:
    told: list[Happened] = []
    network = Network({HOME.id: [THROTTLED]})
    client = attached(network, document(HOME, DUBLIN), NOW, on_event=told.append)

    def meanwhile(request: Any, **_: object) -> None:
        detach(client)
        if anew:
            attach(client, source=Fixed({"chat": document(OHIO, boundary=None, epoch=9)}), clock=NOW)

    client.meta.events.register_first("before-send", meanwhile)
    note = converse(client)["ResponseMetadata"]["Tidegate"]
    assert (note["route"], note["epoch"], network.models) == ("dublin", 7, [HOME.id, DUBLIN.id])
    assert [type(one) for one in told] == [SteppedDown, Answered]


def test_a_boundary_of_the_application_is_never_widened_by_attaching_again_or_by_chat() -> None:
    network, source = Network({}), Fixed({"chat": document(HOME, DUBLIN, until=1e12)})
    client = attach(bedrock(network), source=source, residency=("eu-west-1",), clock=NOW)
    for wider in (None, "EU", ("eu-west-1", "eu-central-1")):
        for widen in (attach, partial(chat, "chat", "hi", client=client)):
            with pytest.raises(ValueError, match="beyond eu-west-1, which this client was attached with: allowed are"):
                widen(*((client,) if widen is attach else ()), source=source, residency=wider)
    assert network.models == []
    chat("chat", "hi", client=client, source=source, residency=("eu-west-1",))
    converse(client)
    assert network.models == [DUBLIN.id] * 2


def test_chat_leaves_a_client_to_what_it_is_attached_for() -> None:
    network = Network({})
    client = attached(network, document(HOME), NOW)
    assert chat("chat", "hi", client=client, source=Fixed({"chat": document(DUBLIN, until=1e12)})).route == "dublin"
    converse(client)
    assert network.models == [DUBLIN.id, HOME.id]


def test_threads_that_attach_one_client_leave_one_set_of_hooks() -> None:
    network = Network({HOME.id: [THROTTLED], DUBLIN.id: [THROTTLED], PROFILE.id: [None]})
    client = bedrock(network)

    def again(_: int) -> None:
        attach(client, source=Fixed({"chat": DOCUMENT}), clock=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(again, range(40)))
    converse(client)
    assert network.models == [HOME.id, DUBLIN.id, PROFILE.id]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: attach(bedrock(Network({}))), r'stage: needed is one of tidegate\.toml, as stage="prod"'),
        (lambda: attach(bedrock(Network({})), stage="prod", residency="Mars"), "residency = 'Mars': allowed are"),
        (lambda: attach(session().client("sts", "eu-west-1")), "client of sts: allowed is one of bedrock-runtime"),
    ],
)
def test_what_cannot_be_followed_is_refused_at_once(
    make: Callable[[], object], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIDEGATE_STAGE", raising=False)
    with pytest.raises(ValueError, match=says):
        make()
