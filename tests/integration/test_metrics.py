"""What the app emits when everything happens to it: exactly what `METRICS` knows, and what `docs/metrics.md` tells."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.infrastructure.templates import CHAT
from tests.integration.bedrock_throttling.scenes import tells
from tests.integration.capacity_alarm.scenes import own, rings
from tests.integration.loop.scenes import NOBODY_KNOWS
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault
from tidegate.metrics import METRICS, NAMESPACE

PAGE: Final = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
POLICY: Final = {"profile": {"default": {}, "detaching": {"release": "detach"}}, "model": {"chat": CHAT}}
THROTTLED: Final = Fault(400, "Throttling", "Rate exceeded")
BROKEN: Final = Fault(500, "InternalFailure")
INSTANCE: Final = re.compile(r"i-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Datum:
    """One metric as CloudWatch would take it out of a log."""

    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for key, _ in self.dimensions)


def emitted(region: Region) -> Iterator[Datum]:
    """Read the EMF lines of all functions."""
    for function in region.functions:
        for text in region.logs_of(function):
            line: dict[str, Any] = json.loads(text)
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
                assert directive["Namespace"] == NAMESPACE
                for metric in directive["Metrics"]:
                    for keys in directive["Dimensions"]:
                        yield Datum(metric["Name"], metric["Unit"], tuple((key, line[key]) for key in keys))


def send(region: Region, body: str) -> None:
    region.client("sqs").send_message(QueueUrl=region.deployment.queue_url, MessageBody=body)


def a_loss_and_a_risk(region: Region) -> None:
    first, second = region.fleet("chat").spot_machines()[:2]
    region.interrupt(first)
    region.emit(recommendation(second))
    region.run(180)


def messages_that_mean_nothing(region: Region) -> None:
    send(region, "poison")
    forged = {**warning(region.fleets["chat"].spot_machines()[0]), "source": "tidegate.drill"}
    region.emit(forged)
    region.run(5)


def alarms_of_a_fleet_and_of_nobody(region: Region) -> None:
    for event in (rings(own("chat")), rings(own("chat"), age=7200), rings(own("chat"), drill="n2")):
        region.emit(event)
    region.run(5)


def models_that_are_throttled(region: Region) -> None:
    for event in (tells(), tells("gone"), tells(route="gone")):
        region.emit(event)
    region.run(5)


def launches_that_fail(region: Region) -> None:
    region.fleet("failing")
    region.launches_fail("failing", NOBODY_KNOWS)
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName="failing", DesiredCapacity=7)
    region.run(5)
    region.launches_succeed("failing")


def a_load_that_is_too_much(region: Region) -> None:
    region.load(region.fleet("loaded", max_size=20), lambda _: 12.0)
    region.run(180)


def spot_that_runs_dry(region: Region) -> None:
    fleet = region.fleet("dry")
    drought = region.dry_up(fleet)
    region.interrupt(fleet.spot_machines()[0])
    region.run(240)
    region.recover(drought)


def drills(region: Region) -> None:
    for depth in ("rehearse", "inject", "inject"):
        region.invoke("drill", {"drill": "spot-interruption", "fleet": "chat", "depth": depth})
    region.run(180)


def a_release_that_is_throttled(region: Region) -> None:
    region.chaos(lambda call: THROTTLED if call.operation.startswith("Terminate") else None)
    region.interrupt(region.fleet("slow").spot_machines()[0])
    region.run(5)
    region.chaos(None)
    region.run(175)


def a_fleet_that_cannot_be_looked_at(region: Region) -> None:
    region.fleet("sick")

    def sick(call: Call) -> Fault | None:
        return BROKEN if call.function == "reconcile" and "sick" in str(call.parameters) else None

    region.chaos(sick)
    region.run(600)
    region.chaos(None)


def a_loss_that_cannot_be_written_down(region: Region) -> None:
    def full(call: Call) -> Fault | None:
        writes = call.function == "spot-interruption" and call.operation == "TransactWriteItems"
        return BROKEN if writes else None

    machine = region.fleet("quick", drain=5).spot_machines()[0]
    region.chaos(full)
    region.interrupt(machine)
    region.run(40)
    assert machine.id not in region.members("quick")
    region.chaos(None)
    region.run(80)


def alarms_that_cannot_be_kept(region: Region) -> None:
    region.chaos(lambda call: THROTTLED if call.operation == "PutMetricAlarm" else None)
    region.fleet("busy")
    region.run(60)
    region.chaos(None)


def a_detached_machine_that_lives_on(region: Region) -> None:
    region.emit(warning(region.fleet("batch", profile="detaching", balanced=False).spot_machines()[0]))
    region.run(1800)


@pytest.fixture(scope="module")
def data() -> tuple[Datum, ...]:
    """Everything that was emitted while all of this happened."""
    with Region(policy=POLICY, loop=True) as region:
        for happens in (
            a_loss_and_a_risk,
            messages_that_mean_nothing,
            alarms_of_a_fleet_and_of_nobody,
            models_that_are_throttled,
            launches_that_fail,
            a_load_that_is_too_much,
            spot_that_runs_dry,
            drills,
            a_release_that_is_throttled,
            a_fleet_that_cannot_be_looked_at,
            a_loss_that_cannot_be_written_down,
            alarms_that_cannot_be_kept,
            a_detached_machine_that_lives_on,
        ):
            happens(region)
        return tuple(emitted(region))


def test_nothing_undeclared_is_emitted_and_nothing_declared_is_never_emitted(data: tuple[Datum, ...]) -> None:
    declared = {(name, one.unit, frozenset({"stage", *one.dimensions})) for name, one in METRICS.items()}
    assert {(one.name, one.unit, one.keys) for one in data} == declared


def test_no_dimension_names_a_machine(data: tuple[Datum, ...]) -> None:
    assert not [one for one in data if any(INSTANCE.search(value) for _, value in one.dimensions)]


def test_the_page_tells_of_every_value_that_a_dimension_takes(data: tuple[Datum, ...]) -> None:
    said = {value for one in data for key, value in one.dimensions if key != "stage"}
    assert [value for value in sorted(said) if f"`{value}`" not in PAGE] == []
