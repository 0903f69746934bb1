"""Runs a handler as Lambda runs it: in a process of its own, with a log, a context, and an end at the timeout."""

import importlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from botocore.loaders import Loader

from tidegate import process, runtime
from tidegate.desk.region.app import FunctionShape, Handler
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.environ import environment
from tidegate.desk.region.invocation import Answer, Context
from tidegate.desk.region.log import Log
from tidegate.desk.region.wire import Killed, TimedOut
from tidegate.desk.region.world import World

COLD_START_SECONDS: Final = 0.65
"""Lambda's own init (139 ms, 99th percentile of Python on arm64) and the import of boto3 with the Auto Scaling client
and Powertools (some 0.5 s without compiled files)."""

IDLE_SECONDS: Final = 600.0
"""How long an idle process is kept, an assumption: Lambda publishes no figure, minutes are what people see."""


class Function:
    """One deployed function: what the stack sets for it, its process, warm or not, and its log."""

    def __init__(self, world: World, shape: FunctionShape, variables: Mapping[str, str]) -> None:
        self._world: Final = world
        self.shape: Final = shape
        self._variables: Final = variables
        self._credentials: Mapping[str, str] = {}
        self._invocations = 0
        self._memory: process.Memory = {}
        self._warm = False
        self._idle_since = 0.0
        self.log: Final = Log(world, shape.full_name, shape.log_group)

    def work_as(self, clients: Clients) -> None:
        """Run under a role from now on, in a new process."""
        self._credentials, self._warm = clients.credentials, False
        self.log.write_as(clients)

    def invoke(self, event: Any, what: str, **data: Any) -> Answer:
        """Invoke the handler, and say in the timeline with `what`. Whatever it raises is in the answer."""
        self._note("invoke", f"{self.shape.name} with {what}", **data)
        cold = not self._warm or self._world.now() - self._idle_since > IDLE_SECONDS
        # A process that dies stays cold: this holds until the handler has answered or raised.
        self._warm = False
        with environment({**self._variables, **self._credentials}):
            if cold:
                self._start()
            with self.log.of_invocation(cold=cold), process.remembering(self._memory):
                return self._answer(event)

    def _start(self) -> None:
        """Begin a new process: it remembers nothing of the one before."""
        self._memory = {}
        with process.remembering(self._memory):
            # Service models are files, the same for every process: reading them again takes longer than a drill does.
            models = runtime.session()._session  # pyright: ignore[reportPrivateUsage] - boto3 offers no other way
            models.register_component("data_loader", service_models())
        self._note("cold", f"{self.shape.name} starts cold, {COLD_START_SECONDS} s")
        self._world.advance(COLD_START_SECONDS)

    def _answer(self, event: Any) -> Answer:
        self._invocations += 1
        request = f"{self._invocations:08d}-0000-4000-8000-000000000000"
        try:
            answer = Answer(self._run(event, request))
        except Killed as death:
            self._note("died", f"{self.shape.name} died: {death}")
            kind = "Sandbox.Timedout" if isinstance(death, TimedOut) else "Runtime.ExitError"
            return Answer.failure(kind, f"RequestId: {request} Error: {death}", request)
        except Exception as error:  # noqa: BLE001 - as Lambda: whatever a handler raises, the invocation has failed
            self._note("failed", f"{self.shape.name} raised {type(error).__name__}: {error}")
            answer = Answer.failure(type(error).__name__, str(error), request)
        self._warm, self._idle_since = True, self._world.now()
        return answer

    def _run(self, event: Any, request: str) -> Any:
        context = Context(self.shape.full_name, request, self._world.now() + self.shape.timeout, self._world)
        self._world.deadline = context.deadline
        named = self.shape.handler
        try:
            with self._world.calling("tidegate", self.shape.name):
                # Resolved here and not before: importing a handler is part of the function's own process.
                handler = load(named) if isinstance(named, str) else named
                return as_sent(handler(as_sent(event), context))
        finally:
            self._world.deadline = float("inf")

    def _note(self, kind: str, text: str, **data: Any) -> None:
        self._world.record("lambda", kind, text, function=self.shape.name, **data)


def as_sent(value: Any) -> Any:
    """Return a value as it comes out of JSON, in which Lambda carries events and answers."""
    return json.loads(json.dumps(value))


@cache
def service_models() -> Loader:
    """Return botocore's reader of service models, which remembers what it has read."""
    return Loader()


def load(handler: str) -> Handler:
    """Return the callable of a handler string, `package.module.function`."""
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module), name)
