"""Load balancing: targets pass through `initial`, `healthy` and `draining`, which moto leaves out.

A target's state stands in moto's own record of it, under "State", so it ends with the target.
"""

from typing import Any, Final, cast

from moto.elbv2.exceptions import TargetNotRunning
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup, elbv2_backends

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.world import World

HEALTHY_SECONDS: Final = 15.0
"""From registered to healthy. A new target has to pass one health check, whatever the healthy threshold (ELB user
guide, "Health checks for your target groups"): half of two intervals of 10 s and an answer, an assumption."""

REASONS: Final = {
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotRegistered", "Target is not registered to the target group"),
}
"""TargetHealth's reason codes: elasticloadbalancing/latest/APIReference/API_TargetHealth.html"""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""

    def registering(group: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
        """RegisterTargets: registers what is named, and nothing else; the instance must be running."""
        for target in targets:
            register(world, group, target["Id"], target.get("Port"))

    def deregistering(group: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
        """DeregisterTargets: a target that isn't there is no error (API_DeregisterTargets.html).

        moto answers the second call with an error, half-way through the list.
        """
        for target in targets:
            deregister(world, group, target["Id"])

    def health_for(group: FakeTargetGroup, target: dict[str, Any], _ec2: object) -> FakeHealthStatus:
        """DescribeTargetHealth: the states of API_TargetHealth.html."""
        state = group.targets.get(target["Id"], {}).get("State", "unused")
        port = target.get("Port") or group.port
        health = FakeHealthStatus(target["Id"], port, group.health_check_port, state, *REASONS.get(state, ()))
        return cast(FakeHealthStatus, health)

    return [
        Amendment(FakeTargetGroup, "register", registering),
        Amendment(FakeTargetGroup, "deregister", deregistering),
        Amendment(FakeTargetGroup, "deregister_terminated_instances", forget),
        Amendment(FakeTargetGroup, "health_for", health_for),
    ]


def register(world: World, group: FakeTargetGroup, instance_id: str, port: str | None = None) -> None:
    """A target starts as `initial` and turns `healthy`; one that is registered already stays as it is."""
    instance = group.ec2_backend.get_instance_by_id(instance_id)
    if instance and instance.state != "running":
        raise TargetNotRunning(instance_id=instance_id)
    if group.targets.get(instance_id, {}).get("State") in ("initial", "healthy"):
        return
    target = {"Id": instance_id, "Port": port or group.port, "State": "initial"}
    group.targets[instance_id] = target

    def healthy() -> None:
        if group.targets.get(instance_id) is target and target["State"] == "initial":
            target["State"] = "healthy"
            if not world.instant:
                world.record("aws", "healthy", f"{instance_id} takes requests", instance=instance_id)

    healthy() if world.instant else world.after(HEALTHY_SECONDS, healthy)


def deregister(world: World, group: FakeTargetGroup, instance_id: str) -> float:
    """Start draining; the seconds it takes. A target that isn't there, or drains already, changes nothing."""
    delay = float(group.attributes["deregistration_delay.timeout_seconds"])
    target = group.targets.get(instance_id)
    if not target or target["State"] == "draining":
        return delay if target else 0.0
    target["State"] = "draining"
    text = f"{instance_id} gets no new requests and drains for {delay:.0f} s"
    world.record("aws", "draining", text, instance=instance_id, seconds=delay)

    def drained() -> None:
        if group.targets.get(instance_id) is target and target["State"] == "draining":
            del group.targets[instance_id]
            world.record("aws", "drained", f"{instance_id} has drained", instance=instance_id)

    world.after(delay, drained)
    return delay


def forget(group: FakeTargetGroup, instance_ids: list[str]) -> None:
    """A machine that is gone takes its targets with it, drained or not."""
    for instance_id in instance_ids:
        group.targets.pop(instance_id, None)


def target_groups(account: str, region: str, arns: list[str]) -> list[FakeTargetGroup]:
    """Moto's target groups with these ARNs; one that was deleted is left out."""
    known = elbv2_backends[account][region].target_groups
    return [known[arn] for arn in arns if arn in known]
