"""What a person may say of models and their routes, and the one line that comes back for anything else."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.errors import PolicyError
from tidegate.policy.model import Model
from tidegate.policy.read import dump, parse
from tidegate.policy.residency import ANYWHERE, SETS, boundary, inside
from tidegate.policy.route import Route

HAIKU: Final = "anthropic.claude-3-haiku-20240307-v1:0"
HOME: Final[dict[str, Any]] = {"name": "home", "kind": "bedrock", "id": HAIKU}
OWN: Final[dict[str, Any]] = {
    "name": "own",
    "kind": "openai-compatible",
    "id": "llama",
    "endpoint": "http://10.0.0.1/v1",
}
ARN: Final = "arn:aws:bedrock:eu-west-1:123456789012:"


def policy(*routes: Mapping[str, Any], **settings: Any) -> dict[str, Any]:
    return {"stage": {"dev": {}}, "model": {"chat": {"residency": "EU", "route": list(routes) or [HOME], **settings}}}


RIGHT: Mapping[str, dict[str, Any]] = {
    "a model": HOME,
    "a model in another Region": HOME | {"region": "eu-west-1"},
    "a custom model's deployment": HOME | {"id": f"{ARN}custom-model-deployment/abc123", "region": "eu-west-1"},
    "a profile": HOME | {"kind": "bedrock-profile", "id": f"eu.{HAIKU}"},
    "a profile of one's own": HOME
    | {"kind": "bedrock-profile", "id": f"{ARN}application-inference-profile/abc", "region": "eu-west-1"},
    "provisioned throughput": HOME
    | {"kind": "bedrock-provisioned", "id": f"{ARN}provisioned-model/abc", "region": "eu-west-1"},
    "a fleet's own endpoint": OWN | {"regions": ["eu-central-1"]},
    "Ollama on this machine": OWN | {"id": "llama3.2:1b", "endpoint": "http://127.0.0.1:11434/v1", "stages": ["local"]},
    "a provider with a key": {
        "name": "openai",
        "kind": "openai",
        "id": "gpt-4o-mini",
        "endpoint": "https://eu.api.openai.com/v1",
        "regions": "EU",
        "secret": "secretsmanager:openai/key",
    },
    "everything at once": HOME
    | {
        "max_context": 200_000,
        "latency": "realtime",
        "usd_per_million": {"input": 0.25, "output": 1.25},
        "quota_code": "L-254CACF4",
        "family": "anthropic",
    },
}


@pytest.mark.parametrize("route", RIGHT.values(), ids=RIGHT)
def test_what_is_right_travels_in_the_asset_and_comes_back_the_same(route: dict[str, Any]) -> None:
    read = parse(policy(HOME | {"name": "first"}, route | {"stages": []}), where="tidegate.toml")
    assert parse(json.loads(dump(read, "dev")), where="policy.json").models == read.models


ALL_KINDS: Final = (
    '"bedrock", "bedrock-profile", "bedrock-provisioned", "openai-compatible", "openai", "azure-openai", "anthropic",'
    ' "groq"'
)
ARNS: Final = (
    "a model's id, or the ARN of one of foundation-model, custom-model-deployment, imported-model, inference-profile,"
    " application-inference-profile, provisioned-model"
)
WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "no boundary": (
        {"stage": {"dev": {}}, "model": {"chat": {"route": [HOME]}}},
        'model.chat.residency: needed; "EU", "US", Regions such as ["eu-central-1"], or "anywhere"',
    ),
    "a boundary that is none": (
        policy(residency="Europe"),
        'model.chat.residency = "Europe": allowed is Regions such as ["eu-central-1"], "EU" or "US", or "anywhere"',
    ),
    "no routes": (
        {"stage": {"dev": {}}, "model": {"chat": {"residency": "EU"}}},
        "model.chat.route: 1 to 12 are needed, the preferred first; there are 0",
    ),
    "a table where an array of tables belongs": (
        {"stage": {"dev": {}}, "model": {"chat": {"residency": "EU", "route": HOME}}},
        f'model.chat.route = {HOME!r}: allowed is tables with a name each, "[[model.chat.route]]"',
    ),
    "a route without an id": (
        policy({"name": "home", "kind": "bedrock"}),
        "model.chat.route.home.id: needed; a route has a name, a kind and an id",
    ),
    "a route without a name": (
        policy({"kind": "bedrock", "id": HAIKU}),
        "model.chat.route[1].name: needed; a route has a name, a kind and an id",
    ),
    "a kind that nobody knows": (
        policy(HOME | {"kind": "bedrok"}),
        f'model.chat.route.home.kind = "bedrok": allowed is {ALL_KINDS}; did you mean "bedrock"?',
    ),
    "a misspelt key": (
        policy(HOME | {"regoin": "eu-west-1"}),
        (
            'model.chat.route.home.regoin = "eu-west-1": unknown key, allowed is "name", "kind", "id", "region",'
            ' "regions", "latency", "max_context", "usd_per_million", "endpoint",'
            ' "secret", "stages", "quota_code", "family"; did you'
            ' mean "region"?'
        ),
    ),
    "two routes of one name": (
        policy(HOME, HOME),
        'model.chat.route.name = "home": allowed is a name that no other route of the model has',
    ),
    "a profile that passes for a model": (
        policy(HOME | {"id": f"eu.{HAIKU}"}),
        f'model.chat.route.home.kind = "bedrock": eu.{HAIKU} asks for "bedrock-profile"',
    ),
    "a global profile that passes for a model": (
        policy(HOME | {"id": f"global.{HAIKU}"}),
        f'model.chat.route.home.kind = "bedrock": global.{HAIKU} asks for "bedrock-profile"',
    ),
    "an ARN of another Region": (
        policy(HOME | {"id": f"{ARN}custom-model-deployment/abc", "region": "eu-central-1"}),
        'model.chat.route.home.region = "eu-central-1": allowed is that of the ARN, "eu-west-1"',
    ),
    "a model that would process elsewhere than where it is called": (
        policy(HOME | {"region": "us-east-1", "regions": ["eu-central-1"]}),
        "model.chat.route.home.regions = ['eu-central-1']: allowed is nothing: bedrock processes in its own Region",
    ),
    "Regions that are none": (
        policy(OWN | {"regions": "Europe"}),
        'model.chat.route.own.regions = "Europe": allowed is Regions such as ["eu-central-1"], "EU" or "US"',
    ),
    "an endpoint that is missing": (
        policy({"name": "own", "kind": "openai-compatible", "id": "llama"}),
        "model.chat.route.own.endpoint: routes of kind openai-compatible need one",
    ),
    "OpenAI's own API, said to be in Europe without its host there": (
        policy({"name": "own", "kind": "openai", "id": "gpt", "regions": "EU"}),
        (
            "model.chat.route.own.endpoint: outside of the US, OpenAI processes where the host of a Region is called;"
            " name it"
        ),
    ),
    "Groq, said to be anywhere": (
        policy({"name": "own", "kind": "groq", "id": "llama", "regions": "US"}),
        f"model.chat.route.own.regions = {list(SETS['US'])!r}: allowed is nothing for groq: it pins data to no Region",
    ),
    "a key over an open line": (
        policy(OWN | {"secret": "ssm:/key"}),
        "model.chat.route.own.endpoint: a key goes over https only; name an https address, or leave the secret out",
    ),
    "a password in an address": (
        policy(OWN | {"endpoint": "https://me:pass@host/v1"}),
        (
            'model.chat.route.own.endpoint = "https://me:pass@host/v1": allowed is an address, such as'
            ' "http://127.0.0.1:11434/v1"'
        ),
    ),
    "a prompt router, which chooses by itself": (
        policy(HOME | {"id": f"{ARN}default-prompt-router/anthropic.claude:1", "region": "eu-west-1"}),
        f'model.chat.route.home.id = "{ARN}default-prompt-router/anthropic.claude:1": allowed is {ARNS}',
    ),
    "an ARN that is none": (
        policy(HOME | {"id": "arn:foo"}),
        f'model.chat.route.home.id = "arn:foo": allowed is {ARNS}',
    ),
    "a geography that nobody has heard of": (
        policy(HOME | {"id": "ca.amazon.nova-lite-v1:0"}),
        'model.chat.route.home.kind = "bedrock": ca.amazon.nova-lite-v1:0 asks for "bedrock-profile"',
    ),
    "Anthropic's own API, said to be in Europe": (
        policy({"name": "own", "kind": "anthropic", "id": "claude", "regions": "EU"}),
        (
            f'model.chat.route.own.regions = {list(SETS["EU"])!r}: allowed is Regions of "US", the one boundary of'
            " Anthropic's own API"
        ),
    ),
    "a range that is left": (
        policy(hold_seconds=5),
        "model.chat.hold_seconds = 5: allowed is a whole number from 60 to 3600",
    ),
    "a stage that has no table": (
        policy(HOME | {"stages": ["prod"]}),
        'model.chat.route.home.stages = "prod": allowed is "dev", "local"',
    ),
    "a table for the stage that needs none": (
        {"stage": {"local": {}}},
        "stage.local: the name is kept for a machine without a stack, which needs no table",
    ),
}


@pytest.mark.parametrize(("table", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_one_line(table: dict[str, Any], line: str) -> None:
    with pytest.raises(PolicyError) as raised:
        parse(table, where="tidegate.toml")
    assert str(raised.value) == f"tidegate.toml: {line}"


@pytest.mark.parametrize("key", ["sk-ant-api03-abcdef", "secretsmanager:sk ant"])
def test_a_key_that_stands_where_its_place_belongs_is_never_repeated(key: str) -> None:
    with pytest.raises(PolicyError) as raised:
        parse(policy(OWN | {"secret": key}), where="tidegate.toml")
    assert key not in str(raised.value)


def test_a_stage_has_the_routes_that_name_it_and_those_that_name_none() -> None:
    model = Model(residency="EU", routes=(Route(**HOME), replace(Route(**OWN), stages=("local", "dev"))))
    assert [one.name for one in model.at("dev")] == ["home", "own"]
    assert [one.name for one in model.at("prod")] == ["home"]
    assert [one.name for one in model.at("local")] == ["own"]


def test_a_model_without_a_route_in_a_stage_is_none_there() -> None:
    read = parse(policy(HOME | {"stages": ["local"]}), where="tidegate.toml")
    assert read.models_at("dev") == {}
    assert read.models_at("local").keys() == {"chat"}


REGIONS: Final = st.lists(st.sampled_from([*SETS["EU"], *SETS["US"], "eu-west-2", "eu-central-2"]), unique=True)


@given(REGIONS, st.sampled_from(["EU", "US", ("eu-west-2",)]))
def test_what_is_unknown_or_partly_outside_is_outside(regions: list[str], said: Any) -> None:
    bounds = boundary(said)
    assert bounds is not None
    assert inside(regions, bounds) == (bool(regions) and all(one in bounds for one in regions))
    assert inside(regions, boundary(ANYWHERE))


def test_the_european_union_has_neither_london_nor_zurich() -> None:
    assert not {"eu-west-2", "eu-central-2"} & set(SETS["EU"])
