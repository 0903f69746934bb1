"""The fleet's ports on boto3: Auto Scaling, and EC2 for a detached machine's tag and for what was bought how."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import batched
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any, Final

from tidegate.fleet.capacity import REFUSALS, Capacity
from tidegate.fleet.distribution import read_distribution
from tidegate.fleet.ec2 import Instances
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.launches import Launch, read_launch
from tidegate.fleet.refusals import refusals
from tidegate.fleet.strays import DETACHED_TAG
from tidegate.policy.profile import PROFILE_TAG

if TYPE_CHECKING:
    from types_boto3_autoscaling import AutoScalingClient
    from types_boto3_autoscaling.type_defs import AutoScalingGroupTypeDef
    from types_boto3_ec2 import EC2Client

_IDS_A_LOOK: Final = 50  # DescribeAutoScalingInstances, API reference
_GROUPS_A_PAGE: Final = 100  # DescribeAutoScalingGroups, MaxRecords; its default of 50 also limits the names
_MOST_ACTIVITIES: Final = 2000
"""Twenty pages: a wave of 1,000 machines out of one group, each with its end and its replacement. Of a larger one the
oldest launches are not read: the account's bucket of calls is worth more than which launch replaced which machine."""

_BALANCERS: Final = ("TargetGroupARNs", "LoadBalancerNames", "TrafficSources")
_OPERATOR_TAGS: Final = {
    "eks:nodegroup-name": "EKS",
    "eks:cluster-name": "EKS",
    "AmazonECSManaged": "ECS",
}


class AutoScaling(Capacity):
    """The Auto Scaling groups of one account and Region.

    `ec2` makes the EC2 client: its import costs more than the rest of the notice path, so only a detach pays for it.
    The others: see `Capacity`.
    """

    def __init__(
        self,
        autoscaling: "AutoScalingClient",
        writes: "AutoScalingClient",
        *,
        ec2: "Callable[[], EC2Client]",
        pause: Callable[[float], None],
    ) -> None:
        super().__init__(autoscaling, writes, pause)
        self._ec2 = ec2

    def membership(self, instances: Collection[str]) -> Mapping[str, str]:
        """Return the group's name for each of `instances` that is in one: one call for every 50."""
        found: dict[str, str] = {}
        for ids in batched(sorted(instances), _IDS_A_LOOK, strict=False):
            answer = self._autoscaling.describe_auto_scaling_instances(InstanceIds=list(ids))
            found |= {one["InstanceId"]: one["AutoScalingGroupName"] for one in answer["AutoScalingInstances"]}
        return found

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        """Return the groups among `names` that bear the opt-in tag: one call for every 100."""
        found: dict[str, Group] = {}
        for some in batched(sorted(names), _GROUPS_A_PAGE, strict=False):
            for description in self._pages(some):
                group = read_group(description)
                found[group.name] = group
        return found

    def has_terminate_hook(self, group: str) -> bool:
        """Return whether a lifecycle hook holds terminating machines of `group`: one call."""
        hooks = self._autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
        return any(hook.get("LifecycleTransition") == "autoscaling:EC2_INSTANCE_TERMINATING" for hook in hooks)

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """End up to 100 machines in their group, and have them replaced at once or not: one call. Raises `Refused`."""
        with refusals(REFUSALS):
            self._patiently(
                lambda: self._writes.terminate_instance_in_auto_scaling_group(
                    AutoScalingGroupName=group, InstanceIds=list(instances), ShouldDecrementDesiredCapacity=shrink
                )
            )

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        """Tag machines before they are detached, so that none can outlive its notice unseen. Raises `Refused`."""
        gone_by = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(deadline))
        with refusals(REFUSALS):
            self._ec2().create_tags(Resources=list(instances), Tags=[{"Key": DETACHED_TAG, "Value": gone_by}])

    def detach(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """Take up to 20 machines out of their group, and have them replaced at once or not. Raises `Refused`."""
        with refusals(REFUSALS):
            self._patiently(
                lambda: self._writes.detach_instances(
                    AutoScalingGroupName=group, InstanceIds=list(instances), ShouldDecrementDesiredCapacity=shrink
                )
            )

    def spot(self, instances: Collection[str]) -> frozenset[str]:
        """Return which of `instances` are spot machines: a call for every 100."""
        return Instances(self._ec2()).spot(instances)

    def all_fleets(self) -> Mapping[str, Group]:
        """Return every group that bears the opt-in tag: one call for every 100."""
        return {group.name: group for group in map(read_group, self._pages(()))}

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        """Return the launches of `group` that began after `since` (epoch seconds), oldest first: a call for every 100.

        Activities come newest first; those of the last six weeks are kept, so reading stops at the first older one.
        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html
        """
        found: list[Launch] = []
        pages = self._autoscaling.get_paginator("describe_scaling_activities").paginate(
            AutoScalingGroupName=group, PaginationConfig={"PageSize": 100, "MaxItems": _MOST_ACTIVITIES}
        )
        for activity in (one for page in pages for one in page["Activities"]):
            if activity["StartTime"].timestamp() < since:
                break
            launch = read_launch(
                description=activity.get("Description", ""),
                status=activity["StatusCode"],
                message=activity.get("StatusMessage", ""),
                started=activity["StartTime"].timestamp(),
                ended=activity["EndTime"].timestamp() if "EndTime" in activity else None,
            )
            found += [launch] if launch else []
        return found[::-1]

    def _pages(self, names: Sequence[str]) -> "Iterator[AutoScalingGroupTypeDef]":
        wanted: Any = {"AutoScalingGroupNames": list(names)} if names else {}
        pages = self._autoscaling.get_paginator("describe_auto_scaling_groups").paginate(
            **wanted,
            Filters=[{"Name": "tag-key", "Values": [PROFILE_TAG]}],
            PaginationConfig={"PageSize": _GROUPS_A_PAGE},
        )
        for page in pages:
            yield from page["AutoScalingGroups"]


def read_group(description: "AutoScalingGroupTypeDef") -> Group:
    """Read one group as `DescribeAutoScalingGroups` describes it."""
    tags = {tag["Key"]: tag.get("Value", "") for tag in description.get("Tags", []) if "Key" in tag}
    machines = (
        Machine(
            one["InstanceId"],
            one.get("InstanceType", ""),
            one["AvailabilityZone"],
            one["LifecycleState"],
            int(one.get("WeightedCapacity", 1)),
        )
        for one in description.get("Instances", [])
    )
    return Group(
        name=description["AutoScalingGroupName"],
        profile=tags.get(PROFILE_TAG, ""),
        machines={machine.id: machine for machine in machines},
        desired=description.get("DesiredCapacity", 0),
        min_size=description.get("MinSize", 0),
        max_size=description.get("MaxSize", 0),
        balanced=any(description.get(key) for key in _BALANCERS),
        suspended=frozenset(one.get("ProcessName", "") for one in description.get("SuspendedProcesses", [])),
        capacity_rebalance=description.get("CapacityRebalance", False),
        operator=_operator(description, tags),
        deleting=bool(description.get("Status")),
        zones=len(description.get("AvailabilityZones", [])),
        **_mixed(description),
    )


def _mixed(description: "AutoScalingGroupTypeDef") -> dict[str, Any]:
    """Return what a mixed instances policy says of a group; nothing for one that has none."""
    policy = description.get("MixedInstancesPolicy")
    if policy is None:
        return {}
    overrides = policy.get("LaunchTemplate", {}).get("Overrides", [])
    types = {one["InstanceType"]: int(one.get("WeightedCapacity", 1)) for one in overrides if "InstanceType" in one}
    return {"distribution": read_distribution(policy.get("InstancesDistribution", {})), "types": types}


def _operator(description: "AutoScalingGroupTypeDef", tags: Mapping[str, str]) -> str | None:
    principal = description.get("Operator", {}).get("Principal")
    return principal or next((name for key, name in _OPERATOR_TAGS.items() if key in tags), None)
