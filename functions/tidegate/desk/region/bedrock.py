"""Bedrock in all Regions, for the emulated one: calls to its hosts reach the fake, on the virtual clock.

What an answer takes passes for whoever waits for it: for a plain one before it comes, for a stream while it is read.
Its metrics are in CloudWatch of the Region that was called, dated to the minute of the answer's end.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import moto.core.botocore_stubber as stubber
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError, ResponseStreamingError
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import unix_time

from tidegate.desk.bedrock import reply
from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.ledger import Datum
from tidegate.desk.bedrock.refusal import DENIED, Refusal, Refused
from tidegate.desk.bedrock.reply import Reply
from tidegate.desk.bedrock.request import Request, operation_of, region_of
from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.cloudwatch import gauges, series
from tidegate.desk.region.iam import enforce
from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.iam.models import needs
from tidegate.desk.region.place import ACCOUNT
from tidegate.desk.region.protocols import text
from tidegate.desk.region.world import World

NAMESPACE: Final = "AWS/Bedrock"

_HOSTS: Final = ("bedrock.", "bedrock-runtime.")

type Said = tuple[str, str, dict[str, Any]]
"""Service, operation, and what names the model: prompts don't belong into a timeline."""

type Answer = tuple[int, Any, Any]


class Pieces(bytes):
    """The body of a stream, that also knows its pieces."""

    of: Reply


class Bedrock:
    """The door to the fake. `denied` hears of each permission that a role lacked."""

    def __init__(self, world: World, denied: Callable[[Need], None]) -> None:
        self._world: Final = world
        self._denied: Final = denied
        self.fake: Final = FakeBedrock(unix_time, listen=self._measured)

    def takes(self, request: AWSPreparedRequest) -> bool:
        """Return whether a request is Bedrock's."""
        return (urlsplit(request.url).hostname or "").startswith(_HOSTS)

    def said(self, request: AWSPreparedRequest) -> Said:
        """Return what a request asks, as the timeline says it."""
        try:
            operation, named = operation_of(_plain(request))
        except Refused:
            return "bedrock", "unknown", {}
        return "bedrock", operation.name, {**named, "region": region_of(_plain(request))}

    def answer(self, request: AWSPreparedRequest) -> Answer:
        """Answer a request. Raises ConnectionClosedError where that is the answer."""
        said = self._refusal(request) or self.fake.answer(_plain(request))
        if said.streams:
            body = Pieces(said.body)
            body.of = said
            return said.status, dict(said.headers), body
        self._wait(said.seconds)
        if said.cut:
            raise ConnectionClosedError(endpoint_url=request.url)
        return said.status, dict(said.headers), said.body

    def amendments(self) -> Iterator[Amendment]:
        """Return what changes in moto: a stream is read piece by piece, and time passes between them."""
        plain: Any = stubber.MockRawResponse
        yield Amendment(
            stubber,
            "MockRawResponse",
            lambda body: _Stream(body.of, self._wait) if isinstance(body, Pieces) else plain(body),  # pyright: ignore[reportUnknownLambdaType]
        )

    def _wait(self, seconds: float) -> None:
        # As with every call: for a person in front no time passes.
        if seconds and self._world.caller is not None:
            self._world.advance(seconds)

    def _refusal(self, request: AWSPreparedRequest) -> Reply | None:
        _, operation, named = self.said(request)
        lacking = enforce.lacking(_plain(request).headers, lambda: needs(self.fake.catalog, operation, named))
        if lacking is None:
            return None
        who, need = lacking
        self._denied(need)
        return reply.refuse(Refusal(DENIED.code, enforce.sentence(who, need)))

    def _measured(self, datum: Datum) -> None:
        of = series.metric(NAMESPACE, datum.name, [{"Name": "ModelId", "Value": datum.model_id}])
        minute = datum.at // series.STANDARD_SECONDS * series.STANDARD_SECONDS
        point = series.Point(minute, 1, datum.value, datum.value, datum.value, datum.unit)
        backend = cloudwatch_backends[ACCOUNT][datum.region]
        self._world.after(max(0.0, datum.at - unix_time()), lambda: gauges.keep(backend, of, point))


class _Stream(BytesIO):
    """The raw body of a stream's answer, as urllib3 gives it to botocore."""

    def __init__(self, said: Reply, wait: Callable[[float], None]) -> None:
        super().__init__(said.body)
        self._said: Final = said
        self._pause: Final = wait

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the pieces as they come."""
        for piece in self._said.pieces:
            self._pause(piece.after)
            if piece.data:
                yield piece.data
        if self._said.cut:
            raise ResponseStreamingError(error="the connection was closed")


def _plain(request: AWSPreparedRequest) -> Request:
    headers = {name: text(value) for name, value in request.headers.items()}
    body: Any = request.body or b""
    return Request(request.method, request.url, headers, body if isinstance(body, bytes) else str(body).encode())
