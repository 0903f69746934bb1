"""What applications may have to catch beside botocore's own errors, and what those say."""

from typing import Any, Final, cast

from botocore.exceptions import ClientError, ReadTimeoutError

from tidegate.policy.failures import Failure, classify

NOTE: Final = "Tidegate"
"""Under this name `ResponseMetadata`, of answers and of errors, says which route it was and what failed before."""


class NoRoute(RuntimeError):
    """There is no way to the model that may be taken. One line: what, where, and what to do."""


class Unavailable(RuntimeError):
    """No route to the model answered, and the error is that of another provider than AWS. One line."""

    def __init__(self, text: str, *, failure: Failure = "unavailable", status: int = 0, heard: bool = False) -> None:
        """Take a text; `status` is what the provider answered, 0: nothing. `heard`: it is the provider that failed."""
        super().__init__(text)
        self.heard = heard
        self.failure: Failure = failure
        self.status = status


def classified(error: Exception, status: int = 0) -> Failure:
    """Return what an error of an attempt is; `status` is that of its HTTP answer, where one is known."""
    if isinstance(error, Unavailable):
        return error.failure
    if not isinstance(error, ClientError):
        # What reading or connecting raises: nobody answered.
        return "unavailable"
    said = cast(dict[str, Any], error.response)
    told = said.get("Error", {})
    known = status or said.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return classify(told.get("Code", ""), known, told.get("Message", ""))


def heard(error: Exception) -> bool:
    """Return whether it was the service that failed: it answered, or it was reached and then said nothing in time.

    What keeps this process from reaching it (names, routes, proxies, certificates, keys) leads on as well, and is
    nothing to tell others of: theirs may be in order.
    """
    return error.heard if isinstance(error, Unavailable) else isinstance(error, ClientError | ReadTimeoutError)


def noted[E: Exception](error: E, note: dict[str, object]) -> E:
    """Write into an error of AWS what was tried, and return it."""
    if isinstance(error, ClientError):
        cast(dict[str, Any], error.response).setdefault("ResponseMetadata", {})[NOTE] = note
    return error
