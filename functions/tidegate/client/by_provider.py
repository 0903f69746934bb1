"""Speaks with every route that isn't Bedrock's, through LiteLLM: the extra `[providers]`, imported when it is needed.

https://docs.litellm.ai/docs/providers
"""

import importlib.util
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from tidegate.client.errors import Unavailable
from tidegate.client.keys import Keys, hidden
from tidegate.client.saying import Piece, Question, Usage
from tidegate.client.stream import Late
from tidegate.client.time_left import hurried
from tidegate.policy.document import Candidate
from tidegate.policy.failures import classify

EXTRA: Final = "pip install 'tidegate[providers]'"

_PREFIXES: Final[Mapping[str, str]] = {
    "openai-compatible": "openai",
    "openai": "openai",
    "azure-openai": "azure",
    "anthropic": "anthropic",
    "groq": "groq",
}
_OLLAMA_PORT: Final = 11434
_PATIENCE_SECONDS: Final = 60
"""For a connection, and for each part of an answer: as long as botocore waits."""

_NOBODY: Final = ("ConnectError", "ConnectTimeout")
_LONGEST: Final = 300
"""Characters of a provider's own words in an error."""


def installed() -> bool:
    """Return whether the extra is there."""
    return importlib.util.find_spec("litellm") is not None


@cache
def _litellm() -> Any:
    # Without this its import fetches a price list from the network.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    litellm.suppress_debug_info = True
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    return litellm


class Provider:
    """Any API that isn't AWS's."""

    def __init__(self, keys: Keys, ticks: Callable[[], float]) -> None:
        """Take the keys of the providers, and what counts seconds."""
        self._keys = keys
        self._ticks = ticks

    def pieces(self, route: Candidate, question: Question, *, stream: bool, left: float) -> Iterator[Piece]:
        """Ask a route once. Raises `Unavailable`."""
        ends = self._ticks() + left
        with hurried(left):
            key = self._keys.key(route.secret)
        asked = _asked(route, question, key) | {"timeout": min(left, _PATIENCE_SECONDS)}
        try:
            answer = _litellm().completion(stream=stream, **asked)
            if stream:
                yield from _said(answer, late=lambda: self._ticks() >= ends)
                return
            yield answer.choices[0].message.content or ""
            yield _usage(answer)
        except Late:
            raise
        except Exception as error:  # noqa: BLE001 - LiteLLM's errors have no ancestor of their own
            refused = _refused(route, error, key)
            if refused.failure == "denied":
                self._keys.forget(route.secret)
            raise refused from None


def _asked(route: Candidate, question: Question, key: str) -> dict[str, Any]:
    system = [{"role": "system", "content": question.system}] if question.system else []
    said: dict[str, Any] = {
        "model": f"{_PREFIXES[route.kind]}/{route.id}",
        "messages": [*system, *(dict(one) for one in question.messages)],
        "api_key": key,
        "api_base": route.endpoint or None,
        "max_tokens": question.max_tokens,
        "temperature": question.temperature,
        # What comes after a failure is decided here, once for all kinds of routes.
        "max_retries": 0,
        "num_retries": 0,
        "drop_params": True,
    }
    return {name: value for name, value in said.items() if value is not None}


def _said(chunks: Any, late: Callable[[], bool]) -> Iterator[Piece]:
    began = False
    for chunk in chunks:
        if chunk.choices and (text := chunk.choices[0].delta.content):
            began = True
            yield text
        elif not began and late():
            raise Late
        usage = _usage(chunk)
        if usage.output_tokens is not None:
            yield usage


def _usage(answer: Any) -> Usage:
    said = getattr(answer, "usage", None)
    return Usage(
        input_tokens=getattr(said, "prompt_tokens", None), output_tokens=getattr(said, "completion_tokens", None)
    )


def _refused(route: Candidate, error: Exception, key: str) -> Unavailable:
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
