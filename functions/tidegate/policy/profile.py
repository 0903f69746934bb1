"""How a fleet is tended: what a `[profile.NAME]` table may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from tidegate.policy.checks import is_whole
from tidegate.policy.errors import wrong_value
from tidegate.policy.mix import Mix
from tidegate.policy.signal import KNOWN, Signal
from tidegate.policy.size import Size

ReleaseMode = Literal["auto", "terminate", "detach"]
RebalanceMode = Literal["ignore", "observe"]

PROFILE_TAG: Final = "tidegate:profile"
"""An Auto Scaling group that bears this tag is a fleet; the value names its profile."""

MOST_DRAIN_SECONDS: Final = 90
"""Of the two minutes of a notice; the rest is needed to get the replacement under way, and to be late."""


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

    drain_seconds: int | None = None
    """How long a machine needs to finish its work once it is released, 0 to 90: until then one with a notice serves on
    while its replacement starts. None: it is released at once, which leaves it most time and the group a machine short
    until the replacement serves."""

    rebalance: RebalanceMode = "observe"
    """What a rebalance recommendation means: `observe` counts it towards the risk of the machine's pool."""

    size: Size = field(default_factory=Size)
    """How fast machines come and go with the signals."""

    mix: Mix = field(default_factory=Mix)
    """When on-demand stands in for spot, how much, and how it goes again."""

    signal: Mapping[str, Signal] = field(default_factory=lambda: {"cpu": Signal(**KNOWN["cpu"])})
    """What the size follows, by name; the signal that asks for most decides. Naming any replaces the default, which is
    the CPU at 70 %."""

    def __post_init__(self) -> None:
        if self.release not in get_args(ReleaseMode):
            raise wrong_value("release", self.release, get_args(ReleaseMode))
        drain = self.drain_seconds
        if drain is not None and not (is_whole(drain) and 0 <= drain <= MOST_DRAIN_SECONDS):
            raise wrong_value("drain_seconds", drain, f"a whole number from 0 to {MOST_DRAIN_SECONDS}")
        if self.rebalance not in get_args(RebalanceMode):
            raise wrong_value("rebalance", self.rebalance, get_args(RebalanceMode))
        if self.size.mode == "tend" and not self.signal:
            raise wrong_value("signal", self.signal, 'one signal at least, or size.mode = "leave"')
