"""What one look at a model saw: plain data. None stands for what could not be read, which never counts as nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.model.report import Report
from tidegate.policy.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What CloudWatch counted of a route in one minute, which began at `start` (epoch seconds)."""

    start: float
    invocations: float = 0
    """Calls that were answered: Bedrock counts no other ones as invocations.
    https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html"""

    throttles: float = 0
    server_errors: float = 0
    output_tokens: float = 0

    @property
    def ends(self) -> float:
        """When it was over, in epoch seconds."""
        return self.start + 60


type Traffic = tuple[Minute, ...]
"""Minutes in which anything was counted, oldest first. A route that nobody uses has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of a model."""

    stage: str
    name: str
    home: str
    """The stage's own Region."""

    traffic: Mapping[str, Traffic | None] = field(default_factory=dict[str, Traffic | None])
    """By the names of Bedrock's routes."""

    reports: tuple[Report, ...] = ()
    """What applications told lately, oldest first; of routes that are no more as well."""

    destinations: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict[str, tuple[str, ...] | None])
    """The Regions that inference profiles send data to, by the names of their routes; empty: Bedrock doesn't say."""

    unread: tuple[str, ...] = ()
    """Why something could not be read."""

    published: Document | None = None
    """What applications can read now; None: nothing that they would take."""
