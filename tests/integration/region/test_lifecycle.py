"""What becomes of a machine after a call, and of its group, second by second."""

from collections.abc import Iterator

import pytest

from tests.integration.region.conftest import Asked
from tidegate.desk.region.autoscaling.interruption import HEALTH_CHECK_SECONDS
from tidegate.desk.region.region import Region


def terminate(autoscaling: Asked, *ids: str, group: str = "chat") -> None:
    operation = "terminate_instance_in_auto_scaling_group"
    wanted = {"AutoScalingGroupName": group, "InstanceIds": list(ids), "ShouldDecrementDesiredCapacity": False}
    assert autoscaling.code(operation, **wanted) == "ok"


def detach(autoscaling: Asked, *ids: str, group: str = "chat") -> None:
    wanted = {"AutoScalingGroupName": group, "InstanceIds": list(ids), "ShouldDecrementDesiredCapacity": False}
    assert autoscaling.code("detach_instances", **wanted) == "ok"


def test_a_terminated_machine_drains_first_and_waits_for_its_hook_then(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(drain=60, hook=100)
    machine = fleet.spot_machines()[0].id
    terminate(autoscaling, machine)

    seen = {t: (region.members("chat").get(machine), fleet.target_states().get(machine)) for t in steps(region)}

    assert seen == {
        1: ("Terminating", "draining"),
        59: ("Terminating", "draining"),
        61: ("Terminating:Wait", None),
        159: ("Terminating:Wait", None),
        161: ("Terminating:Proceed", None),
        180: (None, None),
    }


def steps(region: Region) -> Iterator[int]:
    for t in (1, 59, 61, 159, 161, 180):
        region.run(t - region.world.now())
        yield t


def test_the_replacement_starts_while_the_machine_drains(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(spot=5, drain=60, boot=45)
    terminate(autoscaling, fleet.spot_machines()[0].id)
    assert sorted(region.members("chat").values()) == ["InService"] * 5 + ["Pending", "Terminating"]

    region.run(46)

    assert fleet.size == fleet.desired == 6
    assert sorted(fleet.target_states().values()) == ["draining"] + ["healthy"] * 5 + ["initial"]


def test_a_decrement_leaves_the_group_smaller(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(spot=5)
    operation = "terminate_instance_in_auto_scaling_group"
    machine = fleet.spot_machines()[0].id

    assert autoscaling.code(operation, InstanceId=machine, ShouldDecrementDesiredCapacity=True) == "ok"
    region.run(100)

    assert fleet.size == fleet.desired == 5


def test_protection_holds_nothing_back(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(protected=True)
    machine = fleet.spot_machines()[0].id

    terminate(autoscaling, machine)

    assert region.members("chat")[machine] == "Terminating"


def test_a_detached_machine_goes_on_running_in_no_group(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(drain=60, protected=True)
    machine = fleet.spot_machines()[0].id
    detach(autoscaling, machine)
    assert region.members("chat")[machine] == "Detaching"
    assert fleet.target_states()[machine] == "draining"

    region.run(61)

    assert machine not in region.members("chat")
    assert machine not in fleet.target_states()
    described = region.client("ec2").describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"][0]
    assert described["State"]["Name"] == "running"
    assert "aws:autoscaling:groupName" not in {tag["Key"] for tag in described["Tags"]}
    assert fleet.size == fleet.desired


@pytest.mark.parametrize("release", [terminate, detach])
def test_nothing_is_launched_while_launch_is_suspended(region: Region, autoscaling: Asked, release: object) -> None:
    fleet = region.fleet(spot=5)
    region.client("autoscaling").suspend_processes(AutoScalingGroupName="chat", ScalingProcesses=["Launch"])

    (terminate if release is terminate else detach)(autoscaling, fleet.spot_machines()[0].id)
    region.run(200)

    assert (fleet.size, fleet.desired) == (5, 6)

    region.client("autoscaling").resume_processes(AutoScalingGroupName="chat")
    region.run(60)

    assert (fleet.size, fleet.desired) == (6, 6)


def test_a_spot_kill_waits_for_no_hook_and_no_drain(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(drain=300, hook=600)
    machine = fleet.spot_machines()[0]
    region.interrupt(machine, after=120, notice=False)
    terminate(autoscaling, machine.id)

    region.run(121)

    assert machine.id not in region.members("chat")
    assert machine.id not in fleet.target_states()


def test_without_a_release_the_group_finds_out_by_itself_two_minutes_later(region: Region) -> None:
    fleet = region.fleet(boot=45, profile=None)
    machine = fleet.spot_machines()[0]
    region.interrupt(machine, after=120, notice=False)

    region.run(120 + HEALTH_CHECK_SECONDS - 1)
    assert region.members("chat")[machine.id] == "InService"
    region.run(2)
    assert machine.id not in region.members("chat")
    region.run(45)

    assert fleet.size == fleet.desired == 6


def test_standby_steps_out_and_back(region: Region, autoscaling: Asked) -> None:
    fleet = region.fleet(spot=5)
    machine = fleet.spot_machines()[0].id
    wanted = {"AutoScalingGroupName": "chat", "InstanceIds": [machine]}
    decrement = {"ShouldDecrementDesiredCapacity": True}

    assert autoscaling.code("enter_standby", **wanted, **decrement) == "ok"
    assert (region.members("chat")[machine], fleet.size, fleet.desired) == ("Standby", 5, 5)
    assert "not in InService" in autoscaling.code("enter_standby", **wanted, **decrement)
    assert autoscaling.code("exit_standby", **wanted) == "ok"

    assert (region.members("chat")[machine], fleet.size, fleet.desired) == ("InService", 6, 6)


def test_activities_tell_what_was_done(region: Region, autoscaling: Asked) -> None:
    machine = region.fleet().spot_machines()[0].id
    terminate(autoscaling, machine)
    region.run(100)

    told = region.client("autoscaling").describe_scaling_activities(AutoScalingGroupName="chat")["Activities"]

    assert [each["Description"].split(":")[0] for each in told[:2]] == [
        "Launching a new EC2 instance",
        "Terminating EC2 instance",
    ]
    assert {each["StatusCode"] for each in told} == {"Successful"}
