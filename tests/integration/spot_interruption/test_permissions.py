"""The handler under the role that the template gives it: enough for all it does, and nothing in it to spare."""

import time
from typing import Any

import pytest

from tests.infrastructure.templates import role_policy, synthesized
from tests.infrastructure.test_permissions import ROLES, SPOT_INTERRUPTION, without_hashes
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region

Statement = dict[str, Any]


def role_in(region: Region) -> dict[tuple[str, str], Statement]:
    """Return the role's permissions as a statement each, by (action, resource as the table of roles names it).

    Each statement's resource bears the name that it has in `region`.
    """
    at = region.deployment
    here = {
        ":table/StateTable": f":table/{at.table}",
        ":parameter/tidegate/dev/": ":parameter/tidegate/drill/",
        ":WakesInboxQueue.fifo": f":{at.wakes_url.rsplit('/', 1)[-1]}",
        ":SpotInterruptionReactionInboxQueue": f":{at.queue_url.rsplit('/', 1)[-1]}",
        ":SpotInterruptionReactionInboxDeadLettersQueue": f":{at.dead_letters_url.rsplit('/', 1)[-1]}",
        ":log-group:SpotInterruptionReactionWorkerLog": f":log-group:{at.log_group}",
    }
    template = synthesized()
    found: dict[tuple[str, str], Statement] = {}
    for statement in role_policy(template, SPOT_INTERRUPTION)["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                named = arn = without_hashes(template, resource)
                for there, name in here.items():
                    arn = arn.replace(there, name)
                found[action, named] = {**statement, "Sid": f"S{len(found)}", "Action": action, "Resource": arn}
    return found


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def play(region: Region) -> None:
    """Let everything happen that the handler knows: both ways out, a drill, a stranger, a recommendation, a poison."""
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


def refusals(region: Region) -> list[str]:
    """Return what the role was refused."""
    return [need.action for need in region.denied]


def test_the_role_is_enough_for_everything_the_handler_does() -> None:
    with Region() as region:
        region.assume(list(role_in(region).values()))
        play(region)
        assert refusals(region) == []
        assert sorted(region.release_counts().values()) == [1, 1, 1]
        assert sorted(wake["target"] for wake in region.wakes()) == ["fleet/batch", "fleet/chat"]
        assert len(region.dead_letters()) == 1


@pytest.mark.parametrize(
    ("action", "resource"),
    [(action, resource) for action, resource, _ in ROLES[SPOT_INTERRUPTION]],
    ids=lambda part: part.rsplit("/", 1)[-1].rsplit(":", 1)[-1],
)
def test_without_any_one_permission_the_handler_is_refused_something(action: str, resource: str) -> None:
    with Region() as region:
        role = role_in(region)
        del role[action, resource]
        region.assume(list(role.values()))
        play(region)
        assert set(refusals(region)) == {action}
