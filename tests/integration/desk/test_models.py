"""The commands on models, in front of the emulated Region and on a machine of one's own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.desk.machine import locally, project
from tests.integration.desk.model_scenes import HOLD, STAGE, policy, tell
from tests.integration.desk.stage import said, tidegate
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.region.region import Region


@pytest.fixture
def stage() -> Iterator[Region]:
    """A stage whose model has been looked at."""
    with Region(loop=True, policy=policy()) as region:
        region.run(70)
        yield region


def the_model(region: Region) -> dict[str, Any]:
    """Return what `tidegate models` says of the only one."""
    (model,) = said(region, "models", *STAGE)["models"]
    return model


def standing(told: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["standing"] for one in told["routes"]}


def test_models_tell_which_route_goes_first_and_what_is_published(stage: Region) -> None:
    told = the_model(stage)
    assert (told["name"], told["first"], told["boundary"][0]) == ("chat", "home", "us-east-1")
    assert told["document"]["routes"] == ["home", "ohio", "us"]
    assert told["document"]["home"] == "home"
    assert set(standing(told).values()) == {"answers"}
    assert told["decision"]["id"].startswith("model/chat@")
    page = tidegate(stage, "models", *STAGE).stdout
    for part in ("chat  goes by home", "holds for", "us-east-1, us-east-2", "last decision"):
        assert part in page
    assert max(map(len, page.splitlines())) <= 132


def test_a_throttled_route_is_told_with_its_proof_and_when_it_is_tried_again(stage: Region) -> None:
    tell(stage, "home")
    stage.run(10)
    told = the_model(stage)
    assert (told["first"], told["document"]["routes"]) == ("ohio", ["ohio", "us", "home"])
    home = next(one for one in told["routes"] if one["name"] == "home")
    assert (home["standing"], home["shown"], home["published"]) == ("throttled", True, True)
    assert home["since"] < home["until"]
    assert any("set no maxTokens" in one for one in told["advice"])
    page = tidegate(stage, "models", *STAGE).stdout
    for part in ("throttled; tried again in", "advice", "stepped down", "service-quotas"):
        assert part in page
    stage.run(HOLD + 70)
    assert the_model(stage)["first"] == "home"


def test_in_the_mode_observe_a_throttled_route_keeps_its_place_and_is_told_all_the_same() -> None:
    with Region(loop=True, policy=policy(), mode="observe") as region:
        region.run(70)
        tell(region, "home")
        region.run(10)
        told = the_model(region)
        assert (told["first"], standing(told)["home"]) == ("home", "throttled")
        assert "throttled, and keeps its place" in tidegate(region, "models", *STAGE).stdout


def test_the_status_has_a_line_for_each_model(stage: Region) -> None:
    tell(stage, "home")
    stage.run(10)
    (model,) = said(stage, "status", *STAGE)["models"]
    assert (model["first"], model["decision"]) == ("ohio", None)
    page = tidegate(stage, "status", *STAGE).stdout
    assert "goes by ohio" in page
    assert "home (throttled)" in page


def test_routes_stand_in_the_published_order_and_those_left_out_with_the_reason(stage: Region) -> None:
    tell(stage, "ohio", "denied")
    stage.run(10)
    told = said(stage, "routes", "chat", *STAGE)
    assert [(one["name"], one["source"], one["max_context"]) for one in told["routes"]] == [
        ("home", "us-east-1", 200_000),
        ("us", "us-east-1", None),
    ]
    assert told["routes"][1]["regions"] == ["us-east-1", "us-east-2", "us-west-2"]
    out = {one["name"]: one["why"] for one in told["left_out"]}
    assert "nobody knows where it processes data" in out["world"]
    assert "it processes data in eu-west-1 too" in out["ireland"]
    assert out["ohio"].startswith("broken (")
    page = tidegate(stage, "routes", "chat", *STAGE).stdout
    for part in ("us-east-1, us-east-2, us-west-2", "left out", "broken (", CLAUDE):
        assert part in page


def test_what_is_published_and_of_no_use_is_told_as_such(stage: Region) -> None:
    stage.client("ssm").put_parameter(Name="/tidegate/drill/routes/chat", Value="{", Type="String", Overwrite=True)
    told = the_model(stage)
    assert (told["first"], told["document"]) == (None, None)
    assert told["trouble"].startswith("no JSON")
    assert "of no use: no JSON" in tidegate(stage, "models", *STAGE).stdout
    assert "no route is published" in tidegate(stage, "routes", "chat", *STAGE).stdout


def test_the_journal_and_explain_take_a_model_by_its_name(stage: Region) -> None:
    tell(stage, "home")
    stage.run(10)
    told = said(stage, "journal", "model/chat")
    assert (told["model"], told["incidents"]) == ("chat", [])
    listed = told["decisions"]
    assert {one["model"] for one in listed} == {"chat"}
    for one in listed:
        assert one in said(stage, "explain", one["id"])["decisions"]
    down = next(one for one in listed if one["code"] == "stepped_down")
    page = " ".join(tidegate(stage, "explain", down["id"]).stdout.split())
    for part in ("advice: 7 of 7 throttled requests set no maxTokens", "publish ohio, us, home (epoch", "outside:"):
        assert part in page
    assert "model chat" in tidegate(stage, "journal", "model/chat").stdout


REFUSED = {
    "a model that is none": (["routes", "chta", *STAGE], "has no model chta: there is chat; did you mean chat?"),
    "the journal of one": (["journal", "model/chta", *STAGE], "has no model chta"),
    "a decision that is none": (
        ["explain", "model/chat@2026-03-02T08:00:00.000Z"],
        "no decision model/chat@2026-03-02T08:00:00.000Z in the journal",
    ),
}


@pytest.mark.parametrize(("arguments", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_model_is_one_line_with_what_to_do(stage: Region, arguments: list[str], why: str) -> None:
    done = tidegate(stage, *arguments)
    (line,) = done.stderr.splitlines()
    assert why in line
    assert (done.exit_code, done.stdout) == (2, "")


def test_litellm_gets_the_routes_inside_of_the_boundary_in_their_order(stage: Region) -> None:
    told = said(stage, "routes", "chat", "--litellm", *STAGE)["model_list"]
    assert [one["litellm_params"] for one in told] == [
        {"model": f"bedrock/{CLAUDE}", "aws_region_name": "us-east-1", "order": 1},
        {"model": f"bedrock/{CLAUDE}", "aws_region_name": "us-east-2", "order": 2},
        {"model": f"bedrock/us.{CLAUDE}", "aws_region_name": "us-east-1", "order": 3},
    ]
    assert {one["model_name"] for one in told} == {"chat"}


LOCAL_POLICY = """
[stage.dev]
[model.chat]
residency = "anywhere"
[[model.chat.route]]
name = "ollama"
kind = "openai-compatible"
id = "llama3.2:1b"
endpoint = "http://127.0.0.1:11434/v1"
stages = ["local"]
[[model.chat.route]]
name = "far"
kind = "bedrock"
id = "amazon.nova-lite-v1:0"
stages = ["local"]
[model.other]
residency = "EU"
[[model.other.route]]
name = "home"
kind = "bedrock"
id = "amazon.nova-lite-v1:0"
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[None]:
    """A machine without an account, in a project with a local model."""
    with project(tmp_path, LOCAL_POLICY):
        yield


@pytest.mark.usefixtures("machine")
def test_a_local_model_needs_no_account_and_tells_what_it_leaves_out() -> None:
    (model,) = json.loads(locally("models", "--json").stdout)["models"]
    assert (model["name"], model["first"], model["boundary"]) == ("chat", "ollama", None)
    told = json.loads(locally("routes", "chat", "--json").stdout)
    assert [one["name"] for one in told["routes"]] == ["ollama"]
    assert "say `region` of the route, or AWS_REGION" in told["left_out"][0]["why"]
    assert "chat  goes by ollama" in locally("models").stdout
    assert "http://127.0.0.1:11434/v1" in locally("routes", "chat").stdout


@pytest.mark.usefixtures("machine")
def test_a_model_without_a_local_route_is_refused_with_what_to_write() -> None:
    done = locally("routes", "other")
    (line,) = done.stderr.splitlines()
    assert 'give a route of [model.other] stages = ["local"]' in line
    assert done.exit_code == 2


@pytest.mark.usefixtures("machine")
def test_local_routes_go_to_litellm_too() -> None:
    lines = locally("routes", "chat", "--litellm").stdout.splitlines()
    assert lines[1:] == [
        "model_list:",
        '  - model_name: "chat"',
        "    litellm_params:",
        '      model: "openai/llama3.2:1b"',
        '      api_base: "http://127.0.0.1:11434/v1"',
        '      api_key: "none"',
        "      order: 1",
        "    model_info:",
        '      id: "chat/ollama"',
    ]
