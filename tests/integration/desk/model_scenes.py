"""A stage with a model for the commands, and how its applications tell of a throttle."""

from typing import Any, Final

from moto.core.utils import unix_time

from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.region.events import event_of
from tidegate.desk.region.region import Region
from tidegate.policy import report

STAGE: Final = ("--stage", "drill")
HOLD: Final = 120


def policy(*more: dict[str, Any], hold: int = HOLD) -> dict[str, Any]:
    """Return a policy of one model within US: two Regions and a profile, and two routes that lie outside."""
    bedrock = {"kind": "bedrock", "id": CLAUDE}
    routes = [
        {"name": "home", **bedrock, "max_context": 200_000},
        {"name": "ohio", **bedrock, "region": "us-east-2"},
        {"name": "us", "kind": "bedrock-profile", "id": f"us.{CLAUDE}"},
        {"name": "world", "kind": "bedrock-profile", "id": f"global.{CLAUDE}"},
        {"name": "ireland", **bedrock, "region": "eu-west-1"},
        *more,
    ]
    model = {"residency": "US", "hold_seconds": hold, "route": routes}
    return {"stage": {"drill": {}}, "profile": {"default": {}}, "model": {"chat": model}}


def tell(region: Region, route: str, failure: str = "throttled", count: int = 7) -> None:
    """Let an application report a route."""
    detail = {
        "version": report.VERSION,
        "stage": "drill",
        "model": "chat",
        "route": route,
        "epoch": 1,
        "failure": failure,
        "count": count,
        "withoutMaxTokens": count,
    }
    region.emit(event_of(report.SOURCE, report.DETAIL_TYPE, [], detail, at=unix_time()))
