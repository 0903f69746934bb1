"""What a profile may say of signals and sizes: a table of tables, and the line that each wrong one ends with."""

import json
from typing import Any

import pytest

from tidegate.policy.errors import PolicyError
from tidegate.policy.profile import Profile
from tidegate.policy.read import dump, parse
from tidegate.policy.signal import Signal


def profile(**body: Any) -> Profile:
    return parse({"stage": {"dev": {}}, "profile": {"chat": body}}, where="tidegate.toml").profiles["chat"]


def test_a_profile_that_says_nothing_keeps_the_cpu_at_seventy_percent() -> None:
    assert profile().signal == {"cpu": Signal(namespace="AWS/EC2", metric="CPUUtilization", target=70)}
    assert profile().size.mode == "tend"


def test_a_signal_that_is_named_replaces_the_default() -> None:
    assert list(profile(signal={"memory": {}}).signal) == ["memory"]


KNOWN: dict[str, tuple[dict[str, Any], Signal]] = {
    "cpu": ({"target": 60}, Signal(namespace="AWS/EC2", metric="CPUUtilization", target=60)),
    "memory": ({}, Signal(namespace="CWAgent", metric="mem_used_percent", target=80)),
    "gpu": ({"period": 10}, Signal(namespace="CWAgent", metric="nvidia_smi_utilization_gpu", target=80, period=10)),
    "gpu-memory": ({"target": 20000}, Signal(namespace="CWAgent", metric="nvidia_smi_memory_used", target=20000)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_name_stands_for_its_metric(name: str) -> None:
    body, signal = KNOWN[name]
    assert profile(signal={name: body}).signal == {name: signal}


def test_any_metric_may_be_a_signal() -> None:
    queue = {"namespace": "vLLM", "metric": "num_requests_waiting", "target": 4, "dimensions": {"Service": "{group}"}}
    (signal,) = profile(signal={"queue": {**queue, "per": "group", "statistic": "Sum"}}).signal.values()
    assert (signal.per, signal.statistic, signal.dimensions) == ("group", "Sum", {"Service": "{group}"})


def test_an_alarm_that_people_have_may_be_a_signal_and_without_a_target_it_only_wakes() -> None:
    found = profile(signal={"latency": {"alarm": "{group}-slow", "target": 2.5}, "all": {"alarm": "anything-wrong"}})
    assert [(one.alarm, one.target) for one in found.signal.values()] == [
        ("{group}-slow", 2.5),
        ("anything-wrong", None),
    ]


def test_what_is_read_back_in_lambda_is_what_was_written_at_synth() -> None:
    table: dict[str, Any] = {
        "stage": {"dev": {}},
        "profile": {"chat": {"signal": {"gpu": {}, "x": {"alarm": "y"}}, "size": {}}},
    }
    policy = parse(table, where="tidegate.toml")
    assert parse(json.loads(dump(policy, "dev")), where="policy.json") == policy


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a target of nothing": ({"signal": {"cpu": {"target": 0}}}, "signal.cpu.target = 0: allowed is a number above 0"),
    "a target that is text": (
        {"signal": {"cpu": {"target": "70"}}},
        'signal.cpu.target = "70": allowed is a number above 0',
    ),
    "a metric without a name": (
        {"signal": {"queue": {"target": 4}}},
        "signal.queue.metric: a namespace and a metric, or the name of an alarm, are needed",
    ),
    "no target": (
        {"signal": {"gpu-memory": {}}},
        "signal.gpu-memory.target: a number is needed, the value that the metric is to be kept at",
    ),
    "alarm and metric": (
        {"signal": {"cpu": {"alarm": "a", "metric": "b"}}},
        'signal.cpu.alarm = "a": allowed is either an alarm or a namespace and a metric, not both',
    ),
    "a period of AWS's own metric below a minute": (
        {"signal": {"cpu": {"period": 10}}},
        "signal.cpu.period = 10: allowed is 60 or more for metrics of AWS itself, such as AWS/EC2",
    ),
    "a period that CloudWatch doesn't know": (
        {"signal": {"memory": {"period": 45}}},
        "signal.memory.period = 45: allowed is one of 10, 20, 30, 60, 120, 180, 240, 300, in seconds",
    ),
    "a misspelt statistic": (
        {"signal": {"cpu": {"statistic": "average"}}},
        'signal.cpu.statistic = "average": allowed is "Average", "Maximum", "Minimum", "Sum"; did you mean "Average"?',
    ),
    "dimensions that are no table": (
        {"signal": {"cpu": {"dimensions": ["a"]}}},
        "signal.cpu.dimensions = ['a']: allowed is names and values, such as { Service = \"{group}\" }",
    ),
    "a misspelt key of a signal": (
        {"signal": {"cpu": {"targt": 70}}},
        (
            'signal.cpu.targt = 70: unknown key, allowed is "target", "namespace", "metric", "dimensions", '
            '"statistic", "period", "per", "alarm"; did you mean "target"?'
        ),
    ),
    "a signal that is no table": (
        {"signal": {"cpu": 70}},
        'signal.cpu = 70: allowed is a table, such as "[profile.chat.signal.default]"',
    ),
    "signals that are no tables": (
        {"signal": ["cpu"]},
        "signal = ['cpu']: allowed is tables with a name each, such as \"[profile.chat.signal.default]\"",
    ),
    "no signal at all": ({"signal": {}}, 'signal = {}: allowed is one signal at least, or size.mode = "leave"'),
    "a size that is no table": ({"size": 3}, 'size = 3: allowed is a table, "[profile.chat.size]"'),
    "a misspelt mode of the size": (
        {"size": {"mode": "leav"}},
        'size.mode = "leav": allowed is "tend", "leave"; did you mean "leave"?',
    ),
    "a wait that is too short": (
        {"size": {"scale_in_after_seconds": 60}},
        "size.scale_in_after_seconds = 60: allowed is a whole number from 120 to 7200",
    ),
    "a limit that would never grow": (
        {"size": {"scale_out_limit_percent": True}},
        "size.scale_out_limit_percent = true: allowed is a whole number from 1 to 1000",
    ),
}


@pytest.mark.parametrize(("body", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_one_line(body: dict[str, Any], line: str) -> None:
    with pytest.raises(PolicyError) as raised:
        profile(**body)
    assert str(raised.value) == f"tidegate.toml: profile.chat.{line}"
