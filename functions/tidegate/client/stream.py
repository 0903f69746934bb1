"""An answer that comes in pieces: it may begin again on another route, until the caller has got the first piece.

After that nothing is asked again: the caller would read the beginning of an answer twice, and pay for it twice.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol, cast

from botocore.eventstream import EventStream
from botocore.exceptions import BotoCoreError, EventStreamError
from urllib3.exceptions import HTTPError

_PREAMBLE: Final = frozenset({"messageStart", "contentBlockStart"})
"""Come before the first output, and say nothing of it.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html"""

_CLAUDE_PREAMBLE: Final = frozenset({"message_start", "content_block_start", "ping"})
"""The same in chunks of InvokeModelWithResponseStream, which every provider fills in its own way.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html"""

BROKEN: Final = (EventStreamError, BotoCoreError, HTTPError, OSError)
"""What reading a stream may raise: an error that the service sent in it, or a connection that broke."""


class Pieces(Protocol):
    """What is wrapped: botocore's event stream, or a fake."""

    def __iter__(self) -> Iterator[Any]:
        """Return its events."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Cut(BotoCoreError):
    """A stream ended before it said anything: the service closed the connection."""

    fmt = "The stream ended before it had any output"


class Late(BotoCoreError):
    """A stream had no output yet when the caller's time was over."""

    fmt = "The deadline of the call ended before the stream had any output"


class FollowedStream(EventStream):  # pyright: ignore[reportMissingTypeArgument]: generic in its stubs alone
    """Looks like botocore's event stream, and goes on with another route's if that fails before its first output."""

    def __init__(  # pyright: ignore[reportMissingSuperCall]: it holds a stream instead of being one
        self,
        stream: Pieces,
        instead: Callable[[Exception], Pieces],
        *,
        late_now: Callable[[], bool] = lambda: False,
        began: Callable[[], None] = lambda: None,
        seen: Callable[[Any], None] = lambda _: None,
        late: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        """Wrap a stream.

        `instead` returns another route's stream after an error, or raises. `late_now` tells whether the caller's time
        is over: then no first output is waited for. `began` hears that there is output, `seen` of each event, `late` of
        an error that comes too late to do anything about it.
        """
        self._stream = stream
        self._instead = instead
        self._late_now = late_now
        self._began = began
        self._seen = seen
        self._late = late
        self._events = self._follow()

    def __iter__(self) -> Iterator[Any]:
        return self._events

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()

    def get_initial_response(self) -> Any:
        """Return what botocore's stream returns: the operations of Bedrock have none."""
        return self._stream.get_initial_response()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]: EventStream has it

    def _follow(self) -> Iterator[Any]:
        first, rest = self._begin()
        self._began()
        yield from first
        try:
            for event in rest:
                self._seen(event)
                yield event
        except BROKEN as error:
            self._late(error)
            self._stream.close()
            raise

    def _begin(self) -> tuple[list[Any], Iterator[Any]]:
        while True:
            events = iter(self._stream)
            try:
                return self._opening(events), events
            except BROKEN as error:
                self._stream.close()
                self._stream = self._instead(error)

    def _opening(self, events: Iterator[Any]) -> list[Any]:
        """Return the events up to the first one with output. Raises what reading them raises, `Cut` or `Late`."""
        held: list[Any] = []
        for event in events:
            held.append(event)
            if not _preamble(event):
                return held
            if self._late_now():
                # Each event may come in time, and the first output never.
                raise Late
        raise Cut


def _preamble(event: Any) -> bool:
    if "chunk" not in event:
        return not _PREAMBLE.isdisjoint(event)
    try:
        said: Any = json.loads(event["chunk"]["bytes"])
    except ValueError:
        return False
    if not isinstance(said, dict):
        return False
    chunk = cast(dict[str, Any], said)
    return chunk.get("type") in _CLAUDE_PREAMBLE or not _PREAMBLE.isdisjoint(chunk)
