"""Chaos: five hundred events of every kind, a fifth of all AWS calls failing, functions that die at random."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest

from tests.integration.loop.ends import end_of
from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.notices import recommendation, warning
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault, Killed

EVENTS: Final = 500
STORM_SECONDS: Final = 240.0
"""Events come in this time; calls fail for two minutes more, which is as long as a notice lives."""

CALM_SECONDS: Final = 610.0
FAILING: Final = 0.2
DYING: Final = 0.01

FAULTS: Final = {
    "autoscaling": [Fault(400, "Throttling"), Fault(500, "InternalFailure"), Fault(503, "ServiceUnavailable")],
    "cloudwatch": [Fault(400, "Throttling"), Fault(500, "InternalServiceError")],
    "ec2": [Fault(503, "RequestLimitExceeded"), Fault(500, "InternalError")],
    "dynamodb": [
        Fault(400, "ProvisionedThroughputExceededException"),
        Fault(400, "ThrottlingException"),
        Fault(500, "InternalServerError"),
    ],
    "sqs": [Fault(403, "RequestThrottled"), Fault(503, "ServiceUnavailable")],
    "ssm": [Fault(400, "ThrottlingException"), Fault(500, "InternalServerError")],
    "events": [Fault(400, "ThrottlingException"), Fault(500, "InternalFailure")],
}


class Storm:
    """Everything that happens to one Region, by one seed."""

    def __init__(self, region: Region, seed: int) -> None:
        self.region: Final = region
        self.random: Final = Random(seed)  # noqa: S311 - chances, not secrets
        self.failed = Counter[str]()
        self.tried = 0
        self.sent: Final[list[dict[str, Any]]] = []
        for number in range(5):
            region.fleet(f"chat-{number}", on_demand=1, spot=7, drain=30 + 10 * number)
            region.fleet(f"batch-{number}", on_demand=0, spot=7, balanced=False, hook=60 if number == 0 else False)
        region.fleet("drilled", on_demand=1, spot=3)
        region.fleet("plain", profile=None)
        self.desired: Final = {name: fleet.desired for name, fleet in region.fleets.items()}
        fleets = [fleet for name, fleet in region.fleets.items() if name[:4] in ("chat", "batc")]
        self.machines: Final = [machine for fleet in fleets for machine in fleet.spot_machines()]
        self.lost: Final = self.random.sample(self.machines, 45)

    def break_things(self) -> None:
        """Let calls fail and functions die."""

        def chaos(call: Call) -> Fault | None:
            if call.caller != "tidegate":
                return None
            self.tried += 1
            if self.random.random() < DYING:
                self.failed["died"] += 1
                raise Killed(f"before {call.operation}")
            if self.random.random() >= FAILING:
                return None
            self.failed[call.service] += 1
            return self.random.choice(FAULTS[call.service])

        self.region.chaos(chaos)

    def send_everything(self) -> None:
        """Plan all events; each real loss ends two minutes after its warning, whatever became of that."""
        sends = [self._loss(machine) for machine in self.lost]
        kinds = [self._again, self._risk, self._garbage, self._drill_without_record, self._stranger, self._of_nobody]
        weights = [4, 5, 2, 1, 2, 1]
        while len(sends) < EVENTS:
            sends.append(self.random.choices(kinds, weights)[0]())
        self.random.shuffle(sends)
        for send in sends:
            self.region.world.after(self.random.uniform(0, STORM_SECONDS), send)

    def _loss(self, machine: Machine) -> Callable[[], None]:
        def send() -> None:
            self.sent.append(warning(machine))
            self.region.emit(self.sent[-1])
            self.region.interrupt(machine, notice=False)

        return send

    def _again(self) -> Callable[[], None]:
        """A warning that was sent before comes once more."""

        def send() -> None:
            if self.sent:
                self.region.emit(self.random.choice(self.sent))

        return send

    def _risk(self) -> Callable[[], None]:
        machine = self.random.choice(self.machines)
        return lambda: self.region.emit(recommendation(machine))

    def _garbage(self) -> Callable[[], None]:
        body = self.random.choice(["", "{", "[]", '{"detail": {}}', "\u2603 no event", '{"detail-type": "other"}'])
        url = self.region.deployment.queue_url
        return lambda: self.region.client("sqs").send_message(QueueUrl=url, MessageBody=body or " ")

    def _drill_without_record(self) -> Callable[[], None]:
        machine = self.random.choice(self.machines)
        detail = {"instance-id": machine.id, "instance-action": "terminate", "tidegate-drill": "nobody-wrote-it"}
        return lambda: self.region.emit(warning(machine) | {"source": "tidegate.drill", "detail": detail})

    def _stranger(self) -> Callable[[], None]:
        instance = f"i-{self.random.getrandbits(68):017x}"
        return lambda: self.region.emit(warning(instance))

    def _of_nobody(self) -> Callable[[], None]:
        machine = self.region.fleets["plain"].spot_machines()[0]
        return lambda: self.region.emit(warning(machine))

    def drill(self, nonce: str) -> None:
        """Ask for a drill, and again with the same nonce while the answer is none."""
        request = {"drill": "spot-interruption", "fleet": "drilled", "depth": "inject", "nonce": nonce}
        for _ in range(20):
            answer = self.region.invoke("drill", request)
            if answer.error is None and answer.payload["refused"] is None:
                return
        raise AssertionError("the drill can't be begun")


def brew(region: Region, seed: int) -> Storm:
    """Let the storm pass, and everything come to rest."""
    storm = Storm(region, seed)
    storm.break_things()
    storm.send_everything()
    region.run(20)
    storm.drill("n1")
    region.run(STORM_SECONDS + 120 - region.world.now())
    region.chaos(None)
    region.run(CALM_SECONDS)
    return storm


def explained(letter: dict[str, Any]) -> bool:
    """Whether a letter says why it is there, or what it wants: the redrive policy adds no word to a wake."""
    body: Any = letter["body"]
    return "reason" in letter["attributes"] or (isinstance(body, dict) and {"target", "why"} <= body.keys())


@pytest.mark.parametrize("seed", [1, 2])
def test_in_the_end_nothing_is_lost_nothing_done_twice_and_every_letter_explains_itself(seed: int) -> None:
    with Region(seed=seed, loop=True) as region:
        storm = brew(region, seed)
        end, items, letters = end_of(region), region.items(), region.dead_letters()

        assert 0.17 < (storm.failed.total() - storm.failed["died"]) / storm.tried < 0.23
        assert storm.failed["died"] > 10

        lost = {machine.id for machine in storm.lost}
        recorded = {one["pk"].partition("#")[2] for one in items if one["pk"].startswith(("LOSS#", "LOST_TRACK#"))}
        buried = {instance for instance in lost for letter in letters if instance in str(letter["body"])}
        assert lost <= recorded | buried
        assert end.unexplained == frozenset()

        assert {number for _, number in end.releases.values()} == {1}
        assert end.releases.keys() <= lost | {one["instance"] for one in end.incidents if one["drill"]}
        assert end.sizes == {name: (storm.desired[name],) * 2 for name in region.fleets}
        assert (end.orphans, end.ended) == (frozenset(), Counter())

        marks = Counter(one["pk"].partition("#")[0] for one in items if "~" not in one["sk"])
        assert sum(losses for losses, _ in end.pools.values()) == marks["LOSS"]
        assert sum(risks for _, risks in end.pools.values()) == marks["AT_RISK"]
        assert len(end.incidents) == marks["LOSS"] + 1
        assert {one["outcome"] for one in end.incidents} == {"replaced"}
        assert [one for one in end.wrong if "released" not in one] == []
        assert end.reports == ({"nonce": "n1", "passed": True},)

        assert all(map(explained, letters))
        assert sum(end.queues.values()) == len(letters)
