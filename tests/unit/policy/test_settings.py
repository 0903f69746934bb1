"""What the comments of `tidegate.toml` call a default is one: with all of them taken in, the policy stays as it is."""

import re
import tomllib
from dataclasses import asdict, fields
from pathlib import Path

from tidegate.policy.mix import Mix
from tidegate.policy.model import Model
from tidegate.policy.profile import Profile
from tidegate.policy.read import Policy, parse
from tidegate.policy.route import Route
from tidegate.policy.signal import Signal
from tidegate.policy.size import Size
from tidegate.policy.stage import Stage

TEXT = (Path(__file__).parents[3] / "tidegate.toml").read_text(encoding="utf-8")
SETTING = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)


def taken_in() -> Policy:
    """Return the policy with every setting that is commented out, but for those whose default is none."""
    table = tomllib.loads(SETTING.sub("", TEXT))
    for key in ("account", "region"):
        del table["stage"]["dev"][key]
    del table["profile"]["default"]["drain_seconds"]
    for key in ("max_on_demand", "max_usd_per_hour", "usd_per_hour"):
        del table["profile"]["default"]["mix"][key]
    return parse(table, where="tidegate.toml")


def test_every_setting_is_there_with_its_default() -> None:
    found = taken_in()
    profile = found.profiles["default"]
    assert found.stages["dev"] == Stage()
    assert (profile.release, profile.rebalance, profile.size) == (Profile().release, Profile().rebalance, Size())
    assert profile.mix == Mix()
    assert profile.signal["cpu"] == Profile().signal["cpu"]
    assert profile.signal["mine"] == Signal(alarm="my-alarm-of-{group}", target=10)
    assert found.models["chat"] == parse(tomllib.loads(TEXT), where="tidegate.toml").models["chat"]
    home, europe, own = found.models["support"].routes
    assert home.latency == Route(name="home", kind="bedrock", id="acme.some-model").latency
    assert (europe.kind, own.secret) == ("bedrock-profile", "secretsmanager:llm/key")


def test_no_setting_is_left_out() -> None:
    parts = (Stage, Profile, Size, Mix, Signal, Model, Route)
    keys = {one.name for part in parts for one in fields(part)} - {"size", "mix", "signal", "routes"}
    assert [key for key in sorted(keys) if not re.search(rf"^(# )?{key} = ", TEXT, re.MULTILINE)] == []


def test_as_it_is_no_stage_that_is_deployed_has_a_model_and_this_machine_has_one() -> None:
    policy = parse(tomllib.loads(TEXT), where="tidegate.toml")
    assert policy.models_at("dev") == {}
    assert policy.models_at("local").keys() == {"chat"}


def test_without_them_the_policy_is_the_same() -> None:
    assert asdict(parse(tomllib.loads(TEXT), where="tidegate.toml").profiles["default"]) == asdict(Profile())
