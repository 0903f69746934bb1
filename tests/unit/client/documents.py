"""Route documents and candidates for examples."""

from collections.abc import Callable
from typing import Any

from tidegate.client.clock import Clock
from tidegate.policy.document import Candidate, Document

EU = ("eu-central-1", "eu-west-1")


def candidate(name: str = "home", **more: Any) -> Candidate:
    """Return a route to a model of Bedrock in Frankfurt, unless more is said."""
    usual: dict[str, Any] = {
        "kind": "bedrock",
        "id": f"acme.{name}-v1:0",
        "region": "eu-central-1",
        "regions": ("eu-central-1",),
    }
    return Candidate(name=name, **(usual | more))


def document(*routes: Candidate, **more: Any) -> Document:
    """Return a document of the model `chat` in stage `prod`, good for an hour from 0."""
    usual: dict[str, Any] = {
        "stage": "prod",
        "model": "chat",
        "epoch": 7,
        "issued": 0.0,
        "until": 3600.0,
        "boundary": EU,
        "home": routes[0].name if routes else "",
    }
    return Document(routes=routes, **(usual | more))


def clock(at: Callable[[], float], paused: list[float] | None = None, chance: float = 0.0) -> Clock:
    """Return a clock that shows what `at` says, and takes down pauses instead of waiting."""
    return Clock(now=at, ticks=at, pause=(paused if paused is not None else []).append, chance=lambda: chance)
