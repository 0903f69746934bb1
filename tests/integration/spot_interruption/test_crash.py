"""At least once: whenever the handler dies, and however often, late or disordered events come, the end is the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Killed

TIMES = ("seen", "released", "noticed", "deadline", "expires", "event")


@dataclass(frozen=True)
class End:
    """What is left when everything has come to rest."""

    releases: dict[str, tuple[str, int]]
    """How each machine was released, and how often."""

    desired: dict[str, int]
    in_service: dict[str, int]
    tagged: frozenset[str]
    table: tuple[dict[str, Any], ...]
    """All items, but for times and decisions: each look is one, and a repeated delivery looks again."""

    woken: frozenset[str]
    buried: int
    waiting: int


def fleets(region: Region) -> list[Machine]:
    """Build one fleet for each way out, and return the machines that spot takes back: two of each."""
    region.fleet(name="chat", on_demand=1, spot=4)
    region.fleet(name="batch", on_demand=1, spot=4, balanced=False)
    return [machine for fleet in region.fleets.values() for machine in fleet.spot_machines()[:2]]


def end_of(region: Region, machines: Iterable[Machine]) -> End:
    region.run(400)
    counts = region.release_counts()
    ids = [machine.id for machine in machines]
    described = region.client("ec2").describe_tags(Filters=[{"Name": "key", "Values": ["tidegate:detached"]}])["Tags"]
    depths = region.queue_depths()
    return End(
        releases={one.instance: (one.how, counts[one.instance]) for one in region.releases},
        desired={name: fleet.desired for name, fleet in region.fleets.items()},
        in_service={name: fleet.size for name, fleet in region.fleets.items()},
        tagged=frozenset(tag["ResourceId"] for tag in described if tag["ResourceId"] in ids),
        table=tuple(
            {key: value for key, value in item.items() if key not in (*TIMES, "decision")}
            for item in region.items()
            if not item["sk"].startswith("DECISION#")
        ),
        woken=frozenset(wake["target"] for wake in region.wakes()),
        buried=len(region.dead_letters()),
        waiting=depths[region.deployment.queue_url.rsplit("/", 1)[-1]],
    )


def play(prepare: Callable[[Region], None], send: Callable[[Region, list[Machine]], None]) -> tuple[End, int]:
    """Return the end of a scenario, and how many AWS calls its handlers made."""
    with Region(seed=7) as region:
        machines = fleets(region)
        prepare(region)
        send(region, machines)
        return end_of(region, machines), len(region.calls)


def send_all(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine))
        region.emit(warning(machine))


def nothing(_: Region) -> None:
    """Leave the Region as it is."""


UNDISTURBED, CALLS = play(nothing, send_all)


def test_undisturbed_every_machine_is_released_once_and_everything_is_accounted_for() -> None:
    assert sorted(UNDISTURBED.releases.values()) == [("detach", 1), ("detach", 1), ("terminate", 1), ("terminate", 1)]
    assert len(UNDISTURBED.tagged) == 2
    assert UNDISTURBED.desired == UNDISTURBED.in_service == {"chat": 5, "batch": 5}
    assert UNDISTURBED.woken == {"fleet/chat", "fleet/batch"}
    assert (UNDISTURBED.buried, UNDISTURBED.waiting) == (0, 0)
    incidents = [item for item in UNDISTURBED.table if item["sk"].startswith("OPEN#")]
    assert [item["stage"] for item in incidents] == [2, 2, 2, 2]
    pools = [item for item in UNDISTURBED.table if item["pk"].startswith("POOL#")]
    assert (sum(item["losses"] for item in pools), sum(item["recommendations"] for item in pools)) == (4, 4)


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_killed_right_after_any_of_its_calls_the_next_delivery_finishes_the_same(call: int) -> None:
    end, _ = play(lambda region: region.crash_after(call), send_all)
    assert end == UNDISTURBED


@pytest.mark.parametrize("spared", [0, 3])
def test_killed_at_one_kind_of_call_after_another_it_still_finishes_the_same(spared: int) -> None:
    """Six deaths take 90 s of the two minutes; `spared` kinds of calls go through before the first death."""
    met: list[str] = []

    def prepare(region: Region) -> None:
        def chaos(call: Any) -> None:
            if call.caller == "tidegate" and call.operation not in met and len(met) < spared + 6:
                met.append(call.operation)
                if len(met) > spared:
                    raise Killed(f"before {call.operation}")

        region.chaos(chaos)

    end, _ = play(prepare, send_all)
    assert len(met) == spared + 6
    assert end == UNDISTURBED


def twice(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine), copies=2)
        region.emit(warning(machine), copies=2)


def twice_with_a_pause(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        for event in (recommendation(machine), warning(machine)):
            region.emit(event)
            region.emit(event, delay=200)


def late(region: Region, machines: list[Machine]) -> None:
    for number, machine in enumerate(machines):
        region.emit(recommendation(machine, age=100), delay=number)
        region.emit(warning(machine, age=100), delay=number)


def out_of_order(region: Region, machines: list[Machine]) -> None:
    events = [event for machine in machines for event in (warning(machine), recommendation(machine))]
    Random(3).shuffle(events)  # noqa: S311 - an order, not a secret
    for number, event in enumerate(events):
        region.emit(event, delay=number * 3)


ORDERS = {
    "every event twice at once": twice,
    "every event again after its machine is gone": twice_with_a_pause,
    "every event late, within its deadline": late,
    "recommendations after warnings, one by one": out_of_order,
}


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_the_end_is_the_same(send: Callable[[Region, list[Machine]], None]) -> None:
    end, _ = play(nothing, send)
    assert end == UNDISTURBED


@pytest.mark.parametrize("seed", range(6))
def test_disordered_doubled_and_killed_at_random_the_end_is_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - chances, not secrets

    def prepare(region: Region) -> None:
        def chaos(call: Any) -> None:
            if call.caller == "tidegate" and random.random() < 0.03:
                raise Killed(f"before {call.operation}")

        region.chaos(chaos)

    def send(region: Region, machines: list[Machine]) -> None:
        for machine in machines:
            for event in (warning(machine), recommendation(machine)):
                region.emit(event, delay=random.uniform(0, 5))
                region.emit(event, delay=random.uniform(5, 20))

    end, _ = play(prepare, send)
    assert end == UNDISTURBED
