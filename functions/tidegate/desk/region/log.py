"""A function's log: everything its handler prints or logs, written to its log group once the function has a role."""

from collections.abc import Generator
from contextlib import contextmanager
from time import time
from typing import Final

from botocore.exceptions import ClientError

from tidegate.desk.region.clients import Clients
from tidegate.desk.region.output import captured
from tidegate.desk.region.world import World


class Log:
    """The lines of one function, JSON log lines and EMF metrics, in order."""

    def __init__(self, world: World, function: str, group: str) -> None:
        self._world: Final = world
        self._function: Final = function
        self._group: Final = group
        self._clients: Clients | None = None
        self.lines: Final[list[str]] = []

    def write_as(self, clients: Clients) -> None:
        """Write to the log group under the function's role, as Lambda does."""
        self._clients = clients

    @contextmanager
    def of_invocation(self, *, cold: bool) -> Generator[None]:
        """Collect what is said while the block runs; a cold start begins a stream."""
        written = len(self.lines)
        try:
            with captured(self.lines):
                yield
        finally:
            self._write(self.lines[written:], cold=cold)

    def _write(self, lines: list[str], *, cold: bool) -> None:
        """Write some lines. A role that may not log loses them, no more."""
        if not self._clients or not lines:
            return
        logs, stream = self._clients("logs"), {"logGroupName": self._group, "logStreamName": "instance"}
        now = round(time() * 1000)
        try:
            if cold:
                logs.create_log_stream(**stream)
            logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": line} for line in lines])
        except ClientError as error:
            self._world.record("lambda", "refused", f"the log of {self._function}: {error}")
