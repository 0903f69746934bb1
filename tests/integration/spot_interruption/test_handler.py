"""Spot interruption events in the emulated Region: through rule and queue to what became of the machine."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

EVENTS = Path(__file__).parents[2] / "events"
PROFILES: dict[str, Any] = {
    "profile": {"default": {}, "detaching": {"release": "detach"}, "deaf": {"rebalance": "ignore"}}
}


def recorded(name: str, instance: str, *, age: float = 0) -> dict[str, Any]:
    """Return a recorded event, now about `instance` and sent `age` seconds ago."""
    event = json.loads((EVENTS / f"{name}.json").read_text().replace("i-0b662ef9931388ba0", instance))
    event["time"] = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return event


@dataclass(frozen=True)
class Case:
    """One event about one machine of one fleet, and what is to become of it."""

    how: str | None
    """How the machine was released; None if it wasn't."""

    stage: int | None
    """Stage of the incident: 1 seen, 2 released; None if none was recorded."""

    event: str = "spot_interruption_warning"
    age: float = 0
    fleet: dict[str, Any] = field(default_factory=dict[str, Any])
    state: str = "InService"
    wakes: int = 1


CASES = {
    "a warning releases the machine behind its balancer": Case("terminate", 2),
    "an Availability Zone in the ARN makes no difference": Case(
        "terminate", 2, event="spot_interruption_warning_zone_in_arn"
    ),
    "a machine that is to be stopped is released too": Case("terminate", 2, event="spot_interruption_warning_stop"),
    "hibernation begins at once and is only recorded": Case(None, 1, event="spot_interruption_warning_hibernate"),
    "without a balancer and a hook it is detached": Case("detach", 2, fleet={"balanced": False}),
    "without a balancer a hook holds it": Case("terminate", 2, fleet={"balanced": False, "hook": True}),
    "the profile may ask for detaching": Case("detach", 2, fleet={"profile": "detaching"}),
    "scale-in protection doesn't hold a dying machine": Case("terminate", 2, fleet={"protected": True}),
    "a group without the tag is left alone": Case(None, None, fleet={"profile": None}, wakes=0),
    "a profile that nobody configured is recorded only": Case(None, 1, fleet={"profile": "chta"}),
    "native Capacity Rebalancing is left to itself": Case(None, 1, fleet={"capacity_rebalance": True}),
    "without Launch there would be no replacement": Case(None, 1, fleet={"suspended": ["Launch"]}),
    "without AddToLoadBalancer it would not serve": Case(None, 1, fleet={"suspended": ["AddToLoadBalancer"]}),
    "EKS replaces its own machines": Case(None, 1, fleet={"tags": {"eks:nodegroup-name": "gpu"}}),
    "a service that operates the group replaces them too": Case(None, 1, fleet={"operator": "eks.amazonaws.com"}),
    "Standby serves nothing": Case(None, 1, state="Standby"),
    "Detaching is on its way": Case(None, 2, state="Detaching"),
    "Terminating is on its way": Case(None, 2, state="Terminating"),
    "a warning of three minutes ago is too late to act on": Case(None, 1, age=180),
    "an event of a year ago does nothing": Case(None, None, age=365 * 86400, wakes=0),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_a_machine(case: Case) -> None:
    with Region(policy=PROFILES) as region:
        fleet = region.fleet(**case.fleet)
        machine = fleet.spot_machines()[0]
        fleet.set_state(machine, case.state)
        desired = fleet.desired
        region.emit(recorded(case.event, machine.id, age=case.age))
        region.run(5)
        assert [(one.instance, one.how) for one in region.releases] == ([(machine.id, case.how)] if case.how else [])
        assert stages(region) == ({machine.id: case.stage} if case.stage else {})
        assert len(region.wakes()) == case.wakes
        assert fleet.desired == desired
        assert region.dead_letters() == ()


def stages(region: Region) -> dict[str, int]:
    return {one.instance: one.stage for one in region.incidents()}


def pools(region: Region) -> dict[str, tuple[int, int]]:
    """Return (losses, recommendations) by pool."""
    return {
        one["pk"].removeprefix("POOL#"): (int(one.get("losses", 0)), int(one.get("recommendations", 0)))
        for one in region.items()
        if one["pk"].startswith("POOL#")
    }


def test_an_instance_in_no_group_leaves_no_trace() -> None:
    with Region() as region:
        region.fleet()
        region.emit(recorded("spot_interruption_warning", "i-0b662ef9931388ba0"))
        region.run(300)
        assert (region.releases, region.items(), region.wakes(), region.dead_letters()) == ((), (), (), ())
        assert sum(region.queue_depths().values()) == 0


def test_a_released_machine_is_drained_and_replaced_within_its_two_minutes() -> None:
    with Region() as region:
        fleet = region.fleet(spot=5, on_demand=1, drain=60, boot=45)
        machine = fleet.spot_machines()[0]
        region.interrupt(machine)
        region.run(30)
        assert fleet.target_states()[machine.id] == "draining"
        region.run(60)
        assert machine.id not in region.members("chat")
        assert fleet.size == fleet.desired == 6


def test_a_detached_machine_bears_its_tag_and_serves_on() -> None:
    with Region(policy=PROFILES) as region:
        machine = region.fleet(balanced=False).spot_machines()[0]
        region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(60)
        described = region.client("ec2").describe_instances(InstanceIds=[machine.id])["Reservations"][0]["Instances"][0]
        tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
        assert (described["State"]["Name"], machine.id in region.members("chat")) == ("running", False)
        assert tags["tidegate:detached"].endswith("Z")


def test_a_recommendation_counts_towards_its_pool_once_and_changes_nothing() -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        region.emit(recorded("rebalance_recommendation", machine.id), copies=3)
        region.run(30)
        assert pools(region) == {f"{machine.type}/{machine.zone}": (0, 1)}
        assert (region.releases, region.wakes(), region.members("chat")[machine.id]) == ((), (), "InService")


def test_a_profile_may_ignore_recommendations() -> None:
    with Region(policy=PROFILES) as region:
        machine = region.fleet(profile="deaf").spot_machines()[0]
        region.emit(recorded("rebalance_recommendation", machine.id))
        region.run(5)
        assert region.items() == ()


def test_a_warning_that_comes_with_its_recommendation_counts_both() -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        region.emit(recorded("rebalance_recommendation", machine.id))
        region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(5)
        assert pools(region) == {f"{machine.type}/{machine.zone}": (1, 1)}
        assert region.release_counts() == {machine.id: 1}


MODES = {"observing": {"mode": "observe"}, "stopped by the kill switch": {"kill_switch": "on"}}


@pytest.mark.parametrize("settings", MODES.values(), ids=MODES)
def test_without_permission_it_decides_records_and_changes_nothing(settings: dict[str, str]) -> None:
    with Region(**settings) as region:  # pyright: ignore[reportArgumentType]: a table of keyword arguments
        machine = region.fleet().spot_machines()[0]
        region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(5)
        assert region.releases == ()
        assert "would terminate it" in region.incidents()[0].decision
        assert stages(region) == {machine.id: 1}
        assert len(region.wakes()) == 1


def test_the_kill_switch_works_within_fifteen_seconds() -> None:
    with Region() as region:
        first, second, *_ = region.fleet().spot_machines()
        region.emit(recorded("spot_interruption_warning", first.id))
        region.run(1)
        region.set_mode(kill_switch="on")
        region.run(14)
        region.emit(recorded("spot_interruption_warning", second.id))
        region.run(30)
        assert region.release_counts() == {first.id: 1}


def drill(instance: str, nonce: str) -> dict[str, Any]:
    event = recorded("drill_spot_interruption_warning", instance)
    event["detail"]["tidegate-drill"] = nonce
    return {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
    }


def put_drill_record(region: Region, *, target: str, seconds: float) -> None:
    item = {"pk": "DRILL#n1", "sk": "DRILL", "target": target, "expires": int(time.time() + seconds)}
    typed = {key: {"N": str(value)} if isinstance(value, int) else {"S": value} for key, value in item.items()}
    region.client("dynamodb").put_item(TableName=region.deployment.table, Item=typed)


DRILLS = {
    "without a record": (None, 0, "n1", 0),
    "with an expired record": ("chat", -1, "n1", 0),
    "with the record of another fleet": ("embed", 600, "n1", 0),
    "with a nonce that nobody wrote": ("chat", 600, "n2", 0),
    "with its record": ("chat", 600, "n1", 1),
}


@pytest.mark.parametrize(("target", "seconds", "nonce", "released"), DRILLS.values(), ids=DRILLS)
def test_a_drill_event_acts_only_with_its_live_record(
    target: str | None, seconds: float, nonce: str, released: int
) -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        if target:
            put_drill_record(region, target=target, seconds=seconds)
        region.client("events").put_events(Entries=[drill(machine.id, nonce)])
        region.run(5)
        assert len(region.releases) == released
        assert len(region.incidents()) == released
        assert region.dead_letters() == ()
        assert released or any('"reason":"drill_' in line.replace(" ", "") for line in region.logs)


def test_a_drilled_loss_is_not_counted_against_its_pool() -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        put_drill_record(region, target="chat", seconds=600)
        region.client("events").put_events(Entries=[drill(machine.id, "n1")])
        region.run(5)
        assert (pools(region), stages(region)) == ({}, {machine.id: 2})


POISON = {
    "not an event": "{",
    "an event without an instance": json.dumps({"detail-type": "EC2 Spot Instance Interruption Warning", "detail": {}}),
}


@pytest.mark.parametrize("body", POISON.values(), ids=POISON)
def test_what_cannot_be_read_is_buried_once_with_its_reason(body: str) -> None:
    with Region() as region:
        region.client("sqs").send_message(QueueUrl=region.deployment.queue_url, MessageBody=body)
        region.run(300)
        letters = region.dead_letters()
        assert len(letters) == 1
        assert "unreadable" in str(letters[0]["attributes"])
        assert region.queue_depths()[region.deployment.queue_url.rsplit("/", 1)[-1]] == 0


def failing(operation: str, status: int, code: str, *, until: float = float("inf")) -> Callable[[Call], Fault | None]:
    start = time.time()

    def chaos(call: Call) -> Fault | None:
        return Fault(status, code) if call.operation == operation and time.time() - start < until else None

    return chaos


FAULTS = {
    "a throttled look": ("DescribeAutoScalingInstances", 400, "Throttling"),
    "a throttled release": ("TerminateInstanceInAutoScalingGroup", 400, "Throttling"),
    "a broken release": ("TerminateInstanceInAutoScalingGroup", 500, "InternalFailure"),
    "a throttled table": ("TransactWriteItems", 400, "ThrottlingException"),
}


@pytest.mark.parametrize(("operation", "status", "code"), FAULTS.values(), ids=FAULTS)
def test_what_fails_for_forty_seconds_is_repeated_within_the_deadline(operation: str, status: int, code: str) -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        region.chaos(failing(operation, status, code, until=40))
        region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(119)
        assert (region.release_counts(), stages(region)) == ({machine.id: 1}, {machine.id: 2})
        assert region.dead_letters() == ()
        assert list(pools(region).values()) == [(1, 0)]


@pytest.mark.parametrize(("operation", "status", "code"), FAULTS.values(), ids=FAULTS)
def test_what_never_recovers_ends_in_the_dead_letter_queue_with_its_reason(
    operation: str, status: int, code: str
) -> None:
    with Region() as region:
        machine = region.fleet().spot_machines()[0]
        region.chaos(failing(operation, status, code))
        region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(600)
        letters = region.dead_letters()
        assert len(letters) == 1
        assert code in str(letters[0]["attributes"])


def test_a_wave_out_of_three_groups_is_released_with_one_call_each() -> None:
    with Region() as region:
        for fleet in [region.fleet(name=name) for name in ("a", "b", "c")]:
            for machine in fleet.spot_machines()[:3]:
                region.emit(recorded("spot_interruption_warning", machine.id))
        region.run(3)
        assert sorted(region.release_counts().values()) == [1] * 9
        made = Counter(call for call in region.calls if call.startswith("autoscaling"))
        assert made == {
            "autoscaling:DescribeAutoScalingInstances": 1,
            "autoscaling:DescribeAutoScalingGroups": 1,
            "autoscaling:TerminateInstanceInAutoScalingGroup": 3,
        }
