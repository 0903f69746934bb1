"""What an application told of a route that failed it: plain data, as read from one event."""

from dataclasses import dataclass

from tidegate.policy.failures import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How one process met failures of one route within some seconds. Times in epoch seconds."""

    event_id: str
    model: str
    route: str
    failure: Failure
    count: int
    """How often it happened since the process told last."""

    time: float
    """When the event was sent."""

    epoch: int = 0
    """Of the document that the process followed."""

    without_max_tokens: int = 0
    """How many of these requests set no limit to their answer."""

    max_tokens: int | None = None
    """The largest limit that one of them set."""

    output_tokens: int | None = None
    """The mean length of the answers that the process got lately."""

    drill: str | None = None
    """Nonce of the drill that sent it; empty if it is none. None: an application did."""
