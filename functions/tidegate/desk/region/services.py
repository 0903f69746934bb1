"""The services that fleets stand in, amended: what an emulated Region and a server of one have in common."""

from collections.abc import Callable, Iterator

from tidegate.desk.region import ec2, elbv2, quicker
from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.autoscaling import (
    activities,
    capacity,
    describe,
    distribution,
    interruption,
    refreshes,
    requests,
    sizes,
    standby,
    writers,
)
from tidegate.desk.region.autoscaling.requests import Release
from tidegate.desk.region.cloudwatch import data
from tidegate.desk.region.cloudwatch import requests as alarms
from tidegate.desk.region.cloudwatch.watch import Tell, Watch
from tidegate.desk.region.world import World


def fleet_services(world: World, released: Callable[[Release], None]) -> Iterator[Amendment]:
    """Return what changes in moto's Auto Scaling, EC2 and load balancing.

    `released` hears of each machine that a call takes out of its group.
    """
    yield from quicker.amendments()
    yield from capacity.amendments(world)
    yield from sizes.amendments()
    yield from distribution.amendments()
    yield from writers.amendments(world)
    yield from refreshes.amendments()
    yield from requests.amendments(world, released)
    yield from standby.amendments(world)
    yield from describe.amendments()
    yield from activities.amendments()
    yield from interruption.amendments(world)
    yield from ec2.amendments(world)
    yield from elbv2.amendments(world)


def signal_services(world: World, tell: Tell) -> Iterator[Amendment]:
    """Return what changes in moto's CloudWatch. `tell` takes the event of each alarm's transition to the bus."""
    yield from data.amendments()
    yield from alarms.amendments(Watch(world, tell))
