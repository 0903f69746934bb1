"""The functions that the stack deploys, as plain data: one more function is one more entry in `APP`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tidegate.loop import delivery
from tidegate.policy.profile import Profile
from tidegate.reactions.bedrock_throttling import pattern as throttling
from tidegate.reactions.capacity_alarm import pattern as alarms
from tidegate.reactions.launch_failure import pattern as launches
from tidegate.reactions.spot_interruption import pattern as notices

STAGE: Final = "drill"

type Handler = Callable[[dict[str, Any], Any], Any]

RETENTION_SECONDS: Final = 345600
"""MessageRetentionPeriod's default, four days: AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the bus whose events go to a function's queue; `max_age` in seconds."""

    name: str
    pattern: Mapping[str, Any]
    max_age: int


type Rules = Callable[[str, Mapping[str, Profile]], Sequence[Rule]]
"""Which rules a stage's policy asks for, by the stage's name and its profiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue that a function drains, FIFO if its name says so. Times in seconds."""

    name: str
    batch_size: int
    visibility_timeout: int
    max_receives: int
    retention: int = RETENTION_SECONDS
    rules: Rules | None = None
    """None: only Tidegate itself sends to it."""

    @property
    def fifo(self) -> bool:
        """Whether it keeps order within each message group."""
        return self.name.endswith(".fifo")

    @property
    def dead_letters(self) -> str:
        """Name of the queue of what was given up; it is FIFO when this one is."""
        return f"{self.name.removesuffix('.fifo')}-dead-letters{'.fifo' if self.fifo else ''}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rate at which EventBridge Scheduler invokes the function, with the scheduled time as its payload."""

    seconds: float
    retries: int
    """How often Lambda repeats an invocation that failed."""

    max_age: float
    """Seconds after which it gives an invocation up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionShape:
    """What a function is to be. `handler` is a string that is resolved at its first invocation, or a callable."""

    name: str
    handler: str | Handler
    timeout: float
    """Seconds."""

    source: Queue | Schedule | None = None
    """What invokes it; None: nobody but a person."""

    wakes: bool = False
    """Whether it is told where the queue of wakes is."""

    puts_off: bool = False
    """Whether it is told where its own queue is."""

    of_loop: bool = False
    """Whether its source is connected only when the loop runs."""

    @property
    def rank(self) -> int:
        """How urgent it is: 0 for what answers events, more for what can wait."""
        return int(self.of_loop)

    @property
    def full_name(self) -> str:
        """The function's name in the account."""
        return f"tidegate-{STAGE}-{self.name}"

    @property
    def log_group(self) -> str:
        """Name of its log group."""
        return f"/aws/lambda/{self.full_name}"


def _rules_of_notices(_stage: str, _profiles: Mapping[str, Profile]) -> Sequence[Rule]:
    return [Rule(name, said, notices.MAX_EVENT_AGE_SECONDS[name]) for name, said in notices.RULES.items()]


def _rules_of_alarms(stage: str, profiles: Mapping[str, Profile]) -> Sequence[Rule]:
    return [Rule(name, said, alarms.MAX_EVENT_AGE_SECONDS) for name, said in alarms.rules(stage, profiles).items()]


def _rules_of_launches(_stage: str, _profiles: Mapping[str, Profile]) -> Sequence[Rule]:
    return [Rule(name, said, launches.MAX_EVENT_AGE_SECONDS) for name, said in launches.RULES.items()]


def _rules_of_throttling(stage: str, _profiles: Mapping[str, Profile]) -> Sequence[Rule]:
    return [Rule(name, said, throttling.MAX_EVENT_AGE_SECONDS[name]) for name, said in throttling.rules(stage).items()]


def _reaction(name: str, pattern: Any, rules: Rules, *, puts_off: bool = False) -> FunctionShape:
    """Return the function of a reaction: its `pattern` module says how its events are delivered to it."""
    return FunctionShape(
        name=name,
        handler=f"tidegate.reactions.{name.replace('-', '_')}.handler.handler",
        timeout=pattern.FUNCTION_TIMEOUT_SECONDS,
        source=Queue(
            name=f"tidegate-{STAGE}-{name}",
            batch_size=pattern.BATCH_SIZE,
            visibility_timeout=pattern.VISIBILITY_TIMEOUT_SECONDS,
            max_receives=pattern.MAX_RECEIVES,
            rules=rules,
        ),
        wakes=True,
        puts_off=puts_off,
    )


SPOT_INTERRUPTION: Final = _reaction("spot-interruption", notices, _rules_of_notices, puts_off=True)
CAPACITY_ALARM: Final = _reaction("capacity-alarm", alarms, _rules_of_alarms)
LAUNCH_FAILURE: Final = _reaction("launch-failure", launches, _rules_of_launches)
BEDROCK_THROTTLING: Final = _reaction("bedrock-throttling", throttling, _rules_of_throttling)
"""The stack has it where the stage has models; here it is always, and costs nobody anything."""

RECONCILE: Final = FunctionShape(
    name="reconcile",
    handler="tidegate.loop.reconcile.handler",
    timeout=delivery.FUNCTION_TIMEOUT_SECONDS,
    source=Queue(
        name=f"tidegate-{STAGE}-wakes.fifo",
        batch_size=delivery.BATCH_SIZE,
        visibility_timeout=delivery.VISIBILITY_TIMEOUT_SECONDS,
        max_receives=delivery.MAX_RECEIVES,
        retention=delivery.RETENTION_SECONDS,
    ),
    of_loop=True,
)

SWEEP: Final = FunctionShape(
    name="sweep",
    handler="tidegate.loop.sweep.handler",
    timeout=delivery.SWEEP_TIMEOUT_SECONDS,
    source=Schedule(
        60 * delivery.SWEEP_EVERY_MINUTES, retries=delivery.SWEEP_RETRIES, max_age=delivery.SWEEP_MAX_AGE_SECONDS
    ),
    wakes=True,
    of_loop=True,
)

DRILL: Final = FunctionShape(
    name="drill", handler="tidegate.loop.drill.handler", timeout=delivery.DRILL_TIMEOUT_SECONDS
)

REMOVAL: Final = FunctionShape(
    name="removal", handler="tidegate.loop.removal.handler", timeout=delivery.REMOVAL_TIMEOUT_SECONDS
)

APP: Final = (SPOT_INTERRUPTION, CAPACITY_ALARM, LAUNCH_FAILURE, BEDROCK_THROTTLING, RECONCILE, SWEEP, DRILL, REMOVAL)


def app(handlers: Mapping[str, str | Handler]) -> tuple[FunctionShape, ...]:
    """Return the app with some handlers replaced, by the function's name."""
    if unknown := handlers.keys() - {each.name for each in APP}:
        raise ValueError(f"no function is named {', '.join(sorted(unknown))}: {', '.join(each.name for each in APP)}")
    return tuple(replace(each, handler=handlers.get(each.name, each.handler)) for each in APP)
