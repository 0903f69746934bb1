"""A stream that failed before its first output begins again on the next route: by the same call, made once more."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from botocore import xform_name

from tidegate.client.errors import classified, noted
from tidegate.client.follower import Call
from tidegate.client.stream import FollowedStream, Pieces

STREAMS: Final = {"ConverseStream": "stream", "InvokeModelWithResponseStream": "body"}
"""Operations whose answers come in pieces, and under which name."""

_led: Final[ContextVar[Call | None]] = ContextVar("tidegate_led", default=None)


@contextmanager
def leading(call: Call) -> Generator[None]:
    """Let the request that is made inside of the block go on with `call`, instead of beginning a new one."""
    token = _led.set(call)
    try:
        yield
    finally:
        _led.reset(token)


def led() -> Call | None:
    """Return the call that a request is to go on with; None: it is a new one."""
    return _led.get()


def followed(client: Any, call: Call, stream: Pieces, operation: str) -> FollowedStream:
    """Return a stream that goes on with the next route's if it fails before its first output."""
    follower = call.follower

    def instead(error: Exception) -> Pieces:
        failure = classified(error)
        step = None if failure == "unknown" else follower.failed(call, failure, error)
        if step is None:
            raise error if failure == "unknown" else noted(call.error, call.noted())
        follower.clock.pause(step.pause)
        with leading(call):
            answer = getattr(client, xform_name(operation))(**call.params)
        # The caller has the first answer's metadata in hand: its note is the one to be kept true.
        call.noted()
        return answer[STREAMS[operation]]

    def late(error: Exception) -> None:
        follower.late(call, classified(error), error)

    def seen(event: Any) -> None:
        follower.used(call, event.get("metadata", {}).get("usage"))

    return FollowedStream(
        stream,
        instead,
        late_now=lambda: follower.left(call) <= 0,
        began=lambda: follower.answered(call),
        seen=seen,
        late=late,
    )
