"""Runs functions of the emulated Region under the roles that the template gives them, whole or with a gap."""

from collections.abc import Iterable
from typing import Any, Final

from tests.infrastructure.roles import ROLES
from tests.infrastructure.templates import listed, role_id, role_policy, synthesized, without_hashes
from tidegate.desk.region.app import APP, RECONCILE, SPOT_INTERRUPTION
from tidegate.desk.region.iam.evaluate import matches
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region

type Statement = dict[str, Any]
type Named = tuple[str, str]
"""(action, resource as the table of roles names it)."""

HANDLERS: Final = {each.name: str(each.handler) for each in APP}


def needed(function: str) -> list[Named]:
    """Return everything that the table of roles gives a function."""
    return [(action, resource) for action, resource, _ in ROLES[HANDLERS[function]]]


def name_of(permission: object) -> str:
    """Name one part of a permission for a person: the last word of an ARN."""
    return str(permission).removesuffix(":*").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


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
    """Return how the parts of an ARN that the template names are named in a region, longer ones first."""
    at = region.deployment
    inboxes = {SPOT_INTERRUPTION.name: "SpotInterruptionReactionInbox", RECONCILE.name: "WakesInbox"}
    queues = {
        f":{there}{kind}": f":{url.rsplit('/', 1)[-1].removesuffix('.fifo')}"
        for name, there in inboxes.items()
        for kind, url in (
            ("DeadLettersQueue", at.inboxes[name].dead_letters_url),
            ("Queue", at.inboxes[name].url),
        )
    }
    workers = {each.name: each.name.title().replace("-", "") for each in APP}
    workers[SPOT_INTERRUPTION.name] += "Reaction"
    logs = {f":log-group:{workers[each.name]}WorkerLog": f":log-group:{each.log_group}" for each in APP}
    return {
        **queues,
        **logs,
        ":table/StateTable": f":table/{at.table}",
        ":parameter/tidegate/dev/": ":parameter/tidegate/drill/",
        f":events:{REGION}:": f":events:{REGION}:",
    }


def assume(region: Region, function: str, *, without: Iterable[Named] = ()) -> dict[Named, Statement]:
    """Let a function work under its role without some of its permissions; return those, as `region` names them."""
    role = role_in(region, function)
    missing = {one: role.pop(one) for one in without}
    region.assume(list(role.values()), function=function)
    return missing


def refused(region: Region) -> list[str]:
    """Return what roles were refused, in order."""
    return [need.action for need in region.denied]


def refused_nothing_but(region: Region, missing: dict[Named, Statement]) -> bool:
    """Return whether something was refused, and each time what `missing` would have allowed."""
    return bool(region.denied) and all(
        any(need.action == one["Action"] and matches(one["Resource"], need.resource or "*") for one in missing.values())
        for need in region.denied
    )
