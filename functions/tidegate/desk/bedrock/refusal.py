"""How Bedrock says no: the code, the HTTP status and the words of each refusal that the fake knows."""

from dataclasses import dataclass
from typing import Final

from tidegate.desk.bedrock.models import RUNTIME


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Bedrock. Codes and statuses are those of botocore's service model of bedrock-runtime."""

    code: str
    message: str

    @property
    def status(self) -> int:
        """The HTTP status that the service model gives the code."""
        return int(RUNTIME.shape_for(self.code).metadata["error"]["httpStatusCode"])


class Refused(Exception):
    """Bedrock refuses a request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal: Final = refusal


def invalid(message: str) -> Refused:
    """Return a ValidationException."""
    return Refused(Refusal("ValidationException", message))


def missing(message: str) -> Refused:
    """Return a ResourceNotFoundException."""
    return Refused(Refusal("ResourceNotFoundException", message))


# The words are those that applications quote in their issues: github.com/minorun365/agent-book/issues/29 (per day),
# github.com/anthropics/claude-code/issues/236 (tokens), github.com/BerriAI/litellm/issues/1790 (requests).
TOO_MANY_REQUESTS: Final = Refusal("ThrottlingException", "Too many requests, please wait before trying again.")
TOO_MANY_TOKENS: Final = Refusal("ThrottlingException", "Too many tokens, please wait before trying again.")
TOO_MANY_PER_DAY: Final = Refusal("ThrottlingException", "Too many tokens per day, please wait before trying again.")

# No throttle, although it is HTTP 429: API_runtime_InvokeModel.html. The words of the following are assumed.
NOT_READY: Final = Refusal("ModelNotReadyException", "Model is not ready for inference. Please try again.")
UNAVAILABLE: Final = Refusal("ServiceUnavailableException", "Bedrock is unable to process your request.")
FAILED: Final = Refusal("InternalServerException", "The server encountered an unexpected error. Please try again.")
DENIED: Final = Refusal("AccessDeniedException", "You don't have access to the model with the specified model ID.")
MISSING: Final = Refusal("ResourceNotFoundException", "Could not resolve the model from the provided identifier.")
OVER_QUOTA: Final = Refusal("ServiceQuotaExceededException", "Your request exceeds a service quota of your account.")
MALFORMED: Final = Refusal("ValidationException", "Malformed input request, please reformat your input and try again.")
TOO_LONG: Final = Refusal("ValidationException", "Input is too long for requested model.")
