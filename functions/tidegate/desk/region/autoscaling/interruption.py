"""How AWS takes a spot machine, and how its group finds out."""

from typing import Final

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.ec2.models.instances import Instance, StateReason

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.autoscaling.capacity import keep_size
from tidegate.desk.region.autoscaling.group import balancers, suspended
from tidegate.desk.region.world import World

HEALTH_CHECK_SECONDS: Final = 60.0
"""Until the group sees that EC2 ended a machine: Auto Scaling checks periodically, an interval it doesn't publish
(autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html); assumed."""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto."""

    def notify_terminate_instances(backend: AutoScalingBackend, instance_ids: list[str]) -> None:
        """TerminateInstances behind the group's back: it notices at a health check, and replaces then."""
        for instance_id in instance_ids:
            lose(world, backend, instance_id)

    return [Amendment(AutoScalingBackend, "notify_terminate_instances", notify_terminate_instances)]


def kill(world: World, backend: AutoScalingBackend, instance_id: str) -> None:
    """End a spot machine at its deadline: no hook and no drain holds it.

    Source: AWSEC2/latest/UserGuide/spot-interruptions.html; a spot interruption doesn't wait for lifecycle hooks.
    """
    instance: Instance | None = backend.ec2_backend.get_instance_by_id(instance_id)
    if instance is None or instance.state == "terminated":
        return
    instance.terminate()
    instance.state_reason = StateReason("Server.SpotInstanceTermination", "Server.SpotInstanceTermination")
    world.record("aws", "reclaimed", f"EC2 takes {instance_id} back", instance=instance_id)
    lose(world, backend, instance_id)


def lose(world: World, backend: AutoScalingBackend, instance_id: str) -> None:
    """The machine is gone for EC2: its targets end now; its group knows now if the machine was leaving anyway."""
    for group in backend.autoscaling_groups.values():
        for state in group.instance_states:
            if state.instance.id != instance_id:
                continue
            for balancer in balancers(group):
                balancer.deregister_terminated_instances([instance_id])
            if state.lifecycle_state.startswith(("Terminating", "Detaching")):
                group.instance_states.remove(state)
            else:
                notice_later(world, group, state)
            return


def notice_later(world: World, group: FakeAutoScalingGroup, state: InstanceState) -> None:
    """The next health check finds the machine missing; the group drops it and launches a replacement only then."""

    def noticed() -> None:
        if state not in group.instance_states or suspended(group) & {"HealthCheck", "ReplaceUnhealthy"}:
            return
        group.instance_states.remove(state)
        text = f"{group.name} notices that {state.instance.id} is gone"
        world.record("aws", "noticed", text, group=group.name, instance=state.instance.id)
        keep_size(world, group)

    world.after(HEALTH_CHECK_SECONDS, noticed)
