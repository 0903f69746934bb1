"""Takes calls of one boto3 client along a model's routes, by the events that botocore offers on it.

Only calls with `modelId="tidegate:NAME"` are touched. The events and what they hand over:
https://docs.aws.amazon.com/boto3/latest/guide/events.html and `botocore/endpoint.py`, whose `needs-retry` decides
whether a request is sent again, as it stands then.
"""

from math import inf
from typing import Any, Final, cast
from weakref import ref

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from tidegate.client.course import LEAST_SECONDS
from tidegate.client.errors import NOTE, classified, noted
from tidegate.client.follower import Call, Follower
from tidegate.client.request import aim, bound
from tidegate.client.resume import STREAMS, followed, led
from tidegate.policy.kind import BEDROCK

PREFIX: Final = "tidegate:"
OPERATIONS: Final = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")

_CALL: Final = "tidegate_call"
_REFUSED: Final = 300
"""The lowest HTTP status that is no answer."""


class Hooks:
    """What is registered on one client, once and for good.

    `follower` leads the calls that begin from now on; None: none are led. Whoever attaches the client anew puts another
    one there, in one step: a call under way goes on with its own.
    """

    def __init__(self, client: Any) -> None:
        """Make the hooks of a client, not registered yet."""
        # The client holds its hooks: a reference back would keep both alive for good.
        self._client = ref(client)
        self._home: str = client.meta.region_name
        self._bound = bound(client.meta.endpoint_url, self._home)
        self.follower: Follower | None = None

    def register(self, events: Any) -> None:
        """Take part in the client's calls."""
        for name in OPERATIONS:
            events.register(f"before-parameter-build.bedrock-runtime.{name}", self.begin)
        events.register("before-call.bedrock-runtime", self.send)
        # botocore calls every handler and takes the first answer: its own would send to the same route again.
        events.register_first("needs-retry.bedrock-runtime", self.judge)
        events.register("after-call.bedrock-runtime", self.end)

    def only(self, follower: Follower) -> str | None:
        """Return the one Region that the client can call for a follower; None: it can call all."""
        return self._home if self._bound and not follower.every_region else None

    def begin(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        """Choose the first route of a call to a model's name."""
        said = params.get("modelId")
        if not isinstance(said, str) or not said.startswith(PREFIX):
            return
        call, follower = led(), self.follower
        if call is None:
            if follower is None:
                return
            if hasattr(params.get("body"), "read"):
                # A file can be read once, and the next route needs it too.
                params["body"] = params["body"].read()
            alike = "body" in params
            name = said.removeprefix(PREFIX)
            call = follower.begin(name, dict(params), BEDROCK, alike=alike, only=self.only(follower))
        params["modelId"] = call.route.id
        context[_CALL] = call

    def send(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        """Send a request that was just built to the Region of its route."""
        call: Call | None = context.get(_CALL)
        if call is None:
            return
        if call.route.region != self._home:
            aim(params, call.route, self._home)
        _limit(call, context)

    def judge(
        self, request_dict: dict[str, Any], response: Any, caught_exception: Any, operation: Any, **_: object
    ) -> float | None:
        """Return 0 to have the request sent again, to the next route; None to leave it to botocore.

        Raises:
            Exception: the error of the call, when no route is left: botocore would ask the same one again.
        """
        call: Call | None = request_dict["context"].get(_CALL)
        if call is None or (response is not None and response[0].status_code < _REFUSED):
            return None
        error = self._error(response, caught_exception, operation)
        if error is None:
            return None
        failure = classified(error, response[0].status_code if response else 0)
        if failure == "unknown":
            return None
        was = call.route.region
        step = call.follower.failed(call, failure, error)
        if step is None:
            raise noted(call.error, call.noted()) from None
        if step.pause:
            call.follower.clock.pause(step.pause)
        aim(request_dict, call.route, was)
        _limit(call, request_dict["context"])
        return 0

    def _error(self, response: Any, caught: Any, operation: Any) -> Exception | None:
        if response is None:
            return caught if isinstance(caught, NoConnection | HTTPClientError) else None
        parsed = response[1]
        code = parsed.get("Error", {}).get("Code", "")
        return cast(Any, self._client()).exceptions.from_code(code)(parsed, operation.name)

    def end(self, http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:
        """Say in an answer which route gave it; and keep a stream's beginning in hand."""
        call: Call | None = context.get(_CALL)
        if call is None or http_response.status_code >= _REFUSED:
            return
        parsed["ResponseMetadata"][NOTE] = call.noted()
        stream = STREAMS.get(model.name)
        if stream is None:
            call.follower.answered(call)
            call.follower.used(call, parsed.get("usage"))
        elif led() is None:
            parsed[stream] = followed(self._client(), call, parsed[stream], model.name)


def _limit(call: Call, context: dict[str, Any]) -> None:
    left = max(LEAST_SECONDS, call.follower.left(call))
    configured = context["client_config"].read_timeout
    if left < (inf if configured is None else configured):
        # botocore/httpsession.py takes the timeout of a single request from here.
        context["read_timeout"] = left
