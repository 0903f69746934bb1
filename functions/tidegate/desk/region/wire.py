"""The one door that every AWS call of this process passes: time goes by, the timeline notes it, faults strike.

Each HTTP attempt passes here, so a retried call stands in the timeline as often as it was tried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import HTTPClientError
from moto.core.botocore_stubber import BotocoreStubber

from tidegate import runtime
from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.bedrock import Bedrock
from tidegate.desk.region.protocols import error_body, error_code, request_of
from tidegate.desk.region.world import Actor, Entry, World

CALL_SECONDS: Final = 0.05
"""One AWS call from inside the Region, an assumption: AWS publishes no latency."""


class Killed(BaseException):
    """The function dies here, as when its process ends: no handler may catch it, nothing of it is answered."""


class TimedOut(Killed):
    """The function dies because its time is up."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP attempt of an AWS call, as it arrives at AWS, and the name of the function that makes it."""

    service: str
    operation: str
    parameters: dict[str, Any]
    caller: Actor
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer given in AWS's place, such as Fault(400, "Throttling")."""

    status: int
    code: str
    message: str = "an injected fault"
    reasons: tuple[str, ...] = ()
    """Of a TransactionCanceledException: a code for each action, "None" for those that hindered nothing."""


type Chaos = Callable[[Call], Fault | None]
type Answer = tuple[int, Any, Any]


class Wire:
    """Passes calls to moto, and Bedrock's to its fake.

    Calls that nobody watched makes (a test, a person) take no time and leave no trace.
    """

    def __init__(self, world: World, bedrock: Bedrock) -> None:
        self._world: Final = world
        self._bedrock: Final = bedrock
        self._plain: Final = BotocoreStubber.process_request
        self._calls_to_live: int | None = None
        self._doomed: str | None = None
        self.chaos: Chaos | None = None

    def crash_after(self, calls: int, function: str | None = None) -> None:
        """Let the function that runs, or the one named, die right after the `calls`-th AWS call from now."""
        self._calls_to_live, self._doomed = calls, function

    def amendments(self) -> list[Amendment]:
        """Return moto's door, replaced; and botocore's pause between two attempts, on the virtual clock."""

        def process_request(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Answer | None:
            if self._world.caller is None:
                return self._answer(stubber, request)
            ours = self._bedrock.takes(request)
            said = self._bedrock.said(request) if ours else request_of(request.headers, request.body)
            return self._pass(stubber, request, Call(*said, self._world.caller, self._world.function))

        return [
            Amendment(BotocoreStubber, "process_request", process_request),
            # The endpoint uses nothing else of the module `time`.
            Amendment(botocore.endpoint, "time", SimpleNamespace(sleep=self._world.advance)),
            Amendment(runtime, "pause", self._world.advance),
            *self._bedrock.amendments(),
        ]

    def _pass(self, stubber: BotocoreStubber, request: AWSPreparedRequest, call: Call) -> Answer | None:
        self._world.advance(CALL_SECONDS)
        if self._world.now() > self._world.deadline:
            raise TimedOut("the task timed out")
        place, now = self._world.place(), self._world.now()
        fault = self.chaos(call) if self.chaos else None
        answer, lost = None, None
        try:
            answer = refuse(call.service, fault) if fault else self._answer(stubber, request)
        except HTTPClientError as broken:
            lost = broken
        error = type(lost).__name__ if lost else _error(answer)
        text = f"{call.service}:{call.operation}" + (f" -> {error}" if error else "")
        made = {"service": call.service, "operation": call.operation, "parameters": call.parameters}
        data = {**made, "error": error, "function": call.function}
        self._world.record_at(place, Entry(now, call.caller, "call", text, data))
        self._count_down(call)
        if lost:
            raise lost
        return answer

    def _answer(self, stubber: BotocoreStubber, request: AWSPreparedRequest) -> Answer | None:
        return self._bedrock.answer(request) if self._bedrock.takes(request) else self._plain(stubber, request)

    def _count_down(self, call: Call) -> None:
        theirs = call.caller == "tidegate" and self._doomed in (None, call.function)
        if theirs and self._calls_to_live is not None:
            self._calls_to_live -= 1
            if self._calls_to_live == 0:
                self._calls_to_live = None
                raise Killed(f"right after {call.operation}")


def _error(answer: Answer | None) -> str | None:
    first_error = 400
    return error_code(answer[1], answer[2]) if answer and answer[0] >= first_error else None


def refuse(service: str, fault: Fault) -> Answer:
    """The answer of AWS that a fault stands for."""
    return fault.status, {"x-amzn-requestid": "0"}, error_body(service, fault.code, fault.message, fault.reasons)
