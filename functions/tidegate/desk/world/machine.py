"""A simulated machine, and an attempt to launch one. Times are seconds since the world began; None: not yet."""

from dataclasses import dataclass
from typing import Final, Literal

from tidegate.desk.world.clock import HOUR
from tidegate.desk.world.shape import Offer, Option, Pool

State = Literal["Pending", "InService", "Terminating", "Detaching", "Gone"]
"""Its lifecycle state, shortened; `Gone`: it is no member of the group any more.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html"""

COUNTED: Final = ("Pending", "InService")
"""States in which it counts towards the desired capacity."""


@dataclass(slots=True, kw_only=True, eq=False)
class Machine:
    """One machine. It may be dead for EC2 while its group has not noticed yet."""

    id: str
    pool: Pool
    option: Option
    offer: Offer
    launched: float
    state: State = "Pending"
    alive: bool = True
    served: float | None = None
    """When it came in service."""

    ends: float | None = None
    """When EC2 takes it back, since its notice."""

    at_risk: bool = False
    """Whether EC2 has recommended to replace it."""

    ahead_of: str | None = None
    """Of a machine that is launched before another one goes: which; empty for whichever is bought the wrong way.
    Until it is in service it doesn't count towards the desired capacity. None: it is launched for its own sake."""

    @property
    def weight(self) -> int:
        """Units of capacity."""
        return self.offer.weight

    @property
    def serving(self) -> bool:
        """Whether it does work."""
        return self.alive and self.state == "InService"

    @property
    def counted(self) -> bool:
        """Whether it counts towards the desired capacity; Auto Scaling counts a dead one until it notices."""
        return self.state in COUNTED and self.ahead_of is None

    def cost(self, until: float, *, taken: bool = False) -> float:
        """Return what it costs from its launch on, or since the world began, in USD.

        Nothing if EC2 takes it back within its first hour:
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-for-interrupted-spot-instances.html
        """
        if taken and until - self.launched < HOUR:
            return 0.0
        return (until - max(self.launched, 0.0)) * self.offer.price(self.option) / HOUR


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One launch as the group's scaling activities tell it."""

    started: float
    option: Option
    instance: str = ""
    in_service: float | None = None
    failure: str = ""
    """Auto Scaling's text, of a launch that failed or was cancelled."""
