"""What applications may have to catch beside botocore's own errors, and what those say."""

from typing import Any, Final, cast

from botocore.exceptions import ClientError

NOTE: Final = "Tidegate"
"""Under this name `ResponseMetadata`, of answers and of errors, says which route it was and what failed before."""


class NoRoute(RuntimeError):
    """There is no way to the model that may be taken. One line: what, where, and what to do."""


class Unavailable(RuntimeError):
    """No way to the model answered, and the last one was another provider's than AWS.

    `status` is what the provider answered; 0: nothing.
    """

    def __init__(self, text: str, *, status: int = 0) -> None:
        """Take a text of one line."""
        super().__init__(text)
        self.status = status


def told(error: Exception) -> tuple[str, str]:
    """Return (code, message) of an error; both are empty where no service said anything."""
    if not isinstance(error, ClientError):
        return "", ""
    said = cast(dict[str, str], error.response.get("Error", {}))
    return said.get("Code", ""), said.get("Message", "")


def noted[E: Exception](error: E, note: dict[str, object]) -> E:
    """Write into an error of AWS what was tried, and return it."""
    if isinstance(error, ClientError):
        cast(dict[str, Any], error.response).setdefault("ResponseMetadata", {})[NOTE] = note
    return error
