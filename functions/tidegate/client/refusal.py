"""What the errors of providers mean, and how they are said: the provider's own words, and never the key."""

from typing import Final
from urllib.parse import urlsplit

from tidegate.client.errors import Unavailable
from tidegate.client.keys import hidden
from tidegate.policy.document import Candidate
from tidegate.policy.failures import classify

_OLLAMA_PORT: Final = 11434
_NOBODY: Final = ("ConnectError", "ConnectTimeout")
_LONGEST: Final = 300
"""Characters of a provider's own words in an error."""


def refused(route: Candidate, error: Exception, key: str) -> Unavailable:
    """Return what an error of LiteLLM is, in one line without the key."""
    where = f'route "{route.name}" ({route.kind})'
    lost = _lost(error)
    if lost in _NOBODY:
        return Unavailable(f"{where}: nothing answers at {route.endpoint or 'the provider'}{start_hint(route)}")
    status = getattr(error, "status_code", 0) or 0
    code = "ServiceQuotaExceededException" if getattr(error, "code", "") == "insufficient_quota" else ""
    words = " ".join(hidden(str(error), key).split())
    failure = classify(code, status, words) if status or code else "unavailable"
    said = f"{where} answered {status}: {words[:_LONGEST]}"
    return Unavailable(said, failure=failure, status=status, heard=bool(status) and not lost)


def _lost(error: BaseException | None) -> str:
    """Return how the connection failed, by the name of HTTPX's error: LiteLLM makes an HTTP status of that too.

    Empty: it held, so the provider answered, or was silent. https://www.python-httpx.org/exceptions/
    """
    while error is not None:
        name = type(error).__name__
        if isinstance(error, ConnectionRefusedError) or name == "ConnectError":
            return "ConnectError"
        if name != "ReadTimeout" and any(one.__name__ == "TransportError" for one in type(error).__mro__):
            return name
        error = error.__cause__ or error.__context__
    return ""


def start_hint(route: Candidate) -> str:
    """Return what to say of a server of one's own that doesn't run."""
    if route.kind != "openai-compatible":
        return ""
    if urlsplit(route.endpoint).port == _OLLAMA_PORT:
        return f'; start it with "ollama serve", and fetch the model with "ollama pull {route.id}"'
    return f'; start a server with "vllm serve {route.id}"'
