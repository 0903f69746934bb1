"""What a group's scaling activities tell about its launches, and why one failed. Pure.

The texts are Auto Scaling's own, as its users report them:

    Launching a new EC2 instance: i-0b662ef9931388ba0
    Launching a new EC2 instance.  Status Reason: Could not launch Spot Instances. UnfulfillableCapacity - Unable to
    fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2
    instance failed.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Market = Literal["spot", "on-demand", "unknown"]
Cause = Literal["capacity", "quota", "configuration", "unknown"]

_CAUSES: Final[dict[Literal["capacity", "quota", "configuration"], tuple[str, ...]]] = {
    "quota": (
        "MaxSpotInstanceCountExceeded",
        "Max spot instance count exceeded",
        "VcpuLimitExceeded",
        "You have requested more vCPU capacity than your current vCPU limit",
        "You have requested more instances",
    ),
    "configuration": (
        "InvalidFleetConfiguration",
        "InvalidParameterCombination",
        "not supported in your requested Availability Zone",
        "The requested configuration is currently not supported",
    ),
    "capacity": (
        "InsufficientInstanceCapacity",
        "UnfulfillableCapacity",
        "We currently do not have sufficient",
        "There is no Spot capacity available that matches your request",
    ),
}
"""What in a message tells its cause; the first that occurs counts. A group without a mixed instances policy is told the
sentence alone, without its code."""

_LAUNCHED: Final = re.compile(r"Launching a new EC2 instance(?! into)(?: from warm pool)?(?:: (i-[0-9a-f]+))?")
"""What is launched into a warm pool serves nobody yet; it is launched once more from there."""
_FAILED: Final = ("Failed", "Cancelled")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a launch failed: which market had none, and what kind of cause it was. `text` is Auto Scaling's own."""

    market: Market
    cause: Cause
    text: str

    @property
    def lacking(self) -> bool:
        """Whether there was too little of something that may come again: capacity, or quota."""
        return self.cause in ("capacity", "quota")

    @property
    def permits_fallback(self) -> bool:
        """Whether on-demand may stand in: what failed for another reason would fail there too, or cost for ever."""
        return self.market == "spot" and self.lacking

    def __str__(self) -> str:
        return f"{self.market} {self.cause}"


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch that a group tried. Times are epoch seconds."""

    started: float
    instance: str = ""
    """Empty while Auto Scaling has none yet, and for one that failed."""

    in_service: float | None = None
    """When it came in service; None while it hasn't."""

    failure: Failure | None = None

    @property
    def order(self) -> tuple[float, str, str]:
        """By which launches stand oldest first; of those that began together, none by chance."""
        return self.started, self.instance, self.failure.text if self.failure else ""


def read_launch(*, description: str, status: str, message: str, started: float, ended: float | None) -> Launch | None:
    """Read one scaling activity; None when it is no launch."""
    told = _LAUNCHED.match(description)
    if not told:
        return None
    if status in _FAILED:
        return Launch(started, failure=classify(message or description))
    return Launch(started, told[1] or "", in_service=ended if status == "Successful" else None)


def classify(text: str) -> Failure:
    """Tell what a message about a failed launch means; the message names the market, no field does."""
    market: Market = "unknown"
    if "On-Demand" in text:
        market = "on-demand"
    elif "spot" in text.lower():
        market = "spot"
    causes: list[Cause] = [cause for cause, words in _CAUSES.items() if any(word in text for word in words)]
    return Failure(market, causes[0] if causes else "unknown", text)
