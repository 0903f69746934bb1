"""What is left of the notice path's work, as far as it must not depend on who died when, or how the events came."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.region import Region

TIMES = ("seen", "released", "noticed", "deadline", "expires", "event")

type Send = Callable[[Region, list[Machine]], None]


@dataclass(frozen=True)
class End:
    """What is left when everything has come to rest."""

    releases: dict[str, tuple[str, int]]
    """How each machine was released, and how often."""

    unwoken: frozenset[str]
    """Machines after whose release nobody was asked to look at their fleet."""

    desired: dict[str, int]
    in_service: dict[str, int]
    tagged: frozenset[str]
    table: tuple[dict[str, Any], ...]
    """All items, but for times and decisions: each look is one, and a repeated delivery looks again."""

    woken: frozenset[str]
    buried: frozenset[tuple[str, str]]
    """Body and attributes of each letter; who dies between burying and deleting a message buries it once more."""

    waiting: int


def fleets(region: Region) -> list[Machine]:
    """Build one fleet for each way out, and return the machines that spot takes back: two of each."""
    region.fleet(name="chat", on_demand=1, spot=4)
    region.fleet(name="batch", on_demand=1, spot=4, balanced=False)
    return [machine for fleet in region.fleets.values() for machine in fleet.spot_machines()[:2]]


def end_of(region: Region, machines: Iterable[Machine]) -> End:
    """Let everything come to rest, and look."""
    region.run(400)
    counts = region.release_counts()
    ids = [machine.id for machine in machines]
    described = region.client("ec2").describe_tags(Filters=[{"Name": "key", "Values": ["tidegate:detached"]}])["Tags"]
    depths = region.queue_depths()
    return End(
        releases={one.instance: (one.how, counts[one.instance]) for one in region.releases},
        unwoken=frozenset(unwoken(region)),
        desired={name: fleet.desired for name, fleet in region.fleets.items()},
        in_service={name: fleet.size for name, fleet in region.fleets.items()},
        tagged=frozenset(tag["ResourceId"] for tag in described if tag["ResourceId"] in ids),
        table=tuple(
            {key: value for key, value in item.items() if key not in (*TIMES, "decision")}
            for item in region.items()
            if not item["sk"].startswith("DECISION#")
        ),
        woken=frozenset(wake["target"] for wake in region.wakes()),
        buried=frozenset((str(one["body"]), str(one["attributes"])) for one in region.dead_letters()),
        waiting=depths[region.deployment.queue_url.rsplit("/", 1)[-1]],
    )


def unwoken(region: Region) -> set[str]:
    """Return the machines after whose release their fleet was not woken."""
    last = {one.group: max(region.woken_at(f"fleet/{one.group}"), default=-1.0) for one in region.releases}
    return {one.instance for one in region.releases if last[one.group] < one.t}


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


def play(prepare: Callable[[Region], None], send: Send) -> tuple[End, tuple[str, ...]]:
    """Return the end of a scenario, and the AWS calls that its handlers made."""
    with Region(seed=7) as region:
        machines = fleets(region)
        prepare(region)
        send(region, machines)
        return end_of(region, machines), region.calls
