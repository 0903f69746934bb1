"""The calls that Tidegate made in the simulated world, as AWS would have taken them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CHANGES: Final = (
    "TerminateInstanceInAutoScalingGroup",
    "DetachInstances",
    "CreateTags",
    "SetDesiredCapacity",
    "UpdateAutoScalingGroup",
)
"""Operations that change something."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, `t` seconds after the world began, with its parameters."""

    t: float
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Calls:
    """All calls, in order."""

    made: list[Call] = field(default_factory=list[Call])

    def note(self, t: float, operation: str, **parameters: Any) -> None:
        """Write a call down."""
        self.made.append(Call(t, operation, parameters))

    @property
    def counts(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(call.operation for call in self.made)

    @property
    def changes(self) -> list[Call]:
        """The calls that change something."""
        return [call for call in self.made if call.operation in CHANGES]
