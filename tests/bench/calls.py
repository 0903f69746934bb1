"""AWS calls of a batch of each kind of event, a look and a sweep, in the emulated Region: throttling follows from them.

What is scarce is Auto Scaling's and EC2's allowance, which the whole account shares: where a row says so, only calls to
these two are counted, and not those to DynamoDB, SQS and SSM.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.figure import Figure
from tests.integration.bedrock_throttling.scenes import POLICY as MODELS
from tests.integration.bedrock_throttling.scenes import tells
from tests.integration.capacity_alarm.scenes import own, rings
from tests.integration.launch_failure.scenes import fails
from tidegate.desk.region.app import BEDROCK_THROTTLING, CAPACITY_ALARM, LAUNCH_FAILURE
from tidegate.desk.region.notices import warning
from tidegate.desk.region.region import Region
from tidegate.loop.alarms import COMPARED_EVERY_MINUTES
from tidegate.loop.delivery import ALARM_WRITES_A_SWEEP
from tidegate.loop.wake import Wakes

COUNTED: Final = ("autoscaling:", "ec2:")
CLOUDWATCH: Final = "cloudwatch:"
WRITES: Final = "cloudwatch:PutMetricAlarm"
SCARCE: Final = "Auto Scaling and EC2 calls"


@dataclass(frozen=True, slots=True)
class Batch:
    """Notices that come in one batch: how many, out of how many groups of which shape, and the calls they may take."""

    name: str
    notices: int
    groups: int
    bound: int
    shape: dict[str, Any]


BATCHES: Final = (
    Batch(f"{SCARCE}: one notice, terminate", 1, 1, 2 + 1, {}),
    Batch(f"{SCARCE}: 10 notices in 1 group, terminate", 10, 1, 2 + 1, {}),
    Batch(f"{SCARCE}: 10 notices in 10 groups, terminate", 10, 10, 2 + 10, {}),
    Batch(
        f"{SCARCE}: 10 notices in 5 groups, the profile says detach",
        10,
        5,
        2 + 5 + 1,
        {"profile": "detaching"},
    ),
    Batch(f"{SCARCE}: one notice, detach without a balancer", 1, 1, 2 + 1 + 1 + 1, {"balanced": False}),
)


GROUPS: Final = 500
"""How many fleets one sweep looks at: as many pages of 100."""


def measure() -> Iterator[Figure]:
    """Play each batch, a look with nothing to do, and a sweep, in a Region of its own each."""
    for batch in BATCHES:
        yield Figure(batch.name, _calls(batch), "calls", bound=batch.bound)
    yield Figure("calls of all services: 10 alarms of ours in one batch", _alarms(own("chat")), "calls", bound=1)
    adopted = _alarms("chat-busy")
    yield Figure("calls of all services: 10 adopted alarms in one batch", adopted, "calls", bound=2)
    for groups in (1, 10):
        name = f"calls of all services: 10 failed launches of {groups} group{'s' if groups > 1 else ''} in one batch"
        yield Figure(name, _failed_launches(10, groups), "calls", bound=2)
    yield Figure("calls of all services: 10 reports of clients in one batch", _reports(10), "calls", bound=2)
    # Beside the group: mode, what is remembered, all signals in one call, and what is to be remembered.
    yield from _looks("reconcile with nothing to do", 0.65, "steady", scarce=1, all_of_them=5)
    # And who else writes the size, in two calls; the intention; the size itself.
    yield from _looks("reconcile that changes the size", 0.95, "scale_out", scarce=4, all_of_them=9)
    yield from _sweeps(GROUPS)


def _alarms(name: str) -> int:
    """Let an alarm of a fleet ring ten times at once; return how often AWS was called until the fleet was woken."""
    adopting = {"default": {"signal": {"cpu": {}, "load": {"alarm": "{group}-busy"}}}}
    with Region(policy={"profile": adopting}) as region:
        region.fleet("chat")
        for number in range(10):
            region.emit(rings(name, event_id=f"event-{number}"))
        region.run(5)
        if len(region.wakes()) != 10:
            raise RuntimeError(f"{len(region.wakes())} of 10 alarms woke their fleet")
        return len(region.calls_of(CAPACITY_ALARM.name))


def _failed_launches(number: int, groups: int) -> int:
    """Let so many launches fail at once; return how often AWS was called until each group was woken."""
    with Region() as region:
        for one in range(groups):
            region.fleet(f"fleet-{one}", on_demand=0, spot=1, balanced=False)
        for one in range(number):
            region.emit(fails(f"fleet-{one % groups}", event_id=f"event-{one}"))
        region.run(5)
        if len(region.wakes()) != groups:
            raise RuntimeError(f"{number} failed launches woke {len(region.wakes())} groups, not {groups}, once each")
        return len(region.calls_of(LAUNCH_FAILURE.name))


def _reports(number: int) -> int:
    """Let clients report a model at once; return how often AWS was called until it was woken."""
    with Region(policy=MODELS) as region:
        for one in range(number):
            region.emit(tells(event_id=f"event-{one}"))
        region.run(5)
        if len(region.wakes()) != 1:
            raise RuntimeError(f"{number} reports woke their model {len(region.wakes())} times, not once")
        return len(region.calls_of(BEDROCK_THROTTLING.name))


def _looks(what: str, busy: float, code: str, *, scarce: int, all_of_them: int) -> Iterator[Figure]:
    """Wake a fleet whose machines are busy to a share, and count what reconcile calls."""
    with Region(loop=True) as region:
        fleet = region.fleet("chat", max_size=20)
        region.load(fleet, lambda _: busy * fleet.size)
        region.set_mode(mode="observe")
        region.run(125)
        region.set_mode(mode="act")
        region.run(15)
        before = len(region.calls_of("reconcile"))
        Wakes(region.client("sqs"), region.deployment.wakes_url).fleets({"chat": ("bench", "to count its calls")})
        region.run(5)
        if not any(f'"{code}"' in line for line in region.logs_of("reconcile")):
            raise RuntimeError(f"reconcile didn't come to {code}")
        calls = region.calls_of("reconcile")[before:]
        yield Figure(f"{SCARCE}: {what}", _count(calls, *COUNTED), "calls", bound=scarce)
        yield Figure(f"calls of all services: {what}", len(calls), "calls", bound=all_of_them)


def _sweeps(groups: int) -> Iterator[Figure]:
    """Sweep until every group has its alarm, once more, and at last ten minutes later, when alarms are compared."""
    pages = groups / 100
    with Region() as region:
        for number in range(groups):
            region.fleet(f"fleet-{number}", on_demand=0, spot=1, balanced=False)
        first = _sweep(region, groups)
        yield Figure(f"{SCARCE}: sweep of {groups} groups", _count(first, *COUNTED), "calls", bound=pages)
        most, number = _count(first, WRITES), 1
        while writes := _count(_sweep(region, groups), WRITES):
            most, number = max(most, writes), number + 1
        yield Figure(
            f"alarms of {groups} groups: written in", number, "sweeps", bound=-(-groups // ALARM_WRITES_A_SWEEP)
        )
        yield Figure(f"alarms of {groups} groups: writes of one sweep", most, "calls", bound=ALARM_WRITES_A_SWEEP)
        steady = _count(_sweep(region, groups), CLOUDWATCH)
        yield Figure(f"CloudWatch calls: sweep of {groups} groups, nothing new", steady, "calls", bound=1)
        region.run(60 * COMPARED_EVERY_MINUTES)
        compared = _count(_sweep(region, groups), CLOUDWATCH)
        yield Figure(f"CloudWatch calls: sweep of {groups} groups, compared", compared, "calls", bound=1 + pages)


def _sweep(region: Region, groups: int) -> tuple[str, ...]:
    """Sweep once, a minute after the last time; return what that called."""
    region.run(60)
    before = len(region.calls_of("sweep"))
    swept = region.invoke("sweep", {})
    if swept.error or f'"FleetsWatched":[{groups}.0]' not in "".join(region.logs_of("sweep")):
        raise RuntimeError(f"the sweep saw something else than {groups} groups: {swept}")
    return region.calls_of("sweep")[before:]


def _count(calls: tuple[str, ...], *beginnings: str) -> int:
    return sum(call.startswith(beginnings) for call in calls)


def _calls(batch: Batch) -> int:
    profiles = {"profile": {"default": {}, "detaching": {"release": "detach"}}}
    with Region(policy=profiles) as region:
        each = batch.notices // batch.groups
        fleets = [region.fleet(name=f"fleet-{one}", spot=each + 1, **batch.shape) for one in range(batch.groups)]
        for fleet in fleets:
            for machine in fleet.spot_machines()[:each]:
                region.emit(warning(machine))
        region.run(5)
        if sum(region.release_counts().values()) != batch.notices:
            raise RuntimeError(f"{batch.name}: not every machine was released")
        return sum(call.startswith(COUNTED) for call in region.calls)
