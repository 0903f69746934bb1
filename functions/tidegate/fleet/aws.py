"""The fleet's ports on boto3: Auto Scaling, and EC2 for the one tag that a detached machine bears."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from time import gmtime, strftime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from tidegate.fleet.group import Group, Machine
from tidegate.fleet.ports import Refused
from tidegate.policy.profile import PROFILE_TAG

if TYPE_CHECKING:
    from types_boto3_autoscaling import AutoScalingClient
    from types_boto3_autoscaling.type_defs import AutoScalingGroupTypeDef
    from types_boto3_ec2 import EC2Client

DETACHED_TAG: Final = "tidegate:detached"
"""A machine that Tidegate detached, and the time by which spot has ended it."""

_IDS_A_LOOK: Final = 50  # DescribeAutoScalingInstances, API reference
_GROUPS_A_PAGE: Final = 100  # DescribeAutoScalingGroups, MaxRecords; its default of 50 also limits the names
_REFUSALS: Final = ("ValidationError", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")
_BALANCERS: Final = ("TargetGroupARNs", "LoadBalancerNames", "TrafficSources")
_OPERATOR_TAGS: Final = {
    "eks:nodegroup-name": "EKS",
    "eks:cluster-name": "EKS",
    "AmazonECSManaged": "ECS",
}


class AutoScaling:
    """The Auto Scaling groups of one account and Region.

    `ec2` makes the EC2 client: its import costs more than the rest of the notice path, so only a detach pays for it.
    """

    def __init__(self, autoscaling: "AutoScalingClient", ec2: "Callable[[], EC2Client]") -> None:
        self._autoscaling = autoscaling
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

    def terminate(self, group: str, instances: Sequence[str]) -> None:
        """End up to 100 machines in their group and have them replaced at once: one call. Raises `Refused`."""
        with _refusals():
            self._autoscaling.terminate_instance_in_auto_scaling_group(
                AutoScalingGroupName=group, InstanceIds=list(instances), ShouldDecrementDesiredCapacity=False
            )

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        """Tag machines before they are detached, so that none can outlive its notice unseen. Raises `Refused`."""
        gone_by = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(deadline))
        with _refusals():
            self._ec2().create_tags(Resources=list(instances), Tags=[{"Key": DETACHED_TAG, "Value": gone_by}])

    def detach(self, group: str, instances: Sequence[str]) -> None:
        """Take up to 20 machines out of their group and have them replaced at once: one call. Raises `Refused`."""
        with _refusals():
            self._autoscaling.detach_instances(
                AutoScalingGroupName=group, InstanceIds=list(instances), ShouldDecrementDesiredCapacity=False
            )

    def _pages(self, names: Sequence[str]) -> "Iterator[AutoScalingGroupTypeDef]":
        pages = self._autoscaling.get_paginator("describe_auto_scaling_groups").paginate(
            AutoScalingGroupNames=list(names),
            Filters=[{"Name": "tag-key", "Values": [PROFILE_TAG]}],
            PaginationConfig={"PageSize": _GROUPS_A_PAGE},
        )
        for page in pages:
            yield from page["AutoScalingGroups"]


def read_group(description: "AutoScalingGroupTypeDef") -> Group:
    """Read one group as `DescribeAutoScalingGroups` describes it."""
    tags = {tag["Key"]: tag.get("Value", "") for tag in description.get("Tags", []) if "Key" in tag}
    machines = (
        Machine(one["InstanceId"], one.get("InstanceType", ""), one["AvailabilityZone"], one["LifecycleState"])
        for one in description.get("Instances", [])
    )
    return Group(
        name=description["AutoScalingGroupName"],
        profile=tags.get(PROFILE_TAG, ""),
        machines={machine.id: machine for machine in machines},
        balanced=any(description.get(key) for key in _BALANCERS),
        suspended=frozenset(one.get("ProcessName", "") for one in description.get("SuspendedProcesses", [])),
        capacity_rebalance=description.get("CapacityRebalance", False),
        operator=_operator(description, tags),
        deleting=bool(description.get("Status")),
    )


def _operator(description: "AutoScalingGroupTypeDef", tags: Mapping[str, str]) -> str | None:
    principal = description.get("Operator", {}).get("Principal")
    return principal or next((name for key, name in _OPERATOR_TAGS.items() if key in tags), None)


@contextmanager
def _refusals() -> Generator[None]:
    """Turn the errors by which AWS refuses a whole call for one machine into `Refused`."""
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        if said.get("Code") in _REFUSALS:
            raise Refused(said.get("Message", "")) from error
        raise
