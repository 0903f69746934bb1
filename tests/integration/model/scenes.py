"""A model in the emulated Region: its policy, what applications tell of it, and what they can read of it."""

from typing import Any, Final

from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.region.app import STAGE
from tidegate.desk.region.events import event_of
from tidegate.desk.region.region import Region
from tidegate.policy.document import Document, load, parameter
from tidegate.policy.failures import Failure
from tidegate.policy.report import DETAIL_TYPE, SOURCE, VERSION

ROUTES: Final[list[dict[str, Any]]] = [
    {"name": "home", "kind": "bedrock", "id": CLAUDE},
    {"name": "oregon", "kind": "bedrock", "id": CLAUDE, "region": "us-west-2"},
    {"name": "states", "kind": "bedrock-profile", "id": f"us.{CLAUDE}"},
    {"name": "world", "kind": "bedrock-profile", "id": f"global.{CLAUDE}"},
    {"name": "ireland", "kind": "bedrock", "id": CLAUDE, "region": "eu-west-1"},
]
"""The last two lead out of the boundary."""

POLICY: Final[dict[str, Any]] = {
    "profile": {"default": {}},
    "model": {"chat": {"residency": "US", "route": ROUTES}},
}
IN_ORDER: Final = ["home", "oregon", "states"]
STEPPED_DOWN: Final = ["oregon", "states", "home"]


def tell(region: Region, route: str = "home", failure: Failure = "throttled", count: int = 9, **more: Any) -> None:
    """Let an application report that a route failed it."""
    detail = {"version": VERSION, "stage": STAGE, "model": "chat", "route": route, "epoch": 0, "failure": failure}
    region.emit(event_of(SOURCE, DETAIL_TYPE, [], {**detail, "count": count, "withoutMaxTokens": 0, **more}))


def published(region: Region) -> Document | None:
    """Return what applications can read."""
    client = region.client("ssm")
    try:
        return load(client.get_parameter(Name=parameter(STAGE, "chat"))["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        return None


def order(region: Region) -> list[str]:
    """Return the names of the routes that applications can read, in order."""
    document = published(region)
    return [one.name for one in document.routes] if document else []


def decisions(region: Region) -> list[str]:
    """Return the codes of the decisions about the model, oldest first."""
    return [one.code for one in region.decisions() if one.name == "chat"]
