"""What the errors of inference mean: one table, for the client that meets them and the controller that hears of them.

Source of codes and states: botocore's service model of bedrock-runtime, and
https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Failure = Literal[
    "throttled", "daily", "not_ready", "unavailable", "quota", "denied", "missing", "invalid", "too_long", "unknown"
]
FAILURES: Final[tuple[Failure, ...]] = get_args(Failure)

Onward = Literal["next", "once", "raise"]
"""What the client does: try the next route; try one more route, and believe the second answer; or give up."""

Standing = Literal["throttled", "unavailable", "daily", "broken"]
"""What the controller takes a route for that fails so."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What follows from a failure."""

    onward: Onward
    standing: Standing | None = None
    """None: it says nothing about the route."""

    worth_waiting: bool = False
    """Whether the same route may answer in a moment, if there is no other."""

    counts: bool = False
    """Whether it says that more throughput is wanted: the only failures that may ever lead to a purchase."""


MEANINGS: Final[Mapping[Failure, Meaning]] = {
    # Requests or tokens of this minute are used up: the bucket fills again within the minute.
    "throttled": Meaning("next", "throttled", worth_waiting=True, counts=True),
    # Tokens of this day: nothing comes back before the day is over, so waiting is in vain.
    "daily": Meaning("next", "daily"),
    # HTTP 429 like a throttle, and none: the model is being loaded, whoever asks. It must never count as load.
    "not_ready": Meaning("next", None, worth_waiting=True),
    # AWS lacks capacity, or answered nothing: no quota of ours, so buying throughput would not have helped.
    "unavailable": Meaning("next", "unavailable", worth_waiting=True),
    "quota": Meaning("next", "throttled", counts=True),
    # The route is broken, or the request is: whoever asks a second route learns which.
    "denied": Meaning("once", "broken"),
    "missing": Meaning("once", "broken"),
    "invalid": Meaning("once", "broken"),
    # The prompt is longer than this route takes: true of this prompt, and no fault of the route.
    "too_long": Meaning("next", None),
    "unknown": Meaning("raise", None),
}
"""The whole table. A test sees to it that every failure has its row."""

_BY_CODE: Final[Mapping[str, Failure]] = {
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "ModelNotReadyException": "not_ready",
    "ServiceUnavailableException": "unavailable",
    "InternalServerException": "unavailable",
    "ModelTimeoutException": "unavailable",
    "ModelErrorException": "unavailable",
    "ModelStreamErrorException": "unavailable",
    "ServiceQuotaExceededException": "quota",
    "AccessDeniedException": "denied",
    "ResourceNotFoundException": "missing",
    "ValidationException": "invalid",
}
_BY_STATUS: Final[Mapping[int, Failure]] = {
    400: "invalid",
    401: "denied",
    403: "denied",
    404: "missing",
    408: "unavailable",
    424: "unavailable",
    429: "throttled",
}
"""For errors without a code that is known, such as those of other providers."""

_SERVER_ERROR: Final = 500
_PER_DAY: Final = re.compile(r"per[\s-]day|daily", re.IGNORECASE)
_TOO_LONG: Final = re.compile(r"too long|(?:maximum|exceeds?).*context|context (?:length|window)", re.IGNORECASE)


def classify(code: str, status: int, message: str) -> Failure:
    """Return what an error is, by its code, its HTTP status (0: there was no answer) and its text.

    Codes come as botocore names them, those inside a stream with a small first letter.
    """
    named = code[:1].upper() + code[1:]
    found = _BY_CODE.get(named) or _BY_STATUS.get(status)
    if found is None:
        return "unavailable" if status >= _SERVER_ERROR or not (status or code) else "unknown"
    if found == "throttled" and _PER_DAY.search(message):
        return "daily"
    if found == "invalid" and _TOO_LONG.search(message):
        return "too_long"
    return found
