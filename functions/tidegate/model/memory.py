"""What a model remembers from one look to the next. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.model.standing import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """Where a profile sends data, and when Bedrock said so (epoch seconds)."""

    regions: tuple[str, ...]
    at: float
    of: str = ""
    """Which profile it is, and where it is called: another one under the same name is another matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a model remembers from one look to the next."""

    code: str = ""
    tracks: Mapping[str, Track] = field(default_factory=dict[str, Track])
    """By route. One that isn't here answers."""

    down: tuple[str, ...] = ()
    """The routes that are published as stepped down."""

    epoch: int = 0
    """Of the document that was published last, or about to be."""

    outside: tuple[str, ...] = ()
    """The routes that lay outside of the boundary."""

    profiles: Mapping[str, Destinations] = field(default_factory=dict[str, Destinations])

    @property
    def watched(self) -> bool:
        """Whether it wants another look within a minute: a route is to be tried again."""
        return any(one.down for one in self.tracks.values())
