"""What Tidegate itself costs in a month, computed from the template: idle, with 100 fleets, their signals, and models.

List prices of us-east-1 in USD as remembered from the pricing pages of Lambda (arm64), SQS, DynamoDB (on-demand),
EventBridge, CloudWatch and its logs in 2025: look them up before you rely on a digit. Free tiers are left out. Those
of alarms and of GetMetricData: https://aws.amazon.com/cloudwatch/pricing/. Assumed:

- Lambda keeps five long polls of 20 s open on each queue that a function drains, also while nothing is in it
  (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html).
- A sweep takes 0.6 s, a reconcile 0.4 s, a notice 0.5 s; each writes some 1.5 kB of log, metrics included.
- With 100 fleets: each is looked at every ten minutes, and loses ten machines a day, each in a batch of its own and
  followed for two looks. Every custom metric that the work emits is billed for the whole month.
- Each fleet follows its CPU alone, as it does without a word in its profile, and each look reads that once. What a
  fleet's own metrics cost (the CloudWatch agent's, a queue's) is the fleet's, and not in here.
- A stage has no model, but where a figure says so. A report is handled in 0.1 s, alone in its batch, and leads to
  one look.
- DescribeAlarms is billed as the reads are that the page does price, a cent for a thousand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.figure import Figure
from tests.infrastructure.templates import resources, synthesized, without_models
from tidegate.loop.alarms import COMPARED_EVERY_MINUTES
from tidegate.loop.delivery import SWEEP_EVERY_MINUTES

MONTH_MINUTES: Final = 30 * 24 * 60

GB_SECOND: Final = 0.0000133334
INVOCATION: Final = 0.20e-6
QUEUE_REQUEST: Final = {False: 0.40e-6, True: 0.50e-6}
"""By whether the queue is FIFO."""

SCHEDULE: Final = 1.00e-6
EVENT: Final = 1.00e-6
"""Put on the bus by an application."""

WRITE_UNIT: Final = 0.625e-6
READ_UNIT: Final = 0.125e-6
ALARM: Final = 0.10
HIGH_RESOLUTION_ALARM: Final = 0.30
METRIC: Final = 0.30
METRIC_READ: Final = 0.01 / 1000
"""Of each metric that GetMetricData is asked for; never in the free tier."""

REQUEST: Final = 0.01 / 1000
LOG_GB: Final = 0.50

POLLS_A_MINUTE: Final = 5 * 3
LOG_BYTES: Final = 1500


@dataclass(frozen=True, slots=True)
class Work:
    """How often each function runs in a month, and how many custom metrics that emits."""

    name: str
    sweeps: int
    reconciles: int
    notices: int
    metrics: int
    fleets: int


IDLE: Final = Work(
    "idle",
    sweeps=MONTH_MINUTES // SWEEP_EVERY_MINUTES,
    reconciles=MONTH_MINUTES // 10,  # the look for detached machines
    notices=0,
    metrics=2,
    fleets=0,
)
BUSY: Final = Work(
    "100 fleets",
    sweeps=MONTH_MINUTES // SWEEP_EVERY_MINUTES,
    reconciles=MONTH_MINUTES // 10 * 101 + 100 * 10 * 30 * 2,
    notices=100 * 10 * 30,
    metrics=24,
    fleets=100,
)
LOOKS: Final = {"every ten minutes": MONTH_MINUTES // 10, "every minute": MONTH_MINUTES}
"""How often a fleet may be looked at: with nothing to do, and at the most, while an alarm is raised all month."""

SECONDS: Final = {"sweep": 0.6, "reconcile": 0.4, "notice": 0.5, "report": 0.1}
WRITES: Final = {"sweep": 2, "reconcile": 4, "notice": 12}
"""Write units of the table: in transactions each kilobyte takes two."""

READS: Final = {"sweep": 2, "reconcile": 1, "notice": 0}


def measure() -> Iterator[Figure]:
    """Compute both, and name the parts that make most of it; then what one signal costs, and what models do."""
    for work in (IDLE, BUSY):
        parts = cost(without_models(), work)
        yield Figure(f"cost: {work.name}, a month", sum(parts.values()), "USD")
        for name, dollars in sorted(parts.items(), key=lambda part: -part[1])[:4]:
            yield Figure(f"cost: {work.name}, of that {name}", dollars, "USD")
    for kind, alarm in {"a minute": ALARM, "10 to 30 s": HIGH_RESOLUTION_ALARM}.items():
        for rhythm, looks in LOOKS.items():
            dollars = alarm + looks * METRIC_READ
            yield Figure(f"cost: a fleet's signal of {kind}, looked at {rhythm}, a month", dollars, "USD")
    yield from _models()


def _models() -> Iterator[Figure]:
    """Compute what a stage costs more that has a model with one route to watch, and what reports cost."""
    more = sum(cost(synthesized(), IDLE).values()) - sum(cost(without_models(), IDLE).values())
    route = sum(map(_alarm, (one for one in _own_alarms(synthesized()) if "AlarmName" in one)))
    yield Figure("cost: a stage's first model with one route of its Region, more a month", more, "USD")
    yield Figure("cost: each further route of the stage's Region, a month", route, "USD")
    memory = _memory(synthesized())
    functions = sum(SECONDS[kind] * memory * GB_SECOND + INVOCATION for kind in ("report", "reconcile"))
    messages = 3 * QUEUE_REQUEST[False] + 3 * QUEUE_REQUEST[True]
    table = (2 + WRITES["reconcile"]) * WRITE_UNIT + READS["reconcile"] * READ_UNIT
    logs = 2 * LOG_BYTES / 1e9 * LOG_GB
    yield Figure("cost: 1,000 reports of clients", 1000 * (EVENT + messages + functions + table + logs), "USD")


def cost(template: Mapping[str, Any], work: Work) -> dict[str, float]:
    """Return USD a month by part."""
    runs = {"sweep": work.sweeps, "reconcile": work.reconciles, "notice": work.notices}
    memory = _memory(template)
    seconds = sum(runs[kind] * SECONDS[kind] for kind in runs)
    total = sum(runs.values())
    return {
        "functions": seconds * memory * GB_SECOND + total * INVOCATION,
        "polling of queues": _polling(template),
        "messages": (work.notices + work.reconciles) * 3 * QUEUE_REQUEST[True],
        "schedule": work.sweeps * SCHEDULE,
        "table": sum(runs[kind] * (WRITES[kind] * WRITE_UNIT + READS[kind] * READ_UNIT) for kind in runs),
        "alarms": sum(map(_alarm, _own_alarms(template))),
        "alarms of fleets": work.fleets * ALARM,
        "reads of signals": (work.reconciles * METRIC_READ if work.fleets else 0.0),
        "reads of alarms": work.sweeps * (1 + work.fleets / 100 / COMPARED_EVERY_MINUTES) * REQUEST,
        "custom metrics": work.metrics * METRIC,
        "logs": total * LOG_BYTES / 1e9 * LOG_GB,
    }


def _memory(template: Mapping[str, Any]) -> float:
    """Return the gigabytes that a function has."""
    return max(one["MemorySize"] for one in resources(template, "AWS::Lambda::Function").values()) / 1024


def _own_alarms(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(resources(template, "AWS::CloudWatch::Alarm").values())


def _alarm(alarm: Mapping[str, Any]) -> float:
    """Return what an alarm costs: by each metric that it looks at."""
    return ALARM * (sum("MetricStat" in one for one in alarm.get("Metrics", ())) or 1)


def _polling(template: Mapping[str, Any]) -> float:
    queues = resources(template, "AWS::SQS::Queue")
    mappings = resources(template, "AWS::Lambda::EventSourceMapping").values()
    polled = [queues[one["EventSourceArn"]["Fn::GetAtt"][0]] for one in mappings]
    return sum(POLLS_A_MINUTE * MONTH_MINUTES * QUEUE_REQUEST[bool(one.get("FifoQueue"))] for one in polled)
