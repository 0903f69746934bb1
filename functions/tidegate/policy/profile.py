"""How a fleet is tended: what a `[profile.NAME]` table may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from tidegate.policy.errors import wrong_value
from tidegate.policy.signal import KNOWN, Signal
from tidegate.policy.size import Size

ReleaseMode = Literal["auto", "terminate", "detach"]
RebalanceMode = Literal["ignore", "observe"]

PROFILE_TAG: Final = "tidegate:profile"
"""An Auto Scaling group that bears this tag is a fleet; the value names its profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What Tidegate does for the fleets whose tag names this profile.

    Raises:
        PolicyError: a value outside of what its field allows.
    """

    release: ReleaseMode = "auto"
    """How a machine with an interruption notice leaves: `terminate` ends it in the group (drain, hooks, then the end),
    `detach` lets it run on until AWS takes it, `auto` detaches only where neither a load balancer nor a terminate hook
    would keep the machine alive while it finishes its work."""

    rebalance: RebalanceMode = "observe"
    """What a rebalance recommendation means: `observe` counts it towards the risk of the machine's pool."""

    size: Size = field(default_factory=Size)
    """How fast machines come and go with the signals."""

    signal: Mapping[str, Signal] = field(default_factory=lambda: {"cpu": Signal(**KNOWN["cpu"])})
    """What the size follows, by name; the signal that asks for most decides. Naming any replaces the default, which is
    the CPU at 70 %."""

    def __post_init__(self) -> None:
        if self.release not in get_args(ReleaseMode):
            raise wrong_value("release", self.release, get_args(ReleaseMode))
        if self.rebalance not in get_args(RebalanceMode):
            raise wrong_value("rebalance", self.rebalance, get_args(RebalanceMode))
        if self.size.mode == "tend" and not self.signal:
            raise wrong_value("signal", self.signal, 'one signal at least, or size.mode = "leave"')
