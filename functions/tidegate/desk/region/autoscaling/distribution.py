"""What a mixed instances policy may say about purchase options, and what it means where it says nothing.

Source: autoscaling/ec2/APIReference/API_InstancesDistribution.html. Where no text is known that AWS writes, the message
is ours; its code is AWS's.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup

from tidegate.desk.region.amend import Amendment

PERCENT: Final = range(101)
POOLS: Final = range(1, 21)

DEFAULTS: Final[Mapping[str, str | int]] = {
    "OnDemandAllocationStrategy": "prioritized",
    "OnDemandBaseCapacity": 0,
    "OnDemandPercentageAboveBaseCapacity": 100,
    "SpotAllocationStrategy": "lowest-price",
}
DEFAULT_POOLS: Final = 2
"""SpotInstancePools, which only the lowest-price strategy has."""

STRATEGIES: Final[Mapping[str, tuple[str, ...]]] = {
    "OnDemandAllocationStrategy": ("lowest-price", "prioritized"),
    "SpotAllocationStrategy": (
        "capacity-optimized",
        "capacity-optimized-prioritized",
        "lowest-price",
        "price-capacity-optimized",
    ),
}


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    plain: Any = AutoScalingBackend.create_auto_scaling_group

    def create(backend: AutoScalingBackend, **wanted: Any) -> FakeAutoScalingGroup:
        """CreateAutoScalingGroup: with a distribution that is possible, and is described in full."""
        if policy := wanted.get("mixed_instances_policy"):
            refuse(policy, int(wanted["max_size"] or 0))
            wanted["mixed_instances_policy"] = completed(policy)
        return plain(backend, **wanted)

    return [Amendment(AutoScalingBackend, "create_auto_scaling_group", create)]


def refuse(policy: Any, high: int) -> None:
    """Refuse what no group may have; `high` is its maximum size."""
    said: dict[str, Any] = policy.get("InstancesDistribution") or {}
    base = int(said.get("OnDemandBaseCapacity") or 0)
    if base < 0:
        raise ValidationError("OnDemandBaseCapacity must not be negative.")
    if base > high:
        raise ValidationError(f"OnDemandBaseCapacity must not be greater than the max size, {high}.")
    percent = said.get("OnDemandPercentageAboveBaseCapacity")
    if percent is not None and int(percent) not in PERCENT:
        raise ValidationError("OnDemandPercentageAboveBaseCapacity must be between 0 and 100.")
    for name, known in STRATEGIES.items():
        if (said.get(name) or known[0]) not in known:
            raise ValidationError(f"{said[name]} is not a valid {name}. Valid values: {', '.join(known)}.")
    refuse_pools(said)


def refuse_pools(said: Mapping[str, Any]) -> None:
    """Refuse a number of pools with a strategy that has none; the message: app-sre/qontract-schemas pull request 400.

    Zero is how Terraform says that there are none (hashicorp/terraform-provider-aws pull request 21632).
    """
    pools = int(said.get("SpotInstancePools") or 0)
    if not pools:
        return
    if said.get("SpotAllocationStrategy", DEFAULTS["SpotAllocationStrategy"]) != "lowest-price":
        raise ValidationError("SpotInstancePools option is only available with the lowest-price allocation strategy.")
    if pools not in POOLS:
        raise ValidationError("SpotInstancePools must be between 1 and 20.")


def completed(policy: Any) -> Any:
    """Return a policy with all fields that its distribution has, as DescribeAutoScalingGroups shows it."""
    full: dict[str, Any] = deepcopy(policy)
    said: dict[str, Any] = full.get("InstancesDistribution") or {}
    distribution: dict[str, Any] = DEFAULTS | {name: value for name, value in said.items() if value not in (None, "")}
    if not distribution.get("SpotInstancePools"):
        distribution.pop("SpotInstancePools", None)
    if distribution["SpotAllocationStrategy"] == "lowest-price":
        distribution.setdefault("SpotInstancePools", DEFAULT_POOLS)
    return full | {"InstancesDistribution": distribution}
