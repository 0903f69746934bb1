"""The handler under the role that the template gives it: enough for all it does, and nothing in it to spare."""

import time
from typing import Any

from botocore.exceptions import ClientError

from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, role_in, without_each
from tidegate.desk.region.app import SPOT_INTERRUPTION
from tidegate.desk.region.iam import enforce
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region

NAME = SPOT_INTERRUPTION.name


POLICY = {"profile": {"default": {}, "patient": {"drain_seconds": 60}}}


def play(region: Region) -> None:
    """Let everything happen that the handler knows: all ways out, a drill, a stranger, a recommendation, a poison."""
    region.emit(warning(region.fleet("patient", profile="patient", max_size=9).spot_machines()[0]))
    chat, batch = region.fleet("chat"), region.fleet("batch", balanced=False)
    first, second, third, *_ = chat.spot_machines()
    region.emit(warning(first))
    region.emit(warning(batch.spot_machines()[0]))
    region.emit(warning("i-0b662ef9931388ba0"))
    region.emit(recommendation(second))
    record = {"pk": "DRILL#n1", "sk": "DRILL", "target": "chat"}
    item = {key: {"S": value} for key, value in record.items()} | {"expires": {"N": str(int(time.time()) + 600)}}
    region.client("dynamodb").put_item(TableName=region.deployment.table, Item=item)
    drilled = {"instance-id": third.id, "instance-action": "terminate", "tidegate-drill": "n1"}
    region.emit(warning(third) | {"source": "tidegate.drill", "detail": drilled})
    region.client("sqs").send_message(QueueUrl=region.deployment.queue_url, MessageBody="{")
    region.run(300)


def test_the_role_is_enough_for_everything_the_handler_does() -> None:
    with Region(policy=POLICY) as region:
        assume(region, NAME)
        play(region)
        assert refused(region) == []
        assert sorted(region.release_counts().values()) == [1, 1, 1, 1]
        assert sorted(wake["target"] for wake in region.wakes()) == [
            "fleet/batch",
            "fleet/chat",
            "fleet/patient",
            "fleet/patient",
        ]
        assert len(region.dead_letters()) == 1


@without_each(NAME)
def test_without_any_one_permission_the_handler_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(policy=POLICY) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        assert refused_that_alone(region, missing)


def mark(region: Region, machine: str) -> str | None:
    """Mark a machine as the handler does, under its role; return the error's code, None without one."""
    ec2 = enforce.assume(region.clients, list(role_in(region, NAME).values()))("ec2")
    try:
        ec2.create_tags(Resources=[machine], Tags=[{"Key": "tidegate:detached", "Value": "2026-03-02T09:02:00Z"}])
    except ClientError as error:
        return error.response.get("Error", {}).get("Code")
    return None


def leave(region: Region, machine: str) -> None:
    """Let a machine have left its group, as when somebody else has detached it."""
    group = region.fleets["chat"].group
    group.instance_states = [each for each in group.instance_states if each.instance.id != machine]
    group.ec2_backend.delete_tags([machine], {"aws:autoscaling:groupName": group.name})


def test_a_machine_is_marked_only_while_it_is_in_a_group() -> None:
    with Region() as region:
        machine = region.fleet(balanced=False).spot_machines()[0].id
        assert mark(region, machine) is None
        leave(region, machine)
        assert mark(region, machine) == "UnauthorizedOperation"


def test_a_machine_that_left_its_group_before_it_was_marked_holds_up_no_other_one() -> None:
    with Region() as region:
        assume(region, NAME)
        gone, stays, *_ = region.fleet(balanced=False).spot_machines()

        def meanwhile(call: Any) -> None:
            if call.operation == "CreateTags":
                leave(region, gone.id)

        region.chaos(meanwhile)
        region.emit(warning(gone))
        region.emit(warning(stays))
        region.run(5)
        assert refused(region) == ["ec2:CreateTags"]
        assert dict(region.release_counts()) == {stays.id: 1}
        assert region.dead_letters() == ()
