"""A decision as the journal keeps it: what was seen, what was planned, what was not, and why. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.policy.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision about one fleet or model."""

    name: str
    """Its name, without the kind of target that it is."""

    at: float
    """Epoch seconds of the look it follows from."""

    event: str
    """Id of the event, or of the sweep, that woke it."""

    mode: Mode
    code: str
    reason: str
    observed: Mapping[str, object] = field(default_factory=dict[str, object])
    planned: tuple[str, ...] = ()
    """Each thing that was to be done."""

    rejected: tuple[str, ...] = ()
    """Each thing that was not, with its reason."""
