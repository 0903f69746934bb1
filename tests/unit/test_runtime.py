"""What a function runs on: the mode when it can and can't be read."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import EndpointConnectionError

from tidegate.policy.mode import STANDSTILL, Mode
from tidegate.runtime import ModeReader

ACTING = Mode(act=True, stopped=False)


@dataclass
class FakeParameters:
    """SSM: the mode and the kill switch, or no answer."""

    values: dict[str, str] = field(default_factory=lambda: {"mode": "act", "switch": "off"})
    reachable: bool = True
    calls: int = 0

    def get_parameters(self, *, Names: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's own spelling
        self.calls += 1
        if not self.reachable:
            raise EndpointConnectionError(endpoint_url="https://ssm")
        return {"Parameters": [{"Name": name, "Value": self.values[name]} for name in Names if name in self.values]}


def reader(parameters: FakeParameters) -> ModeReader:
    return ModeReader(parameters, ("mode", "switch"))


def test_one_call_reads_both_and_holds_for_ten_seconds() -> None:
    parameters = FakeParameters()
    mode = reader(parameters)
    assert [mode.read(now=at) for at in (0, 5, 10)] == [ACTING] * 3
    assert parameters.calls == 1
    mode.read(now=10.1)
    assert parameters.calls == 2


def test_the_kill_switch_works_within_fifteen_seconds() -> None:
    parameters = FakeParameters()
    mode = reader(parameters)
    assert mode.read(now=0).may_release
    parameters.values["switch"] = "on"
    assert not mode.read(now=15).may_release


def test_while_they_cannot_be_read_the_last_word_holds_for_five_minutes_and_then_nothing_is_allowed() -> None:
    parameters = FakeParameters()
    mode = reader(parameters)
    mode.read(now=0)
    parameters.reachable = False
    assert mode.read(now=299) == ACTING
    assert mode.read(now=301) == STANDSTILL


def test_a_function_that_never_read_them_stands_still() -> None:
    assert reader(FakeParameters(reachable=False)).read(now=0) == STANDSTILL


def test_once_they_can_be_read_again_what_they_say_holds() -> None:
    parameters = FakeParameters(reachable=False)
    mode = reader(parameters)
    mode.read(now=0)
    parameters.reachable = True
    assert mode.read(now=1) == ACTING


def test_a_deleted_parameter_counts_as_the_careful_value() -> None:
    assert reader(FakeParameters(values={"mode": "act"})).read(now=0).stopped
