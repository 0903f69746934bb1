"""With the stack its on-demand bases go: owners have theirs again, whatever happens to the removal."""

from functools import cache
from typing import Any

import pytest

from tests.integration.loop.mixes import base_of, made_of, policy, write_base
from tests.integration.loop.scenes import failing
from tests.integration.removal.requests import NAME, Listener, open_region, raised, request
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

WRITE = "autoscaling:UpdateAutoScalingGroup"


def refuse(region: Region, group: str) -> None:
    """Let one group be one that can't be changed."""

    def chaos(call: Call) -> Fault | None:
        hit = call.operation == "UpdateAutoScalingGroup" and call.parameters["AutoScalingGroupName"] == group
        return Fault(400, "ScalingActivityInProgress", "not now") if hit else None

    region.chaos(chaos)


def test_owners_have_their_bases_again_and_spot_comes_back_before_on_demand_goes() -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        fleet = raised(region, "chat")
        raised(region, "batch")
        region.fleet("whole")
        region.run(60)
        assert made_of(fleet) == (2, 4)
        region.recover()

        region.invoke(NAME, request("Delete"))
        region.run(120)

        assert [base_of(region, name) for name in ("chat", "batch", "whole")] == [1, 1, 1]
        assert (region.calls_of(NAME).count(WRITE), made_of(fleet)) == (2, (1, 5))
    assert [(one["Status"], one["Reason"]) for one in listener.said] == [
        ("SUCCESS", "0 alarms deleted, 2 on-demand bases given back, 0 route documents deleted")
    ]


@pytest.mark.parametrize("base", [1, 3], ids=["the owner's old one", "a new one"])
def test_a_base_that_somebody_else_has_written_meanwhile_is_left_alone(base: int) -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        raised(region, "chat")
        write_base(region, "chat", base)
        region.invoke(NAME, request("Delete"))
        assert (base_of(region), region.calls_of(NAME).count(WRITE)) == (base, 0)
    assert listener.said[0]["Reason"] == "0 alarms deleted, 0 on-demand bases given back, 0 route documents deleted"


def test_a_group_that_fails_is_named_the_others_have_their_bases_and_the_deletion_fails() -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        for name in ("batch", "chat", "dev"):
            raised(region, name)
        refuse(region, "chat")
        region.invoke(NAME, request("Delete"))
        assert [base_of(region, name) for name in ("batch", "chat", "dev")] == [1, 2, 1]

        region.chaos(None)
        region.invoke(NAME, request("Delete"))
        assert base_of(region) == 1
    (first, second) = listener.said
    assert first["Status"] == "FAILED"
    assert first["Reason"].startswith("1 groups keep another on-demand base than their owners', chat: ")
    assert "not now" in first["Reason"]
    assert second["Status"] == "SUCCESS"
    assert second["Reason"] == "0 alarms deleted, 1 on-demand bases given back, 0 route documents deleted"


@pytest.mark.parametrize("operation", ["Scan", "Query", "DescribeAutoScalingGroups"])
def test_whose_base_it_is_that_nobody_can_tell_fails_the_deletion(operation: str) -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        raised(region, "chat")
        region.chaos(failing(region, operation, functions=[NAME]))
        assert region.invoke(NAME, request("Delete")).error is None
        assert base_of(region) == 2
    assert (listener.said[0]["Status"], "InternalFailure" in listener.said[0]["Reason"]) == ("FAILED", True)


def test_a_group_that_is_no_fleet_any_more_is_out_of_reach_and_left_alone() -> None:
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        raised(region, "chat")
        tag: Any = {"ResourceId": "chat", "ResourceType": "auto-scaling-group", "Key": "tidegate:profile"}
        region.client("autoscaling").delete_tags(Tags=[tag])
        region.invoke(NAME, request("Delete"))
        assert (base_of(region), region.calls_of(NAME).count(WRITE)) == (2, 0)
    assert listener.said[0]["Status"] == "SUCCESS"


@cache
def removed(call: int = 0) -> tuple[list[int], str, int]:
    """Remove, and once more if the function was killed right after one of its calls, as Lambda does."""
    listener = Listener()
    with open_region(listener, policy=policy()) as region:
        fleets = [raised(region, name).name for name in ("batch", "chat")]
        if call:
            region.crash_after(call, NAME)
        calls = 0
        while not listener.said:
            region.invoke(NAME, request("Delete"))
            calls = calls or len(region.calls_of(NAME))
        return [base_of(region, name) for name in fleets], listener.said[-1]["Status"], calls


def test_killed_right_after_any_of_its_calls_the_next_try_leaves_the_same() -> None:
    undisturbed, status, calls = removed()
    assert (undisturbed, status) == ([1, 1], "SUCCESS")
    assert calls > 5
    for call in range(1, calls + 1):
        assert removed(call)[:2] == (undisturbed, status), f"killed after call {call} of {calls}"
