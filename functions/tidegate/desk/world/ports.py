"""The fleet's ports on the simulated world: `Groups`, `Launches`, `Sizes` and `Mixes`, with every call written down."""

from bisect import bisect_left
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from operator import attrgetter
from typing import Any, Final

from tidegate.desk.world import operations
from tidegate.desk.world.calls import Calls
from tidegate.desk.world.clock import BEGAN
from tidegate.desk.world.machine import Attempt
from tidegate.desk.world.machine import Machine as Simulated
from tidegate.desk.world.world import World
from tidegate.fleet.distribution import Distribution, complete
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.launches import Launch, classify
from tidegate.fleet.notice import How
from tidegate.fleet.others import Others
from tidegate.fleet.ports import Refused

_IDS_A_LOOK: Final = 50  # DescribeAutoScalingInstances, API reference
_INSTANCES_A_LOOK: Final = 100
_ACTIVITIES_A_PAGE: Final = 100


@dataclass(slots=True, eq=False)
class Ports:
    """What Tidegate may look at and call. A call takes no time here; what Auto Scaling refuses raises `Refused`."""

    world: World
    calls: Calls = field(default_factory=Calls)
    _seen: tuple[int, Group] | None = None
    """What was described last, and the version of the world that it is of."""

    def membership(self, instances: Collection[str]) -> Mapping[str, str]:
        """Return the group's name for each of `instances` that is in it: one call for every 50."""
        for ids in batched(sorted(instances), _IDS_A_LOOK, strict=False):
            self._note("DescribeAutoScalingInstances", InstanceIds=ids)
        return {one: self.world.shape.name for one in instances if one in self.world.members}

    def fleets(self, names: Collection[str]) -> Mapping[str, Group]:
        """Return the group, if it is among `names`."""
        self._note("DescribeAutoScalingGroups", AutoScalingGroupNames=tuple(sorted(names)))
        name = self.world.shape.name
        if self._seen is None or self._seen[0] != self.world.version:
            self._seen = (self.world.version, described(self.world))
        return {name: self._seen[1]} if name in names else {}

    def has_terminate_hook(self, group: str) -> bool:
        """Return whether a lifecycle hook holds terminating machines of the group."""
        self._note("DescribeLifecycleHooks", AutoScalingGroupName=group)
        return self.world.shape.hook_seconds > 0

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """End machines in their group and have them replaced at once, or let it shrink. Raises `Refused`."""
        self._release("TerminateInstanceInAutoScalingGroup", "terminate", group, instances, shrink=shrink)

    def mark_detached(self, instances: Sequence[str], deadline: float) -> None:
        """Tag machines as detached. Raises `Refused` when one is gone."""
        self._note("CreateTags", Resources=tuple(instances))
        if gone := [one for one in instances if one not in self.world.running]:
            raise Refused(f"the instances {', '.join(gone)} don't exist")

    def detach(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        """Take machines out of their group and have them replaced at once, or let it shrink. Raises `Refused`."""
        self._release("DetachInstances", "detach", group, instances, shrink=shrink)

    def launches(self, group: str, *, since: float) -> Sequence[Launch]:
        """Return the launches that began after `since` (epoch seconds), oldest first: a call for every 100."""
        first = bisect_left(self.world.attempts, since - BEGAN, key=attrgetter("started"))
        found = [told(one) for one in self.world.attempts[first:]]
        for _ in range(len(found) // _ACTIVITIES_A_PAGE + 1):
            self._note("DescribeScalingActivities", AutoScalingGroupName=group)
        return found

    def others(self, group: str) -> Others:
        """Return who else writes the size: scheduled actions alone do here, and they show in the size itself."""
        self._note("DescribePolicies", AutoScalingGroupName=group)
        self._note("DescribeInstanceRefreshes", AutoScalingGroupName=group)
        return Others()

    def resize(self, group: str, desired: int) -> None:
        """Set the desired capacity, in units. Raises `Refused`."""
        self._note("SetDesiredCapacity", AutoScalingGroupName=group, DesiredCapacity=desired, HonorCooldown=False)
        with _refusals():
            operations.resize(self.world, desired)

    def spot(self, instances: Collection[str]) -> frozenset[str]:
        """Return which of `instances` are spot machines: a call for every 100."""
        for ids in batched(sorted(instances), _INSTANCES_A_LOOK, strict=False):
            self._note("DescribeInstances", InstanceIds=ids)
        there = {**self.world.members, **self.world.running}
        return frozenset(one for one in instances if one in there and there[one].option == "spot")

    def remix(self, group: str, distribution: Distribution, desired: int | None) -> None:
        """Set the distribution, and the desired capacity in units with it (None: it stays). Raises `Refused`."""
        policy = {"InstancesDistribution": complete(distribution)}
        size = {} if desired is None else {"DesiredCapacity": desired}
        self._note("UpdateAutoScalingGroup", AutoScalingGroupName=group, MixedInstancesPolicy=policy, **size)
        with _refusals():
            operations.remix(self.world, distribution, self.world.desired if desired is None else desired)

    def _release(self, operation: str, how: How, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        self._note(
            operation,
            AutoScalingGroupName=group,
            InstanceIds=tuple(instances),
            ShouldDecrementDesiredCapacity=shrink,
        )
        with _refusals():
            operations.release(self.world, how, instances, decrement=shrink)

    def _note(self, operation: str, **parameters: Any) -> None:
        self.calls.note(self.world.now, operation, **parameters)


def described(world: World) -> Group:
    """Return the group as DescribeAutoScalingGroups shows it."""
    shape = world.shape
    return Group(
        name=shape.name,
        profile=shape.profile,
        machines={one.id: _described(one) for one in world.members.values()},
        desired=world.desired,
        min_size=world.min_size,
        max_size=world.max_size,
        balanced=shape.balanced,
        capacity_rebalance=shape.capacity_rebalance,
        distribution=world.distribution,
        zones=len(shape.zones),
        types={offer.type: offer.weight for offer in shape.offers},
    )


def told(attempt: Attempt) -> Launch:
    """Return a launch as the group's activities tell it."""
    if attempt.failure:
        return Launch(BEGAN + attempt.started, failure=classify(attempt.failure))
    served = None if attempt.in_service is None else BEGAN + attempt.in_service
    return Launch(BEGAN + attempt.started, attempt.instance, in_service=served)


def _described(machine: Simulated) -> Machine:
    return Machine(machine.id, machine.pool.type, machine.pool.zone, machine.state, machine.weight)


@contextmanager
def _refusals() -> Generator[None]:
    try:
        yield
    except ValueError as error:
        raise Refused(str(error)) from error
