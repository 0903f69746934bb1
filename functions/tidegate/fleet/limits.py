"""How much of a fleet may be on-demand: what its profile says in units and in USD per hour. Pure."""

from dataclasses import dataclass

from tidegate.fleet.group import Group
from tidegate.policy.mix import Mix


@dataclass(frozen=True, slots=True)
class Limit:
    """So many units may be on-demand, and for which reason no more."""

    units: int
    code: str
    why: str


def limit(group: Group, mix: Mix, *, owned: int, desired: int) -> Limit:
    """Return the tightest limit of a fleet of `desired` units, `owned` of which its owner has on-demand anyway.

    The price is that of the dearest type that the group may launch: which one it will be, Auto Scaling decides. With a
    type that has no price no limit could be kept, so nothing more is bought.
    """
    limits = [Limit(desired, "all_on_demand", f"all {desired} are wanted, and on-demand or spot already")]
    if mix.max_on_demand is not None:
        limits.append(Limit(mix.max_on_demand, "capped", f"max_on_demand is {mix.max_on_demand}"))
    if mix.max_usd_per_hour is not None:
        limits.append(_by_price(group, mix, mix.max_usd_per_hour, owned))
    return min(limits, key=lambda one: one.units)


def _by_price(group: Group, mix: Mix, most: float, owned: int) -> Limit:
    types = group.types or {one.instance_type: one.weight for one in group.machines.values()}
    unknown = sorted(name for name in types if name not in mix.usd_per_hour)
    if unknown or not types:
        what = f"of {', '.join(unknown)}" if unknown else "of its types, which its policy doesn't name,"
        return Limit(owned, "unpriced", f"the price {what} is unknown: usd_per_hour has to name it")
    dearest = max(mix.usd_per_hour[name] / max(weight, 1) for name, weight in types.items())
    units = int(most / dearest)
    why = f"max_usd_per_hour is {most:g}, which pays for {units} beyond the owner's {owned} at {dearest:g} USD each"
    return Limit(owned + units, "capped", why)
