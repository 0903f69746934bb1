"""What goes into an invocation and what comes out of it: Lambda's context, and its answer."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda passes as context (lambda/latest/dg/python-context.html)."""

    function_name: str
    aws_request_id: str
    deadline: float
    world: World
    memory_limit_in_mb: int = 1024
    function_version: str = "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return the virtual time left before the timeout."""
        return max(0, round((self.deadline - self.world.now()) * 1000))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation answers: a payload, and in `error` Lambda's FunctionError if the handler had none.

    Sources: lambda/latest/api/API_Invoke.html, lambda/latest/dg/python-exceptions.html
    """

    payload: Any
    error: Literal["Unhandled"] | None = None

    @classmethod
    def failure(cls, error_type: str, message: str, request: str) -> Self:
        """Return the answer of a handler that raised, or whose process ended."""
        return cls({"errorType": error_type, "errorMessage": message, "requestId": request}, "Unhandled")
