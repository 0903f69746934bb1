"""Runs a handler as Lambda runs it: its own log, a context with the time left, an end at the timeout."""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from botocore.loaders import Loader

from tidegate import runtime
from tidegate.desk.region.environ import environment
from tidegate.desk.region.output import captured
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import World

COLD_START_SECONDS: Final = 0.65
"""Lambda's own init (139 ms, 99th percentile of Python on arm64) and the import of boto3 with the Auto Scaling client
and Powertools (some 0.5 s without compiled files)."""

IDLE_SECONDS: Final = 600.0
"""How long an idle process is kept, an assumption: Lambda publishes no figure, minutes are what people see."""

type Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda passes as context (lambda/latest/dg/python-context.html)."""

    function_name: str
    aws_request_id: str
    deadline: float
    world: World
    memory_limit_in_mb: int = 256
    function_version: str = "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return the virtual time left before the timeout."""
        return max(0, round((self.deadline - self.world.now()) * 1000))


class Function:
    """One deployed function: a handler string, a process that is warm or not, and everything it has logged."""

    def __init__(self, world: World, name: str, handler: str | Handler, *, timeout: float) -> None:
        self._world: Final = world
        self.name: Final = name
        self._named: Final = handler
        self._timeout: Final = timeout
        self._invocations = 0
        self._idle_since = 0.0
        self.warm = False
        self.logs: list[str] = []
        self.credentials: Mapping[str, str] = {}
        """Those of the function's role, once it has one."""

    def invoke(self, event: dict[str, Any]) -> Any:
        """Run the handler. Raises what it raises, and `Killed` when it dies or runs out of its time."""
        with environment(self.credentials):
            if not self.warm or self._world.now() - self._idle_since > IDLE_SECONDS:
                self._start()
            self.warm = False
            answer = self._run(event)
            self.warm, self._idle_since = True, self._world.now()
        return answer

    def _start(self) -> None:
        """Begin a new process: it remembers nothing of the one before."""
        runtime.reset()
        # Service models are files, the same for every process: reading them again takes longer than a drill does.
        models = runtime.session()._session  # pyright: ignore[reportPrivateUsage] - boto3 offers no other way
        models.register_component("data_loader", service_models())
        self._world.record("lambda", "cold", f"{self.name} starts cold, {COLD_START_SECONDS} s")
        self._world.advance(COLD_START_SECONDS)

    def _handler(self) -> Handler:
        return load(self._named) if isinstance(self._named, str) else self._named

    def _run(self, event: dict[str, Any]) -> Any:
        self._invocations += 1
        request = f"{self._invocations:08d}-0000-4000-8000-000000000000"
        context = Context(self.name, request, self._world.now() + self._timeout, self._world)
        self._world.deadline = context.deadline
        try:
            with captured(self.logs), self._world.calling("tidegate"):
                return self._handler()(json.loads(json.dumps(event)), context)
        finally:
            self._world.deadline = float("inf")


@cache
def service_models() -> Loader:
    """Return botocore's reader of service models, which remembers what it has read."""
    return Loader()


def load(handler: str) -> Handler:
    """Return the callable of a handler string, `package.module.function`."""
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module), name)
