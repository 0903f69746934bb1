"""What can't be launched for a while: a purchase option, in pools that have run dry or beyond a quota.

A pool is what a type of one zone has to give: AWSEC2/latest/UserGuide/using-spot-instances.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup

from tidegate.desk.region.autoscaling.placement import Market, Place, places
from tidegate.desk.region.world import World

NAMED: Final[Mapping[str, Market]] = {
    "Could not launch Spot Instances.": "spot",
    "Could not launch On-Demand Instances.": "on-demand",
}
"""How a message names the purchase option that it is about: buildkite/elastic-ci-stack-for-aws issue 851."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drought:
    """Launches that fail: where (None: everywhere), until when (seconds since the Region began), with which message."""

    message: str
    """May name `{type}` and `{zone}`."""

    market: Market | None = None
    """None: both."""

    group: str | None = None
    zones: frozenset[str] | None = None
    types: frozenset[str] | None = None
    until: float = float("inf")

    def covers(self, group: str, place: Place) -> bool:
        """Whether a group's machine of this kind is kept from being launched."""
        return (
            self.market in (None, place.market)
            and self.group in (None, group)
            and (self.zones is None or place.zone in self.zones)
            and (self.types is None or place.type in self.types)
        )

    @property
    def where(self) -> str:
        """Where it is, for people."""
        named = ((" for ", [self.group] if self.group else ()), (" in ", self.zones or ()), (" of ", self.types or ()))
        return "".join(word + ", ".join(sorted(names)) for word, names in named if names)

    def text(self, place: Place) -> str:
        """What Auto Scaling says of a launch that failed there."""
        return self.message.replace("{type}", place.type).replace("{zone}", place.zone)


def told(group: str, message: str, until: float | None) -> Drought:
    """Return the drought that a message is about: what it names, or every launch of the group."""
    market: Market | None = next((each for text, each in NAMED.items() if message.startswith(text)), None)
    return Drought(message=message, market=market, group=group, until=float("inf") if until is None else until)


def declared(backend: AutoScalingBackend) -> list[Drought]:
    """The Region's droughts. moto knows none, so they hang on its backend and end with it."""
    droughts: list[Drought] = vars(backend).setdefault("tidegate_droughts", [])
    return droughts


def keep(backend: AutoScalingBackend, droughts: Iterable[Drought]) -> None:
    """Let there be these droughts and no others."""
    declared(backend)[:] = droughts


def best_place(world: World, group: FakeAutoScalingGroup, market: Market) -> tuple[Place, Drought | None]:
    """Return the best place that has a machine to give; if none has, the best of all and why it has none."""
    there = declared(group.autoscaling_backend)
    dry: list[tuple[Place, Drought | None]] = []
    for place in places(group, market):
        drought = next((each for each in there if world.now() < each.until and each.covers(group.name, place)), None)
        if not drought:
            return place, None
        dry.append((place, drought))
    return dry[0]
