"""What a `[profile.NAME.mix]` table may say: what is wrong is told in one line, and a window may last over midnight."""

import json
from typing import Any

import pytest

from tidegate.policy.errors import PolicyError
from tidegate.policy.mix import Mix
from tidegate.policy.profile import Profile
from tidegate.policy.read import dump, parse

PRICES = {"g5.xlarge": 1.006}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt mode": ({"mode": "tent"}, 'mode = "tent": allowed is "tend", "leave"; did you mean "tend"?'),
    "a time beyond its range": (
        {"fallback_after_seconds": 7201},
        "fallback_after_seconds = 7201: allowed is a whole number from 0 to 7200",
    ),
    "a share that is a truth value": (
        {"floor_limit_percent": True},
        "floor_limit_percent = true: allowed is a whole number from 0 to 100",
    ),
    "fewer machines than none": (
        {"max_on_demand": -1},
        "max_on_demand = -1: allowed is a whole number of units, 0 or more",
    ),
    "half a machine": ({"max_on_demand": 1.5}, "max_on_demand = 1.5: allowed is a whole number of units, 0 or more"),
    "a limit without a price": (
        {"max_usd_per_hour": 5},
        (
            "max_usd_per_hour = 5: allowed is a limit only together with usd_per_hour, the prices of the group's "
            "instance types"
        ),
    ),
    "a limit below nothing": (
        {"max_usd_per_hour": -5, "usd_per_hour": PRICES},
        "max_usd_per_hour = -5: allowed is a number, 0 or more",
    ),
    "a price of nothing": (
        {"usd_per_hour": {"g5.xlarge": 0}},
        (
            "usd_per_hour = {'g5.xlarge': 0}: allowed is prices above 0 by instance type, such as "
            '{ "g5.xlarge" = 1.006 }'
        ),
    ),
    "a price alone": (
        {"usd_per_hour": 1.006},
        'usd_per_hour = 1.006: allowed is prices above 0 by instance type, such as { "g5.xlarge" = 1.006 }',
    ),
    "a window that is none": (
        {"return_window": "at night"},
        'return_window = "at night": allowed is two times of the day in UTC, such as "22:00-06:00"',
    ),
    "a window of no length": (
        {"return_window": "06:00-06:00"},
        'return_window = "06:00-06:00": allowed is two times of the day in UTC, such as "22:00-06:00"',
    ),
    "a window after the day's end": (
        {"return_window": "22:00-24:30"},
        'return_window = "22:00-24:30": allowed is two times of the day in UTC, such as "22:00-06:00"',
    ),
    "a window that is a number": (
        {"return_window": 22},
        'return_window = 22: allowed is two times of the day in UTC, such as "22:00-06:00"',
    ),
}


@pytest.mark.parametrize(("table", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_one_line(table: dict[str, Any], line: str) -> None:
    with pytest.raises(PolicyError) as raised:
        parse({"stage": {"dev": {}}, "profile": {"chat": {"mix": table}}}, where="tidegate.toml")
    assert str(raised.value) == f"tidegate.toml: profile.chat.mix.{line}"


@pytest.mark.parametrize(
    ("window", "minute", "returns"),
    [
        ("00:00-24:00", 0, True),
        ("00:00-24:00", 1439, True),
        ("22:00-06:00", 22 * 60 - 1, False),
        ("22:00-06:00", 22 * 60, True),
        ("22:00-06:00", 0, True),
        ("22:00-06:00", 6 * 60 - 1, True),
        ("22:00-06:00", 6 * 60, False),
        ("09:30-10:00", 9 * 60 + 29, False),
        ("09:30-10:00", 9 * 60 + 30, True),
        ("09:30-10:00", 10 * 60, False),
    ],
)
def test_machines_go_back_inside_the_window_alone(window: str, minute: int, returns: bool) -> None:
    assert Mix(return_window=window).returns_at(minute) is returns


def test_what_travels_in_the_asset_is_what_was_configured() -> None:
    table: dict[str, Any] = {
        "max_on_demand": 3,
        "max_usd_per_hour": 4.5,
        "usd_per_hour": PRICES,
        "return_window": "22:00-06:00",
    }
    policy = parse({"stage": {"dev": {}}, "profile": {"chat": {"mix": table}}}, where="tidegate.toml")
    assert policy.profiles == {"chat": Profile(mix=Mix(**table))}
    assert parse(json.loads(dump(policy, "dev")), where="policy.json") == policy
