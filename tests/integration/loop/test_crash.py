"""At least once, with the loop running: whichever function dies after whichever call, the end is the same."""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random

import pytest

from tests.integration.desk.model_scenes import policy as model_policy
from tests.integration.loop.ends import End, end_of
from tests.integration.loop.mixes import policy
from tests.integration.loop.scenes import wake
from tidegate.desk.region.deployment import POLICY
from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Killed

SECONDS = 170


def stray(region: Region) -> None:
    """Leave a machine behind that was detached long ago, and that spot has not taken."""
    machine = region.fleets["batch"].spot_machines()[-1].id
    tag = {"Key": "tidegate:detached", "Value": "2026-03-02T08:30:00Z"}
    region.client("ec2").create_tags(Resources=[machine], Tags=[tag])
    region.client("autoscaling").detach_instances(
        AutoScalingGroupName="batch", InstanceIds=[machine], ShouldDecrementDesiredCapacity=True
    )


def missed(region: Region) -> None:
    """Spot takes two machines of each fleet back: one that the notice path releases, and later one that it misses."""
    region.fleet(name="chat", on_demand=1, spot=2)
    region.fleet(name="batch", on_demand=0, spot=3, balanced=False)
    stray(region)
    fleets = region.fleets.values()
    firsts: list[Machine] = [fleet.spot_machines()[0] for fleet in fleets]
    seconds: list[Machine] = [fleet.spot_machines()[1] for fleet in fleets]
    for machine in firsts:
        region.interrupt(machine)
    region.run(20)
    region.set_mode(mode="observe")
    region.run(15)
    for machine in seconds:
        region.interrupt(machine)
    region.run(10)
    region.set_mode(mode="act")
    wake(region, "strays")


def drilled(region: Region) -> None:
    """A person starts a drill, and asks again with the same nonce while it fails."""
    region.fleet(name="chat", on_demand=1, spot=2)
    request = {"drill": "spot-interruption", "fleet": "chat", "depth": "inject", "nonce": "n1"}
    for _ in range(2):
        if region.invoke("drill", request).error is None:
            break


def surged(region: Region) -> None:
    """A fleet has more to do than it can; its alarm is made, rings and wakes it, and the size follows."""
    region.load(region.fleet(name="chat", on_demand=1, spot=2, min_size=2, max_size=8), lambda _: 3.0)
    region.run(60)


def rung(region: Region) -> None:
    """A person lets an alarm ring for practice, and asks again with the same nonce while that fails."""
    region.fleet(name="chat", on_demand=1, spot=2)
    region.run(125)
    request = {"drill": "capacity-alarm", "fleet": "chat", "depth": "inject", "nonce": "n1"}
    for _ in range(2):
        if region.invoke("drill", request).error is None:
            break


def dried(region: Region) -> None:
    """Spot takes a machine back and has no other one to give for half a minute; later it has."""
    fleet = region.fleet(name="chat", on_demand=1, spot=2, max_size=6)
    region.dry_up(until=30)
    region.interrupt(fleet.spot_machines()[0])
    region.run(420)


def kept(region: Region) -> None:
    """Two machines are warned at once that are to serve on, and the group may have one more only."""
    fleet = region.fleet(name="chat", on_demand=1, spot=3, max_size=5)
    for machine in fleet.spot_machines()[:2]:
        region.interrupt(machine)


def throttled(region: Region) -> None:
    """A person lets a route be throttled for practice, and asks again with the same nonce while that fails."""
    region.run(65)
    request = {"drill": "throttle", "model": "chat", "depth": "inject", "nonce": "n1"}
    for _ in range(2):
        if region.invoke("drill", request).error is None:
            break
    region.run(120)


SCENARIOS: dict[str, Callable[[Region], None]] = {
    "missed": missed,
    "drilled": drilled,
    "surged": surged,
    "rung": rung,
    "dried": dried,
    "kept": kept,
    "throttled": throttled,
}
POLICIES = {
    "dried": policy(return_step_percent=100),
    "kept": policy(drain_seconds=60),
    "throttled": model_policy(hold=60),
}
FUNCTIONS = {
    "missed": ("reconcile", "sweep"),
    "drilled": ("drill", "reconcile", "spot-interruption"),
    "surged": ("capacity-alarm", "reconcile", "sweep"),
    "rung": ("capacity-alarm", "drill", "reconcile", "sweep"),
    "dried": ("launch-failure", "reconcile", "spot-interruption"),
    "kept": ("reconcile", "spot-interruption"),
    "throttled": ("bedrock-throttling", "drill", "reconcile"),
}


@cache
def play(scenario: str, function: str = "", call: int = 0) -> tuple[End, int]:
    """Return the end of a scenario, and how many calls the function made in it."""
    with Region(seed=7, loop=True, policy=POLICIES.get(scenario, POLICY)) as region:
        if call:
            region.crash_after(call, function)
        SCENARIOS[scenario](region)
        region.run(SECONDS)
        return end_of(region), len(region.calls_of(function)) if function else 0


def test_undisturbed_everything_is_done_once() -> None:
    end, _ = play("missed")
    assert sorted(end.releases.values()) == [("detach", 1)] * 2 + [("terminate", 1)] * 2
    assert list(end.ended.values()) == [1]
    assert end.sizes == {"chat": (3, 3), "batch": (2, 2)}
    assert [(one["outcome"], one["stage"]) for one in end.incidents] == [("replaced", 3)] * 4
    assert sum(losses for losses, _ in end.pools.values()) == 4
    assert (end.orphans, end.unexplained, end.wrong) == (frozenset(), frozenset(), ())
    assert not any(end.queues.values())


def test_undisturbed_a_drill_ends_with_its_report() -> None:
    end, _ = play("drilled")
    assert (list(end.releases.values()), end.reports) == ([("terminate", 1)], ({"nonce": "n1", "passed": True},))
    assert (end.pools, end.unexplained, end.wrong) == ({}, frozenset(), ())
    assert not any(end.queues.values())


def test_undisturbed_a_surge_ends_with_the_machines_that_it_needs() -> None:
    end, _ = play("surged")
    assert end.sizes == {"chat": (5, 5)}
    assert (end.releases, end.unexplained, end.wrong) == ({}, frozenset(), ())
    assert not any(end.queues.values())


def test_undisturbed_an_alarm_that_rings_for_practice_ends_with_its_report() -> None:
    end, _ = play("rung")
    assert (end.sizes, end.reports) == ({"chat": (3, 3)}, ({"nonce": "n1", "passed": True},))
    assert not any(end.queues.values())


def test_undisturbed_a_drought_ends_with_the_mix_of_before() -> None:
    end, _ = play("dried")
    assert (end.sizes, end.mixes) == ({"chat": (3, 3)}, {"chat": (1, (1, 2))})
    assert end.remembered == {"fleet/chat": {"owner_base": 1}}
    assert [one["outcome"] for one in end.incidents] == ["replaced"]
    assert (end.unexplained, end.wrong) == (frozenset(), ())
    assert not any(end.queues.values())


def test_undisturbed_machines_that_serve_on_are_released_once_and_leave_no_surplus() -> None:
    end, _ = play("kept")
    assert (end.sizes, end.mixes) == ({"chat": (4, 4)}, {"chat": (1, (1, 3))})
    assert sorted(end.releases.values()) == [("terminate", 1)] * 2
    assert [one["outcome"] for one in end.incidents] == ["replaced"] * 2
    assert end.remembered == {"fleet/chat": {"owner_base": 1}}
    assert (end.unexplained, end.wrong) == (frozenset(), ())
    assert not any(end.queues.values())


def test_undisturbed_a_throttle_for_practice_ends_with_its_report_and_the_order_of_before() -> None:
    end, _ = play("throttled")
    assert (end.routes, end.reports) == ({"chat": ["home", "ohio", "us"]}, ({"nonce": "n1", "passed": True},))
    assert not any(end.queues.values())


@pytest.mark.parametrize(
    ("scenario", "function"), [(name, function) for name, some in FUNCTIONS.items() for function in some]
)
def test_killed_right_after_any_of_its_calls_the_end_is_the_same(scenario: str, function: str) -> None:
    undisturbed, calls = play(scenario, function)
    assert calls
    for call in range(1, calls + 1):
        assert play(scenario, function, call)[0] == undisturbed, f"killed after call {call} of {calls}"


def as_they_come(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine))
        region.interrupt(machine)


def twice(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        region.emit(recommendation(machine), copies=2)
        region.emit(warning(machine), copies=2)
        region.interrupt(machine, notice=False)


def again_when_all_is_over(region: Region, machines: list[Machine]) -> None:
    for machine in machines:
        for event in (recommendation(machine), warning(machine)):
            region.emit(event)
            region.emit(event, delay=170)
        region.interrupt(machine, notice=False)


def late(region: Region, machines: list[Machine]) -> None:
    for number, machine in enumerate(machines):
        region.emit(recommendation(machine, age=90), delay=number)
        region.emit(warning(machine, age=90), delay=number)
        region.interrupt(machine, notice=False, after=30)


def out_of_order(region: Region, machines: list[Machine]) -> None:
    events = [event for machine in machines for event in (warning(machine), recommendation(machine))]
    Random(3).shuffle(events)  # noqa: S311 - an order, not a secret
    for number, event in enumerate(events):
        region.emit(event, delay=number * 7)
    for machine in machines:
        region.interrupt(machine, notice=False)


ORDERS = {
    "every event twice at once": twice,
    "every event again when all is over": again_when_all_is_over,
    "every event late, within its deadline": late,
    "events one by one, in no order": out_of_order,
}


@cache
def lose_four(send: Callable[[Region, list[Machine]], None], drain_seconds: int | None = None) -> End:
    with Region(seed=7, loop=True, policy=policy(drain_seconds=drain_seconds)) as region:
        region.fleet(name="chat", on_demand=1, spot=2)
        region.fleet(name="batch", on_demand=1, spot=3, balanced=False)
        region.run(10)
        send(region, [machine for fleet in region.fleets.values() for machine in fleet.spot_machines()[:2]])
        region.run(250)
        return end_of(region)


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_the_end_is_the_same(send: Callable[[Region, list[Machine]], None]) -> None:
    undisturbed = lose_four(as_they_come)
    assert [one["outcome"] for one in undisturbed.incidents] == ["replaced"] * 4
    assert (undisturbed.orphans, undisturbed.unexplained, undisturbed.wrong) == (frozenset(), frozenset(), ())
    assert lose_four(send) == undisturbed


@pytest.mark.parametrize("send", ORDERS.values(), ids=ORDERS)
def test_however_the_events_come_machines_that_serve_on_leave_once_and_no_surplus_stays(
    send: Callable[[Region, list[Machine]], None],
) -> None:
    undisturbed, end = (lose_four(each, drain_seconds=20) for each in (as_they_come, send))
    assert sorted(undisturbed.releases.values()) == [("detach", 1)] * 2 + [("terminate", 1)] * 2
    assert undisturbed.sizes == {"chat": (3, 3), "batch": (4, 4)}
    assert all("surplus" not in one for one in undisturbed.remembered.values())
    assert (undisturbed.orphans, undisturbed.unexplained, undisturbed.wrong) == (frozenset(), frozenset(), ())
    assert end == undisturbed


def test_killed_between_the_parts_of_a_wave_that_closes_the_rest_follows_with_replacements_of_its_own() -> None:
    parts: list[int] = []
    with Region(seed=7, loop=True) as region:
        fleet = region.fleet(on_demand=0, spot=42, boot=45)

        def chaos(call: Call) -> None:
            if call.function == "reconcile" and '"Delete"' in json.dumps(call.parameters):
                parts.append(len(call.parameters["TransactItems"]))
                if len(parts) == 2:
                    raise Killed("between two transactions")

        for machine in fleet.spot_machines()[:40]:
            region.interrupt(machine)
        region.chaos(chaos)
        region.run(SECONDS)

        end = end_of(region)
        assert [each - 2 for each in parts] == [2 * 32, 2 * 8, 2 * 8]
        assert Counter(one["outcome"] for one in end.incidents) == {"replaced": 40}
        assert (end.unexplained, end.wrong, end.sizes) == (frozenset(), (), {"chat": (42, 42)})
        assert not any(end.queues.values())
