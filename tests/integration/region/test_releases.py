"""Taking machines out of a group: what AWS refuses is refused here, as a whole, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.region.conftest import Asked
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.region import Region

type Ids = Callable[[Region, Fleet], list[str]]


def own(count: int) -> Ids:
    return lambda region, fleet: [each.id for each in fleet.machines()[:count]]


def own_and(other: Ids) -> Ids:
    return lambda region, fleet: [fleet.machines()[0].id, *other(region, fleet)]


def foreign(region: Region, fleet: Fleet) -> list[str]:
    return [region.fleet("other").machines()[0].id]


def unknown(region: Region, fleet: Fleet) -> list[str]:
    return ["i-0123456789abcdef0"]


def gone(region: Region, fleet: Fleet) -> list[str]:
    machine = fleet.spot_machines()[0]
    region.interrupt(machine, after=0, notice=False)
    region.run(90)
    return [machine.id]


def in_state(state: str) -> Ids:
    def put(region: Region, fleet: Fleet) -> list[str]:
        fleet.set_state(fleet.machines()[1], state)
        return [fleet.machines()[1].id]

    return put


def terminate(region: Region, ids: list[str], **more: Any) -> dict[str, Any]:
    wanted = {"AutoScalingGroupName": "chat", "InstanceIds": ids, "ShouldDecrementDesiredCapacity": False}
    return {"operation": "terminate_instance_in_auto_scaling_group", **wanted, **more}


def detach(region: Region, ids: list[str], **more: Any) -> dict[str, Any]:
    wanted = {"AutoScalingGroupName": "chat", "InstanceIds": ids, "ShouldDecrementDesiredCapacity": False}
    return {"operation": "detach_instances", **wanted, **more}


REFUSED = [
    (terminate, own_and(foreign), "not part of Auto Scaling group chat"),
    (terminate, own_and(unknown), "not part of Auto Scaling group chat"),
    (terminate, own_and(gone), "not part of Auto Scaling group chat"),
    (terminate, unknown, "No managed instance found"),
    (terminate, own_and(in_state("Terminating")), "is in Terminating"),
    (terminate, own_and(in_state("Terminating:Wait")), "is in Terminating:Wait"),
    (terminate, own_and(in_state("Detaching")), "is in Detaching"),
    (terminate, own(101), "limited to 100"),
    (detach, own_and(foreign), "not part of Auto Scaling group chat"),
    (detach, own_and(unknown), "not part of Auto Scaling group chat"),
    (detach, own_and(gone), "not part of Auto Scaling group chat"),
    (detach, own_and(in_state("Terminating")), "not in InService or Standby"),
    (detach, own_and(in_state("Pending")), "not in InService or Standby"),
    (detach, own_and(in_state("Detaching")), "not in InService or Standby"),
    (detach, own(21), "maximum number of instances to detach"),
]


@pytest.mark.parametrize(("call", "ids", "why"), REFUSED)
def test_one_wrong_id_fails_the_whole_call(
    region: Region, autoscaling: Asked, call: Callable[..., dict[str, Any]], ids: Ids, why: str
) -> None:
    fleet = region.fleet("chat", spot=101 if why.startswith("limited") else 24)
    named = ids(region, fleet)
    before = region.members("chat")

    answer = autoscaling.code(**call(region, named))

    assert answer.startswith("ValidationError: ")
    assert why in answer
    assert region.members("chat") == before
    assert region.releases == ()


@pytest.mark.parametrize(
    ("call", "count"),
    [(terminate, 1), (terminate, 100), (detach, 1), (detach, 20)],
    ids=["terminate 1", "terminate 100", "detach 1", "detach 20"],
)
def test_as_many_as_allowed_are_taken(
    region: Region, autoscaling: Asked, call: Callable[..., dict[str, Any]], count: int
) -> None:
    fleet = region.fleet("chat", spot=count + 1)

    assert autoscaling.code(**call(region, own(count)(region, fleet))) == "ok"
    assert len(region.releases) == count


@pytest.mark.parametrize("call", [terminate, detach])
def test_a_group_is_not_shrunk_below_its_minimum(
    region: Region, autoscaling: Asked, call: Callable[..., dict[str, Any]]
) -> None:
    fleet = region.fleet("chat", on_demand=0, spot=2, min_size=2)

    answer = autoscaling.code(**call(region, own(1)(region, fleet), ShouldDecrementDesiredCapacity=True))

    assert answer.startswith("ValidationError")
    assert fleet.size == fleet.desired == 2


def test_ids_need_the_name_of_their_group(region: Region, autoscaling: Asked) -> None:
    ids = [region.fleet("chat").machines()[0].id]
    operation = "terminate_instance_in_auto_scaling_group"

    assert "AutoScalingGroupName" in autoscaling.code(operation, InstanceIds=ids, ShouldDecrementDesiredCapacity=False)


def test_a_single_id_needs_no_group(region: Region, autoscaling: Asked) -> None:
    machine = region.fleet("chat").machines()[0].id
    operation = "terminate_instance_in_auto_scaling_group"

    assert autoscaling.code(operation, InstanceId=machine, ShouldDecrementDesiredCapacity=False) == "ok"


DESCRIBED = [
    ("describe_auto_scaling_instances", {"InstanceIds": ["i-0"] * 50}, "ok"),
    ("describe_auto_scaling_instances", {"InstanceIds": ["i-0"] * 51}, "limited to 50"),
    ("describe_auto_scaling_groups", {"AutoScalingGroupNames": ["g"] * 50}, "ok"),
    ("describe_auto_scaling_groups", {"AutoScalingGroupNames": ["g"] * 51}, "limited to 50"),
    ("describe_auto_scaling_groups", {"AutoScalingGroupNames": ["g"] * 100, "MaxRecords": 100}, "ok"),
    ("describe_auto_scaling_groups", {"MaxRecords": 101}, "MaxRecords"),
]


@pytest.mark.parametrize(("operation", "parameters", "answer"), DESCRIBED)
def test_describing_has_limits(autoscaling: Asked, operation: str, parameters: dict[str, Any], answer: str) -> None:
    assert answer in autoscaling.code(operation, **parameters)
