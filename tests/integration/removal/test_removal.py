"""With the stack its alarms go, all of them and nobody else's, and CloudFormation is answered whatever happens."""

from copy import copy
from functools import cache
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends

from tests.integration.loop.scenes import failing
from tests.integration.removal.requests import NAME, Listener, names, open_region, put, request
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

FOREIGN = ("all", "tidegate/drill-2/cpu/chat", "tidegate/live/cpu/chat")


def fleets(region: Region, number: int) -> None:
    put(region, *FOREIGN, *(f"tidegate/drill/cpu/fleet-{one:03d}" for one in range(number)))


def slip_in(region: Region, name: str) -> None:
    """Let an alarm be there, without a call: a call that is made inside another one would be counted as its own."""
    alarms = cloudwatch_backends[ACCOUNT][REGION].alarms
    alarms[name] = copy(alarms["all"])
    alarms[name].name = name


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_deploying_removes_nothing_and_succeeds_without_a_call(kind: str) -> None:
    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 2)
        region.invoke(NAME, request(kind))
        assert len(names(region)) == 5
        assert region.calls_of(NAME) == ()
    (said,) = listener.said
    assert said == {
        "Status": "SUCCESS",
        "Reason": "nothing to do",
        "PhysicalResourceId": "tidegate-drill",
        "StackId": request(kind)["StackId"],
        "RequestId": "1c1a9c6c",
        "LogicalResourceId": "Removal1BFB0048",
    }


def test_deleting_removes_the_alarms_of_the_stage_a_hundred_a_call_and_no_other() -> None:
    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 250)
        region.invoke(NAME, request("Delete"))
        assert names(region) == sorted(FOREIGN)
        assert region.calls_of(NAME).count("cloudwatch:DeleteAlarms") == 3
        assert 35 <= region.world.now() < 60
    (said,) = listener.said
    assert said["Status"] == "SUCCESS"
    assert said["Reason"] == "250 alarms deleted, 0 on-demand bases given back, 0 route documents deleted"


def test_what_a_sweep_still_writes_that_was_under_way_goes_too() -> None:
    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 2)
        for second in range(1, 30):
            region.world.after(second, lambda second=second: slip_in(region, f"tidegate/drill/cpu/late-{second}"))
        region.invoke(NAME, request("Delete"))
        assert names(region) == sorted(FOREIGN)
    assert listener.said[0]["Reason"] == "31 alarms deleted, 0 on-demand bases given back, 0 route documents deleted"


def test_an_alarm_that_cannot_be_deleted_fails_the_deletion_and_is_named() -> None:
    def refuse(call: Call) -> Fault | None:
        held = call.operation == "DeleteAlarms" and "tidegate/drill/cpu/fleet-001" in call.parameters["AlarmNames"]
        return Fault(400, "ValidationError", "a composite alarm depends on it") if held else None

    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 3)
        region.chaos(refuse)
        region.invoke(NAME, request("Delete"))
        assert names(region) == sorted([*FOREIGN, "tidegate/drill/cpu/fleet-001"])
    (said,) = listener.said
    assert said["Status"] == "FAILED"
    assert said["Reason"] == (
        "1 alarms could not be deleted, tidegate/drill/cpu/fleet-001 among them: a composite alarm depends on it"
    )


FAULTS: dict[str, tuple[str, Fault]] = {
    "denied": ("DeleteAlarms", Fault(403, "AccessDenied", "no permission")),
    "throttled": ("DescribeAlarms", Fault(400, "Throttling")),
    "down": ("DescribeAlarms", Fault(503, "ServiceUnavailable")),
}


@pytest.mark.parametrize(("operation", "fault"), FAULTS.values(), ids=FAULTS)
def test_whatever_goes_wrong_cloudformation_is_told(operation: str, fault: Fault) -> None:
    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 2)
        region.chaos(failing(region, operation, fault=fault))
        assert region.invoke(NAME, request("Delete")).error is None
    assert [one["Status"] for one in listener.said] == ["FAILED"]
    assert fault.code in listener.said[0]["Reason"]


def test_a_request_of_an_unknown_kind_is_answered_too() -> None:
    listener = Listener()
    with open_region(listener) as region:
        region.invoke(NAME, {key: value for key, value in request("Delete").items() if key != "RequestType"})
    assert listener.said[0]["Status"] == "FAILED"


def test_it_ends_in_time_although_alarms_never_cease_to_come() -> None:
    listener = Listener()

    def again(region: Region) -> None:
        slip_in(region, "tidegate/drill/cpu/again")
        region.world.after(3, lambda: again(region))

    with open_region(listener) as region:
        fleets(region, 0)
        again(region)
        assert region.invoke(NAME, request("Delete")).error is None
        assert region.world.now() < 180
    assert [one["Status"] for one in listener.said] == ["FAILED"]
    assert "no time was left" in listener.said[0]["Reason"]


def test_an_answer_that_does_not_arrive_is_an_error_so_that_lambda_repeats_it() -> None:
    def lost(url: str, body: bytes) -> None:
        raise OSError("unreachable")

    listener = Listener(lost)
    with open_region(listener) as region:
        assert region.invoke(NAME, request("Delete")).error == "Unhandled"


@cache
def removed(call: int = 0) -> tuple[list[str], Any, int]:
    """Remove, and once more if the function was killed right after one of its calls, as Lambda does."""
    listener = Listener()
    with open_region(listener) as region:
        fleets(region, 150)
        if call:
            region.crash_after(call, NAME)
        calls = 0
        while not listener.said:
            region.invoke(NAME, request("Delete"))
            calls = calls or len(region.calls_of(NAME))
        return names(region), listener.said[-1]["Status"], calls


def test_killed_right_after_any_of_its_calls_the_next_try_leaves_the_same() -> None:
    undisturbed, status, calls = removed()
    assert (undisturbed, status) == (sorted(FOREIGN), "SUCCESS")
    assert calls > 5
    for call in range(1, calls + 1):
        assert removed(call)[:2] == (undisturbed, status), f"killed after call {call} of {calls}"
