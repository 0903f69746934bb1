"""With the stack its route documents go, all of them and nobody else's, whatever happens to the removal."""

from functools import cache

import pytest

from tests.integration.loop.scenes import failing
from tests.integration.removal.requests import NAME, Listener, documents, open_region, publish, request
from tidegate.desk.region.region import Region

MODELS = tuple(f"model-{number:02d}" for number in range(25))
FOREIGN = ["/tidegate/drill-2/routes/chat", "/tidegate/drill/routes-of-others", "/tidegate/live/routes/chat"]
DELETE = "ssm:DeleteParameters"


def published(region: Region) -> None:
    """Publish more documents than two calls delete, beside what only begins alike."""
    publish(region, *MODELS)
    for name in FOREIGN:
        region.client("ssm").put_parameter(Name=name, Value="mine", Type="String")


def test_deleting_removes_the_documents_of_the_stage_ten_a_call_and_no_other() -> None:
    listener = Listener()
    with open_region(listener) as region:
        published(region)
        region.invoke(NAME, request("Delete"))
        assert documents(region) == FOREIGN
        assert region.calls_of(NAME).count(DELETE) == 3
        assert region.calls_of(NAME)[-1] == DELETE
    (said,) = listener.said
    assert said["Status"] == "SUCCESS"
    assert said["Reason"] == "0 alarms deleted, 0 on-demand bases given back, 25 route documents deleted"


def test_what_a_look_still_publishes_that_was_under_way_goes_too() -> None:
    with open_region(Listener()) as region:
        for second in range(1, 20):
            region.world.after(second, lambda second=second: publish(region, f"late-{second}"))
        region.invoke(NAME, request("Delete"))
        assert documents(region) == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_deploying_removes_none(kind: str) -> None:
    with open_region(Listener()) as region:
        publish(region, "chat")
        region.invoke(NAME, request(kind))
        assert documents(region) == ["/tidegate/drill/routes/chat"]


@pytest.mark.parametrize("operation", ["GetParametersByPath", "DeleteParameters"])
def test_documents_that_cannot_be_deleted_fail_the_deletion(operation: str) -> None:
    listener = Listener()
    with open_region(listener) as region:
        publish(region, "chat")
        region.chaos(failing(region, operation, functions=[NAME]))
        assert region.invoke(NAME, request("Delete")).error is None
        region.chaos(None)
        region.invoke(NAME, request("Delete"))
        assert documents(region) == []
    (first, second) = listener.said
    assert (first["Status"], "InternalFailure" in first["Reason"], second["Status"]) == ("FAILED", True, "SUCCESS")


@cache
def removed(call: int = 0) -> tuple[list[str], str, int]:
    """Remove, and once more if the function was killed right after one of its calls, as Lambda does."""
    listener = Listener()
    with open_region(listener) as region:
        published(region)
        if call:
            region.crash_after(call, NAME)
        calls = 0
        while not listener.said:
            region.invoke(NAME, request("Delete"))
            calls = calls or len(region.calls_of(NAME))
        return documents(region), listener.said[-1]["Status"], calls


def test_killed_right_after_any_of_its_calls_the_next_try_leaves_the_same() -> None:
    undisturbed, status, calls = removed()
    assert (undisturbed, status) == (FOREIGN, "SUCCESS")
    assert calls > 5
    for call in range(1, calls + 1):
        assert removed(call)[:2] == (undisturbed, status), f"killed after call {call} of {calls}"
