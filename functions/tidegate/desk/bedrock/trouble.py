"""What is scripted to go wrong: which answer, of which route, how often or for how long."""

from dataclasses import dataclass, field
from typing import Final

from tidegate.desk.bedrock import refusal, reply
from tidegate.desk.bedrock.models import RUNTIME
from tidegate.desk.bedrock.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens to an answer. Nothing said: only `seconds` pass before it begins.

    Raises:
        ValueError: an error that no stream can carry, within one.
    """

    refusal: Refusal | None = None
    after_deltas: int | None = None
    """In a stream: the trouble comes after so many pieces of the answer's text; None: instead of any answer."""

    before_start: bool = False
    """In a stream: it comes as the very first event, before messageStart."""

    cut: bool = False
    """The connection ends without a word."""

    seconds: float = 0.0
    """How long it takes: a pause before the error, or before the answer goes on as if nothing had been."""

    def __post_init__(self) -> None:
        if self.after_deltas is not None and self.refusal:
            reply.error_event(RUNTIME.operation_model("InvokeModelWithResponseStream"), self.refusal)


def refused(said: Refusal) -> Trouble:
    """Return the trouble of an error instead of an answer."""
    return Trouble(refusal=said)


def slow(seconds: float) -> Trouble:
    """Return the trouble of an answer that begins later."""
    return Trouble(seconds=seconds)


def in_stream(said: Refusal, after_deltas: int = 0) -> Trouble:
    """Return the trouble of a stream that began with a 200 and ends with an error, after some text or before any."""
    return Trouble(refusal=said, after_deltas=after_deltas)


def stalled(seconds: float, after_deltas: int) -> Trouble:
    """Return the trouble of a stream that pauses after some text, and goes on."""
    return Trouble(seconds=seconds, after_deltas=after_deltas)


def cut_stream(after_deltas: int = 0) -> Trouble:
    """Return the trouble of a stream whose connection ends, after some text or before any."""
    return Trouble(cut=True, after_deltas=after_deltas)


TOO_MANY_REQUESTS: Final = refused(refusal.TOO_MANY_REQUESTS)
TOO_MANY_TOKENS: Final = refused(refusal.TOO_MANY_TOKENS)
TOO_MANY_PER_DAY: Final = refused(refusal.TOO_MANY_PER_DAY)
NOT_READY: Final = refused(refusal.NOT_READY)
UNAVAILABLE: Final = refused(refusal.UNAVAILABLE)
FAILED: Final = refused(refusal.FAILED)
DENIED: Final = refused(refusal.DENIED)
MISSING: Final = refused(refusal.MISSING)
OVER_QUOTA: Final = refused(refusal.OVER_QUOTA)
INVALID: Final = refused(refusal.MALFORMED)
TOO_LONG: Final = refused(refusal.TOO_LONG)
CUT: Final = Trouble(cut=True)


@dataclass(slots=True, kw_only=True)
class Scripted:
    """A trouble and the calls that it meets."""

    trouble: Trouble
    region: str | None = None
    model: str | None = None
    """The id or ARN that is called."""

    operation: str | None = None
    """None: whatever asks a model, and nothing of the control plane."""

    calls: int | None = None
    since: float = 0.0
    until: float = float("inf")


@dataclass(slots=True)
class Script:
    """Troubles to come; of those that meet a call, the one that was scripted first happens."""

    lines: list[Scripted] = field(default_factory=list[Scripted])

    def take(self, now: float, region: str, model: str, operation: str) -> Trouble | None:
        """Return what happens to a call at `now`; it is one less to come."""
        for each in self.lines:
            here = each.region in (None, region) and each.model in (None, model)
            meant = operation == each.operation if each.operation else operation in RUNTIME.operation_names
            if here and meant and each.since <= now < each.until and each.calls != 0:
                if each.calls is not None:
                    each.calls -= 1
                return each.trouble
        return None
