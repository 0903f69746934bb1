# ruff: noqa: D102, N802 - constants of a module; plain attributes of a protocol would have to be writable
"""What every `pattern` module in `tidegate.reactions` says: the one description of its rules and its queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class EventRule:
    """Which events one rule lets through, as EventBridge writes it, and how old in seconds they may get on the way."""

    pattern: Mapping[str, Any]
    max_age_seconds: int


class Pattern(Protocol):
    """How the events of a reaction are delivered to it. Which ones, its construct says by a rule for each kind."""

    @property
    def BATCH_SIZE(self) -> int: ...
    @property
    def FUNCTION_TIMEOUT_SECONDS(self) -> int: ...
    @property
    def VISIBILITY_TIMEOUT_SECONDS(self) -> int: ...
    @property
    def MAX_RECEIVES(self) -> int: ...
