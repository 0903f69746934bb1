"""What deciding a mix looks at, in a few lines: a group of machines bought in two ways, and launches that failed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.fakes import NOW
from tests.fleet_fakes import SHORT
from tidegate.fleet.base import Base
from tidegate.fleet.blend import Blend, blend
from tidegate.fleet.distribution import Distribution
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.incident import Incident
from tidegate.fleet.launches import Launch, classify
from tidegate.fleet.mix import Sight
from tidegate.fleet.others import Others
from tidegate.policy.mix import Mix

TYPES: tuple[str, ...] = ("g5.xlarge", "g6.xlarge")
ON_DEMAND_SHORT = "Could not launch On-Demand Instances. InsufficientInstanceCapacity - There is no capacity."
QUOTA = "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded."
NO_SUCH_IMAGE = "The AMI ID 'ami-1' does not exist. Launching EC2 instance failed."
AT_ONCE = Mix(jitter_seconds=0)


def machines(market: str, number: int, *, state: str = "InService", weight: int = 1) -> dict[str, Machine]:
    """Return machines whose ids begin with their purchase option."""
    ids = [f"{market}-{state}-{one}" for one in range(number)]
    places = [(TYPES[one % 2], f"us-east-1{'abc'[one % 3]}") for one in range(number)]
    return {id_: Machine(id_, *place, state, weight) for id_, place in zip(ids, places, strict=True)}


def mixed(
    on_demand: int = 0,
    spot: int = 0,
    *,
    coming: int = 0,
    coming_on_demand: int = 0,
    desired: int = 10,
    base: int = 0,
    percent: int = 0,
    weight: int = 1,
) -> Group:
    """Return a group with so many machines in service, and some spot and on-demand on the way."""
    there = {
        **machines("on-demand", on_demand, weight=weight),
        **machines("spot", spot, weight=weight),
        **machines("spot", coming, state="Pending", weight=weight),
        **machines("on-demand", coming_on_demand, state="Pending:Wait", weight=weight),
    }
    types = dict.fromkeys(TYPES, weight)
    distribution = Distribution(base, percent, {"SpotAllocationStrategy": "price-capacity-optimized"})
    return Group(
        "chat", "default", there, desired=desired, max_size=100, distribution=distribution, types=types, zones=3
    )


def of(group: Group) -> Blend:
    """Return what a group is made of, by the ids of its machines."""
    return blend(group, [one for one in group.machines if one.startswith("spot")])


def failed(ago: float, text: str = SHORT) -> Launch:
    """Return a launch that failed `ago` seconds before `NOW`."""
    return Launch(NOW - ago, failure=classify(text))


def sight(
    group: Group,
    base: Base | None = None,
    *,
    mix: Mix = AT_ONCE,
    launches: Sequence[Launch] = (),
    losses: Sequence[Incident] = (),
    over: Sequence[str] = (),
    others: Others | None = None,
    desired: int | None = None,
    now: float = NOW,
) -> Sight:
    """Return what is looked at; without a base the owner's is known, and all was well until a minute ago."""
    owner = group.distribution.base if group.distribution else 0
    known = base or Base(owner=owner, whole=NOW - 60)
    wanted = group.desired if desired is None else desired
    return Sight(group, mix, of(group), launches, losses, over, known, others or Others(), wanted, now)


def short_for(seconds: float, *, owner: int = 0, **known: Any) -> Base:
    """Return what is known of a fleet whose spot has been missing for so long."""
    return replace(Base(owner=owner, whole=NOW - seconds - 1, short=NOW - seconds, trouble=NOW - seconds), **known)


def stood_in(ours: int, *, owner: int = 0, quiet: float = 7200, **known: Any) -> Base:
    """Return what is known of a fleet where on-demand has stood in for spot for long, and nothing happened since."""
    since = NOW - quiet
    return replace(Base(owner=owner, ours=ours, whole=NOW - 60, trouble=since, changed=since), **known)
