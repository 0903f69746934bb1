"""What a simulated fleet is like: what its policy may buy, its sizes, and how long things take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tidegate.fleet.distribution import Distribution

Option = Literal["on-demand", "spot"]
"""How a machine is bought: AWS's purchase options."""

OPTIONS: Final[tuple[Option, ...]] = ("on-demand", "spot")


@dataclass(frozen=True, slots=True)
class Pool:
    """A capacity pool: instance type x Availability Zone."""

    type: str
    zone: str

    @property
    def name(self) -> str:
        """As `fleet.group.Machine.pool` has it."""
        return f"{self.type}/{self.zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An instance type of the group's policy. Prices in USD per hour."""

    type: str = "g5.xlarge"
    on_demand: float = 1.006
    spot: float = 0.412
    """59 % below on-demand, which the Spot Instance Advisor gave for us-east-1 in June 2025."""

    weight: int = 1
    """Units of capacity."""

    def price(self, option: Option) -> float:
        """Return what an hour costs, in USD."""
        return self.spot if option == "spot" else self.on_demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A fleet as it stands when the clock starts. Sizes in units of capacity, times in seconds.

    Raises:
        ValueError: a size outside of its bounds, or nothing to buy.
    """

    name: str = "chat"
    profile: str = "default"
    offers: tuple[Offer, ...] = (Offer(),)
    """In the order of the policy's overrides."""

    zones: tuple[str, ...] = ("us-east-1a", "us-east-1b", "us-east-1c")
    desired: int = 6
    min_size: int = 0
    max_size: int = 1000
    distribution: Distribution = field(default_factory=lambda: Distribution(base=1, percent=0))
    boot_seconds: Mapping[Option, float] = field(default_factory=lambda: dict.fromkeys(OPTIONS, 120.0))
    """From the launch until its health checks pass: half a minute until a machine answers, then its server's start."""

    balanced: bool = True
    """Whether it stands behind a target group."""

    drain_seconds: float = 60
    """The target group's deregistration delay; its default is 300.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html"""

    hook_seconds: float = 0
    """How long a terminate hook holds a machine that leaves; 0: there is none."""

    capacity_rebalance: bool = False

    def __post_init__(self) -> None:
        if not self.min_size <= self.desired <= self.max_size:
            raise ValueError(f"desired {self.desired} is outside of {self.min_size} to {self.max_size}")
        if not self.offers or not self.zones:
            raise ValueError("an instance type and a zone are needed: there is nothing to buy")
        if self.distribution.segmented:
            raise ValueError("a distribution with segments says in another way what is bought how")

    @property
    def heaviest(self) -> int:
        """Units of the heaviest machine that it may have."""
        return max(offer.weight for offer in self.offers)
