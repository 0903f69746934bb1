"""What every function runs on: logger, metrics, the stage's policy and mode, and clients, made in one place."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, cast

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tidegate.metrics import METRICS, NAMESPACE
from tidegate.policy.mode import STANDSTILL, Mode, misspelt, read_mode
from tidegate.policy.read import Policy, parse
from tidegate.process import once, settings

MODE_MAX_AGE_SECONDS: Final = 10
"""How long a mode that was read counts as current: the kill switch works within 15 s."""

MODE_LAST_WORD_SECONDS: Final = 300
"""How long the last mode holds while the parameters can't be read; after that, nothing but deletions."""

logger: Final = Logger(service="tidegate")

_IMPATIENT: Final = Config(connect_timeout=1, read_timeout=2, user_agent_extra="tidegate")
"""A call that hangs must not eat the two minutes of a notice. How often it is tried again is set where functions are
deployed (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS)."""

_ONCE: Final = _IMPATIENT.merge(Config(retries={"total_max_attempts": 1}))
"""For calls that the caller repeats, with its own idea of when that helps."""

_VERY_IMPATIENT: Final = _IMPATIENT.merge(Config(read_timeout=1, retries={"total_max_attempts": 2}))
"""For the mode, which has a last word to fall back to, and the journal, which must not hold a release back."""

_TIMID: Final = ("dynamodb", "ssm")

pause: Final[Callable[[float], None]] = time.sleep  # noqa: TID251 - fractions of a second, between two tries
"""Waits some seconds, between two tries; the emulated Region lets its own time pass instead."""

THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
    }
)
"""Error codes by which AWS says *slower*, out of botocore's own list (botocore/retries/standard.py)."""


type Service = Literal["autoscaling", "bedrock", "cloudwatch", "dynamodb", "ec2", "events", "sqs", "ssm"]
"""What functions call."""


@once
def policy() -> Policy:
    """Return the policy of the stage, which travels in the asset beside the code."""
    path = Path(os.environ["LAMBDA_TASK_ROOT"]) / "policy.json"
    return parse(json.loads(path.read_text(encoding="utf-8")), where=path.name)


@once
def throttles() -> Counter[str]:
    """Return how many calls of the running invocation were throttled, each attempt, by service."""
    return Counter()


@once
def session() -> boto3.Session:
    """Return the session that all clients are made from.

    What is to see every call is registered here: a client copies the session's events when it is made, and learns of
    nothing that is registered later.
    """
    made, counts = boto3.Session(), throttles()

    def count(event_name: str, response: Any = None, **_: Any) -> None:
        code = response[1].get("Error", {}).get("Code") if response else None
        if code in THROTTLED:
            counts[event_name.split(".")[1]] += 1

    cast(Any, made).events.register("needs-retry", count)
    return made


@once
def client(service: Service, *, once: bool = False, region: str | None = None) -> Any:
    """Return the client of a service; `once`: one that never repeats a call by itself; `region`: elsewhere than here.

    The caller names its type, since boto3's own answer has none.
    """
    config = _ONCE if once else _VERY_IMPATIENT if service in _TIMID else _IMPATIENT
    return cast(Any, session()).client(service, config=config, region_name=region)


class ModeReader:
    """The mode of a stage, read from its two parameters in one call and remembered for a short while."""

    def __init__(self, ssm: Any, names: tuple[str, str]) -> None:
        self._ssm = ssm
        self._names = names
        self._last = STANDSTILL
        self._read_at = float("-inf")

    def read(self, *, now: float) -> Mode:
        """Return the mode at `now` (epoch seconds)."""
        if now - self._read_at <= MODE_MAX_AGE_SECONDS:
            return self._last
        try:
            answer = self._ssm.get_parameters(Names=list(self._names))
        except (BotoCoreError, ClientError) as error:
            logger.error("the mode can't be read", error=str(error), seconds_since_last=now - self._read_at)
            return self._last if now - self._read_at <= MODE_LAST_WORD_SECONDS else STANDSTILL
        values = {one["Name"]: one["Value"] for one in answer["Parameters"]}
        said = tuple(values.get(name) for name in self._names)
        for sentence in misspelt(*said):
            logger.error(sentence, parameters=self._names)
        self._last, self._read_at = read_mode(*said), now
        return self._last


@once
def mode_reader() -> ModeReader:
    """Return the reader of this function's mode."""
    return ModeReader(client("ssm"), (settings().mode, settings().kill_switch))


@contextmanager
def throttles_counted() -> Generator[None]:
    """Emit by service how many AWS calls were throttled while the block ran, each attempt."""
    counts = throttles()
    counts.clear()
    try:
        yield
    finally:
        for service, number in counts.items():
            emit("CallsThrottled", number, service=service)


def emit(name: str, value: float, **dimensions: str) -> None:
    """Write one metric as an EMF line on standard output.

    Raises KeyError for a metric that `METRICS` doesn't know, ValueError for dimensions that aren't its own.
    """
    known = METRICS[name]
    if tuple(dimensions) != known.dimensions:
        raise ValueError(f"{name} has the dimensions {known.dimensions}, not {tuple(dimensions)}")
    with single_metric(name=name, unit=MetricUnit(known.unit), value=value, namespace=NAMESPACE) as metric:
        # Powertools adds a dimension `service` of its own, under which no alarm on `stage` would ever find the metric.
        metric.service = ""
        for key, said in {"stage": settings().stage, **dimensions}.items():
            metric.add_dimension(name=key, value=said)
