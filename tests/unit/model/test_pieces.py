"""The smaller rules about models: what may be taken, what is worth telling, what fits, whom the sweep wakes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.model_sights import EU_PROFILE, HOME, MODEL, NOW, sight, told, with_routes
from tidegate.model.advice import advice
from tidegate.model.eligible import Rejected, eligible, on_demand_at_home
from tidegate.model.ladder import fitting
from tidegate.model.memory import Destinations, Memory
from tidegate.model.remembered import memory_values, read_memory
from tidegate.model.standing import Track
from tidegate.model.sweep import digest, wanted
from tidegate.policy.document import LONGEST, Candidate, Document, dump
from tidegate.policy.route import Route

OWN = Route(name="own", kind="openai-compatible", id="llama", endpoint="http://10.0.0.1:8000/v1")
THROTTLED = {"home": Track(standing="throttled", until=NOW + 60)}


@pytest.mark.parametrize(
    ("route", "why"),
    [
        (OWN, "own is outside of the boundary: nobody knows where it processes data"),
        (
            replace(OWN, regions=("us-east-1", "eu-west-1")),
            "own is outside of the boundary: it processes data in us-east-1 too",
        ),
        (replace(OWN, regions=("eu-west-1",), latency="batch"), "own is batch, the model interactive"),
        (
            Route(name="p", kind="bedrock-profile", id="eu.acme.some-model", regions=EU_PROFILE),
            "p is outside of the boundary: nobody knows where it processes data",
        ),
        (
            Route(name="r", kind="bedrock", id="acme.some-model", region="eu-west-2"),
            "r is outside of the boundary: it processes data in eu-west-2 too",
        ),
    ],
)
def test_a_route_that_may_not_be_taken_says_why(route: Route, why: str) -> None:
    (found,) = eligible(with_routes(route), HOME, {})
    assert isinstance(found, Rejected)
    assert found.why == why


def test_a_model_without_a_boundary_takes_routes_that_do_not_say_where_they_process() -> None:
    (found,) = eligible(with_routes(OWN, residency="anywhere"), HOME, {})
    assert isinstance(found, Candidate)


def test_what_a_policy_says_of_a_profile_adds_to_what_bedrock_says_and_never_makes_up_for_it() -> None:
    route = Route(name="p", kind="bedrock-profile", id="eu.acme.some-model", regions=("eu-west-2",))
    (found,) = eligible(with_routes(route), HOME, {"p": EU_PROFILE})
    assert isinstance(found, Rejected)


def test_only_plain_on_demand_in_the_stages_own_region_is_left_for_when_nobody_says_any_more() -> None:
    routes = [one for one in eligible(MODEL, "eu-west-1", {"europe": EU_PROFILE}) if isinstance(one, Candidate)]
    assert on_demand_at_home(routes, "eu-west-1") == "home"
    assert on_demand_at_home(routes[2:], "eu-west-1") == ""


@pytest.mark.parametrize(
    ("reports", "told_first"),
    [
        (
            (told(count=10, without_max_tokens=8),),
            (
                "8 of 10 throttled requests set no maxTokens: each reserves the model's longest answer when it starts;"
                " set it to what is needed, which costs nothing"
            ),
        ),
        (
            (told(count=10, max_tokens=4096, output_tokens=300),),
            (
                "throttled requests reserve up to 4096 tokens for their answers and get 300: a smaller maxTokens costs"
                " nothing"
            ),
        ),
    ],
)
def test_the_free_remedy_is_told_first(reports: Any, told_first: str) -> None:
    assert advice(MODEL, sight(reports=reports), THROTTLED)[0] == told_first


def test_a_limit_near_to_what_is_needed_is_no_advice() -> None:
    found = advice(MODEL, sight(reports=(told(max_tokens=400, output_tokens=300),)), THROTTLED)
    assert [one.partition(":")[0] for one in found] == ["more for home"]


def test_more_quota_is_asked_for_by_a_command_that_can_be_pasted() -> None:
    coded = with_routes(replace(MODEL.routes[0], quota_code="L-254CACF4"))
    assert advice(coded, sight(), THROTTLED) == (
        (
            "more for home: aws service-quotas request-service-quota-increase --service-code bedrock"
            " --quota-code L-254CACF4 --region eu-central-1 --desired-value TOKENS_PER_MINUTE"
        ),
    )
    assert "aws service-quotas list-service-quotas" in advice(MODEL, sight(), THROTTLED)[0]


def test_without_a_throttled_route_there_is_no_advice() -> None:
    assert advice(MODEL, sight(reports=(told(),)), {"home": Track(standing="unavailable")}) == ()


def test_a_document_that_is_too_large_loses_its_last_routes_but_never_the_one_at_home() -> None:
    long = [
        Candidate(name=f"r{n}", kind="bedrock", id=f"acme.{'x' * 400}", regions=(HOME,), region=HOME) for n in range(12)
    ]
    made = Document(
        stage="dev", model="chat", epoch=1, issued=0, until=1, boundary=None, routes=tuple(long), home=long[-1].name
    )
    cut = fitting(made)
    assert len(dump(cut).encode()) <= LONGEST
    assert cut.routes[-1] == long[-1]
    assert cut.routes[:-1] == tuple(long[: len(cut.routes) - 1])


def test_the_sweep_wakes_all_models_once_the_policy_has_others() -> None:
    models = {"chat": MODEL, "embed": MODEL}
    assert wanted(models, [], "", lambda _: False).keys() == models.keys()
    assert wanted(models, [], digest(models), lambda _: False) == {}
    assert wanted(models, ["embed", "gone"], digest(models), lambda _: False).keys() == {"embed"}
    assert wanted(models, [], digest(models), lambda name: name == "chat").keys() == {"chat"}


def test_what_a_model_remembers_is_read_back() -> None:
    memory = Memory(
        code="stepped_down",
        tracks={
            "home": Track(standing="throttled", since=1.5, proved=2, until=3, strikes=4, returned=5, why="because")
        },
        down=("home",),
        epoch=1_780_000_000,
        profiles={"europe": Destinations(regions=EU_PROFILE, at=NOW)},
    )
    values = memory_values(memory, target="model/chat")
    assert values["open"] == "model/chat"
    assert read_memory(values) == memory
    assert read_memory({"version": 1}) == Memory()
