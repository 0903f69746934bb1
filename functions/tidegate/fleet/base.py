"""What a fleet remembers of its on-demand base: what its owner asks for, what Tidegate made of it, since when. Pure.

The owner is whoever writes the base beside Tidegate: a person, CloudFormation, Terraform. A base that is neither what
Tidegate set nor what it was about to set is the owner's: a new one, or the old one that somebody wrote back. What
Tidegate's was for then shows again in what is missing.
"""

from dataclasses import dataclass, field, replace

from tidegate.fleet.risk import Risk


@dataclass(frozen=True, slots=True)
class Base:
    """Times are epoch seconds; 0: never."""

    owner: int | None = None
    """The owner's base; None: it was never seen."""

    ours: int | None = None
    """The base that Tidegate set, the owner's own while the last step of a return is under way; None: nothing stands in
    for spot."""

    meant: int | None = None
    """What Tidegate was about to set when it wrote this down: it may have died before or after it did."""

    whole: float = 0.0
    """When nothing was missing for the last time."""

    short: float = 0.0
    """Since when spot is missing; 0: it isn't."""

    trouble: float = 0.0
    """When a spot machine was lost, or couldn't be had, for the last time."""

    changed: float = 0.0
    """When Tidegate set the base for the last time."""

    lowered: float = 0.0
    """When the base was lowered to have spot back; 0: it was raised since."""

    failures: int = 0
    """How many returns failed in a row: each doubles the hold-down."""

    risk: Risk = field(default_factory=Risk)

    @property
    def standing_in(self) -> bool:
        """Whether on-demand stands in for spot, or is on its way back."""
        return self.ours is not None


def observed(base: Base, seen: int) -> Base:
    """Return what is known once the base of a group was seen."""
    if base.owner is not None and seen in (base.ours, base.meant):
        return replace(base, ours=seen, meant=None)
    return replace(base, owner=seen, ours=None, meant=None)
