"""What the fake remembers: every call, and what CloudWatch would be told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tidegate.desk.bedrock.refusal import Refusal

OK: Final = "ok"
CUT: Final = "cut"
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request. Times in epoch seconds."""

    at: float
    region: str
    """Where it was sent to."""

    operation: str
    model: str
    """The id or ARN as it was called."""

    outcome: str
    """`ok`, `cut`, or the code of an error; of a stream, how it ended."""

    destinations: tuple[str, ...] = ()
    """Where its data may have been processed; none: it was refused before anything looked at it. An empty text among
    them is a Region that a global profile doesn't name."""

    processed: str | None = None
    """Which of them it was."""

    input_tokens: int = 0
    output_tokens: int = 0
    reserved: int = 0
    seconds: float = 0.0
    """From the request to the last byte of the answer."""

    charged: int = 0
    """Tokens of the quota that it used in the end."""


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of a metric in AWS/Bedrock, with the dimension ModelId; `at` in epoch seconds."""

    at: float
    region: str
    name: str
    model_id: str
    value: float
    unit: str = "Count"


def data(call: Call, label: str, refusal: Refusal | None) -> Iterator[Datum]:
    """Return what the metrics say of a call of inference: successes in Invocations, all others in one of the failures.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html, and of
    EstimatedTPMQuotaUsage the page quotas-token-burndown.html. Assumed: a datapoint lies at the end of the answer, and
    ModelNotReadyException is a client's error, as its status says, and no throttle.
    """

    def one(name: str, value: float = 1.0, unit: str = "Count") -> Datum:
        return Datum(call.at + call.seconds, call.region, name, label, value, unit)

    if call.outcome == OK:
        yield one("Invocations")
        yield one("InvocationLatency", call.seconds * 1000, "Milliseconds")
        yield one("InputTokenCount", call.input_tokens)
        yield one("OutputTokenCount", call.output_tokens)
        yield one("EstimatedTPMQuotaUsage", call.charged)
    elif refusal is None or refusal.status >= _SERVER_ERROR:
        yield one("InvocationServerErrors")
    elif refusal.code == "ThrottlingException":
        yield one("InvocationThrottles")
    else:
        yield one("InvocationClientErrors")
