"""What both the simulated world and the emulated Region can play, Tidegate answers with the same calls in both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import pytest

from tests.integration.loop.scenes import SPOT_SHORT
from tidegate.desk.region.region import Region
from tidegate.desk.world.calls import CHANGES, Calls
from tidegate.desk.world.interruption import take_back
from tidegate.desk.world.market import Market, drought
from tidegate.desk.world.metrics import Gauge, Metrics, utilisation
from tidegate.desk.world.ports import Ports
from tidegate.desk.world.shape import OPTIONS, Shape
from tidegate.desk.world.standing import standing
from tidegate.desk.world.tending import Tidegate
from tidegate.fleet.distribution import BASE, Distribution
from tidegate.policy.profile import Profile
from tidegate.policy.read import parse

type Said = tuple[str, tuple[str, ...], int | None, int | None]
"""A call: its operation, the machines that it names, and the size and the on-demand base that it sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is played: one on-demand machine and some spot machines, of which some are interrupted at some seconds."""

    spot: int = 5
    interrupted: Mapping[float, Sequence[int]] = field(default_factory=dict[float, Sequence[int]])
    """Numbers of spot machines, in the order in which they stand."""

    balanced: bool = True
    dry: bool = False
    """Whether no spot is to be had from the start on."""

    recovers: float = inf
    """When there is spot again, in seconds."""

    load: float | None = None
    """Machines' worth of work, from the start on."""

    seconds: float = 400
    profile: Mapping[str, Any] = field(default_factory=lambda: {"size": {"mode": "leave"}})


def in_the_region(story: Story) -> list[Said]:
    with Region(loop=True, policy={"profile": {"default": dict(story.profile)}}) as region:
        fleet = region.fleet("chat", spot=story.spot, balanced=story.balanced, boot=120, max_size=30)
        spot = fleet.spot_machines()
        if story.dry:
            region.launches_fail("chat", SPOT_SHORT, until=story.recovers)
        if (load := story.load) is not None:
            region.load(fleet, lambda _: load)
        for t, numbers in story.interrupted.items():
            region.run(t - region.world.now())
            for number in numbers:
                region.interrupt(spot[number])
        region.run(story.seconds - region.world.now())
        calls = [one.data for one in region.timeline if one.kind == "call" and one.actor == "tidegate"]
        names = [machine.id for machine in spot]
        return [said(one["operation"], flat(one["parameters"]), names) for one in calls if one["operation"] in CHANGES]


def in_the_world(story: Story) -> list[Said]:
    shape = Shape(
        desired=1 + story.spot,
        max_size=30,
        distribution=Distribution(1, 0),
        balanced=story.balanced,
        boot_seconds=dict.fromkeys(OPTIONS, 120.0),
    )
    gauges: dict[str, Gauge] = {} if (load := story.load) is None else {"cpu": utilisation(lambda _: load)}
    world = standing(shape)
    spot = [machine for machine in world.members.values() if machine.option == "spot"]
    if story.dry:
        world.market = Market(spot=drought(0, story.recovers))
    calls = Calls()
    Tidegate(world, profile_of(story), Metrics(world, gauges, calls), Ports(world, calls))
    for t, numbers in story.interrupted.items():
        world.run(t - world.now)
        take_back(world, [spot[number] for number in numbers])
    world.run(story.seconds - world.now)
    return [said(one.operation, one.parameters, [machine.id for machine in spot]) for one in calls.changes]


def profile_of(story: Story) -> Profile:
    return parse({"stage": {"test": {}}, "profile": {"default": dict(story.profile)}}, where="a story").profiles[
        "default"
    ]


def said(operation: str, parameters: Mapping[str, Any], names: Sequence[str]) -> Said:
    """Return a call with its machines by their places among those that stood there first."""
    ids: Iterable[str] = parameters.get("InstanceIds") or parameters.get("Resources") or ()
    places = tuple(str(names.index(one)) if one in names else "another" for one in ids)
    size, mix = parameters.get("DesiredCapacity"), parameters.get("MixedInstancesPolicy")
    base = (
        mix["InstancesDistribution"][BASE]
        if mix
        else parameters.get(f"MixedInstancesPolicy.InstancesDistribution.{BASE}")
    )
    return operation, places, None if size is None else int(size), None if base is None else int(base)


def flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as a call names them; on the wire a list is numbered."""
    found: dict[str, Any] = {}
    for key, value in parameters.items():
        name = (
            "InstanceIds" if key.startswith("InstanceIds.") else "Resources" if key.startswith("ResourceId.") else key
        )
        if name == key:
            found[name] = value
        else:
            found.setdefault(name, []).append(value)
    return found


STORIES = {
    "three of six at once": Story(interrupted={0: (0, 1, 2)}),
    "one after the other": Story(interrupted={0: (3,), 45: (0, 4), 200: (1,)}),
    "a wave of more than a batch": Story(spot=14, interrupted={10: range(13)}),
    "without a load balancer they are detached": Story(balanced=False, interrupted={5: (2, 0)}),
    "where the profile says so as well": Story(
        profile={"release": "detach", "size": {"mode": "leave"}}, interrupted={5: (1,), 90: (3,)}
    ),
    "nothing else is done while spot is short": Story(dry=True, interrupted={0: (0, 1)}),
    "on-demand stands in until spot has been back for a while": Story(
        dry=True,
        recovers=240,
        interrupted={0: range(5)},
        profile={"size": {"mode": "leave"}, "mix": {"hold_down_seconds": 300, "return_step_percent": 50}},
        seconds=1500,
    ),
    "a return that finds no spot is taken back": Story(
        dry=True,
        recovers=700,
        interrupted={0: range(5)},
        profile={"size": {"mode": "leave"}, "mix": {"hold_down_seconds": 300, "return_step_percent": 100}},
        seconds=1800,
    ),
    "dying machines serve on while on-demand is launched": Story(
        dry=True,
        recovers=240,
        interrupted={0: (1, 3)},
        # At which second of its minute the sweep comes differs: without jitter nothing waits for it.
        profile={
            "drain_seconds": 60,
            "size": {"mode": "leave"},
            "mix": {"hold_down_seconds": 300, "jitter_seconds": 0},
        },
        seconds=1200,
    ),
    "more work than the fleet can do": Story(load=5.6, profile={}, seconds=900),
    "less work than it could do": Story(load=1.2, profile={}, seconds=1800),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_calls_are_the_same_in_the_same_order(story: Story) -> None:
    world = in_the_world(story)
    assert world == in_the_region(story)
    assert world
