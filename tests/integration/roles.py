"""Runs functions of the emulated Region under the roles that the template gives them, whole or with a gap."""

from typing import Any, Final

import pytest

from tests.infrastructure.roles import ROLES
from tests.infrastructure.templates import listed, role_id, role_policy, synthesized, without_hashes
from tidegate.desk.region.app import (
    APP,
    BEDROCK_THROTTLING,
    CAPACITY_ALARM,
    DRILL,
    LAUNCH_FAILURE,
    RECONCILE,
    REMOVAL,
    SPOT_INTERRUPTION,
    STAGE,
    SWEEP,
)
from tidegate.desk.region.iam.evaluate import matches
from tidegate.desk.region.region import Region

type Statement = dict[str, Any]
type Named = tuple[str, str]
"""(action, resource as the table of roles names it)."""

HANDLERS: Final = {each.name: str(each.handler) for each in APP}

WORKERS: Final = {
    SPOT_INTERRUPTION.name: "SpotInterruptionReactionWorker",
    CAPACITY_ALARM.name: "CapacityAlarmReactionWorker",
    LAUNCH_FAILURE.name: "LaunchFailureReactionWorker",
    BEDROCK_THROTTLING.name: "BedrockThrottlingReactionWorker",
    RECONCILE.name: "ReconcileWorker",
    SWEEP.name: "SweepWorker",
    DRILL.name: "DrillWorker",
    REMOVAL.name: "RemovalWorker",
}
INBOXES: Final = {
    SPOT_INTERRUPTION.name: "SpotInterruptionReactionInbox",
    CAPACITY_ALARM.name: "CapacityAlarmReactionInbox",
    LAUNCH_FAILURE.name: "LaunchFailureReactionInbox",
    BEDROCK_THROTTLING.name: "BedrockThrottlingReactionInbox",
    RECONCILE.name: "WakesInbox",
}
"""The constructs of functions and of their queues, as the template's logical ids name them."""


def without_each(function: str) -> pytest.MarkDecorator:
    """Run a test for each `permission` that the table of roles gives a function."""
    needed = [(action, resource) for action, resource, _ in ROLES[HANDLERS[function]]]
    return pytest.mark.parametrize("permission", needed, ids=[f"{name_of(one)} on {name_of(on)}" for one, on in needed])


def name_of(part: str) -> str:
    """Name an action or an ARN by its last word."""
    return part.removesuffix(":*").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def role_in(region: Region, function: str) -> dict[Named, Statement]:
    """Return the role of a function as a statement for each permission, on resources as `region` names them."""
    template, here = synthesized(), names_in(region)
    found: dict[Named, Statement] = {}
    for statement in role_policy(template, role_id(template, HANDLERS[function]))["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                named = arn = without_hashes(template, resource)
                for there, name in here.items():
                    arn = arn.replace(there, name)
                found[action, named] = {**statement, "Sid": f"S{len(found)}", "Action": action, "Resource": arn}
    return found


def names_in(region: Region) -> dict[str, str]:
    """Return how the parts of an ARN that the template names are named in a region; the bus is the same in both."""
    at = region.deployment
    queues = {f":{there}Queue": at.inboxes[name].url for name, there in INBOXES.items()}
    queues |= {f":{there}DeadLettersQueue": at.inboxes[name].dead_letters_url for name, there in INBOXES.items()}
    return {
        **{there: f":{url.rsplit('/', 1)[-1].removesuffix('.fifo')}" for there, url in queues.items()},
        **{f":log-group:{WORKERS[each.name]}Log": f":log-group:{each.log_group}" for each in APP},
        ":table/StateTable": f":table/{at.table}",
        ":alarm:tidegate/dev/": f":alarm:tidegate/{STAGE}/",
        ":parameter/tidegate/dev/": f":parameter/tidegate/{STAGE}/",
    }


def assume(region: Region, function: str) -> None:
    """Let a function work under its role."""
    region.assume(list(role_in(region, function).values()), function=function)


def assume_without(region: Region, function: str, permission: Named) -> Statement:
    """Let a function work under its role without one permission; return that, as `region` names it."""
    role = role_in(region, function)
    missing = role.pop(permission)
    region.assume(list(role.values()), function=function)
    return missing


def refused(region: Region) -> list[str]:
    """Return what roles were refused, in order."""
    return [need.action for need in region.denied]


def refused_that_alone(region: Region, missing: Statement) -> bool:
    """Return whether something was refused, and each time what `missing` would have allowed."""
    return bool(region.denied) and all(
        need.action == missing["Action"] and matches(missing["Resource"], need.resource or "*")
        for need in region.denied
    )
