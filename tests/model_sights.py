"""Models as looks see them: builders for tests, with three routes inside of the boundary and one outside."""

from dataclasses import replace
from typing import Any, Final

from tidegate.model.report import Report
from tidegate.model.sight import Minute, Sight, Traffic
from tidegate.policy.document import Document
from tidegate.policy.failures import Failure
from tidegate.policy.mode import Mode
from tidegate.policy.model import Model
from tidegate.policy.route import Route

NOW: Final = 1_780_000_020.0
"""Some seconds after a full minute."""

ACT: Final = Mode(act=True, stopped=False)
OBSERVE: Final = Mode(act=False, stopped=False)
STOPPED: Final = Mode(act=True, stopped=True)
HOME: Final = "eu-central-1"
EU_PROFILE: Final = ("eu-central-1", "eu-west-1", "eu-west-3")
HAIKU: Final = "anthropic.claude-3-haiku-20240307-v1:0"

ROUTES: Final = (
    Route(name="home", kind="bedrock", id=HAIKU),
    Route(name="ireland", kind="bedrock", id=HAIKU, region="eu-west-1"),
    Route(name="europe", kind="bedrock-profile", id=f"eu.{HAIKU}"),
    Route(name="world", kind="bedrock-profile", id=f"global.{HAIKU}"),
)
MODEL: Final = Model(residency="EU", routes=ROUTES)
DESTINATIONS: Final[dict[str, tuple[str, ...] | None]] = {
    "europe": EU_PROFILE,
    "world": (*EU_PROFILE, "us-east-1"),
}
QUIET: Final[dict[str, Traffic | None]] = {"home": (), "ireland": (), "europe": (), "world": ()}


def sight(**seen: Any) -> Sight:
    """Return what a look saw: all readable and nothing amiss, but for what is said."""
    usual: dict[str, Any] = {
        "stage": "dev",
        "name": "chat",
        "home": HOME,
        "traffic": QUIET,
        "destinations": DESTINATIONS,
    }
    return Sight(**usual | seen)


def traffic(**of: Traffic | None) -> dict[str, Traffic | None]:
    """Return what CloudWatch counted of some routes, and nothing of all others; None: it can't be read."""
    return {**QUIET, **of}


def told(
    route: str = "home", failure: Failure = "throttled", count: int = 5, *, at: float = NOW, **more: Any
) -> Report:
    """Return what an application told of a route."""
    name = f"{route}-{failure}-{at:.0f}"
    return Report(event_id=name, model="chat", route=route, failure=failure, count=count, time=at, **more)


def minute(ago: int, **counts: float) -> Minute:
    """Return a minute that ended so many minutes before the last full one."""
    return Minute(start=NOW // 60 * 60 - 60 * (ago + 1), **counts)


def names(document: Document) -> list[str]:
    """Return the names of a document's routes in order."""
    return [one.name for one in document.routes]


def with_routes(*routes: Route, **settings: Any) -> Model:
    """Return the model with other routes and settings."""
    return replace(MODEL, routes=routes or ROUTES, **settings)
