# ruff: noqa: D102, N802 - constants of a module; plain attributes of a protocol would have to be writable
"""What every `pattern` module in `tidegate.reactions` says: the one description of its rules and its queue."""

from collections.abc import Mapping
from typing import Protocol


class Pattern(Protocol):
    """Which events a reaction receives, and how they are delivered to it."""

    @property
    def RULES(self) -> Mapping[str, Mapping[str, list[str]]]: ...
    @property
    def MAX_EVENT_AGE_SECONDS(self) -> Mapping[str, int]: ...
    @property
    def BATCH_SIZE(self) -> int: ...
    @property
    def FUNCTION_TIMEOUT_SECONDS(self) -> int: ...
    @property
    def VISIBILITY_TIMEOUT_SECONDS(self) -> int: ...
    @property
    def MAX_RECEIVES(self) -> int: ...
