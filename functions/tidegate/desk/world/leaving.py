"""How a machine leaves its group: terminated, which ends it, or detached and left running."""

from typing import Final

from tidegate.desk.world.machine import Machine
from tidegate.desk.world.world import World

SHUTDOWN_SECONDS: Final = 10
"""EC2's own shutdown, an assumption."""

DETACH_SECONDS: Final = 30
"""A machine was seen in Detaching 34 s after the call, without connection draining (reproio/ecs_deploy issue 84)."""


def terminate(world: World, machine: Machine, why: str) -> None:
    """Drain first, then wait for the terminate hook, then end; from now on it neither serves nor counts.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
    """
    machine.state = "Terminating"
    world.record("leaving", f"{machine.id} is terminated: {why}", machine.id)
    if not machine.alive:
        world.forget(machine)
        return

    def ended() -> None:
        if machine.alive:
            world.end(machine)
            world.forget(machine)
            world.record("gone", f"{machine.id} is terminated", machine.id)

    world.clock.after(_drain(world) + world.shape.hook_seconds + SHUTDOWN_SECONDS, ended)


def detach(world: World, machine: Machine) -> None:
    """Deregister, drain, and leave the group; the machine runs on, and is paid for, until EC2 takes it.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-detach-attach-instances.html
    """
    machine.state = "Detaching"
    world.record("leaving", f"{machine.id} is detached", machine.id)

    def detached() -> None:
        if machine.state == "Detaching":
            world.forget(machine)

    world.clock.after(max(_drain(world), DETACH_SECONDS), detached)


def _drain(world: World) -> float:
    return world.shape.drain_seconds if world.shape.balanced else 0
