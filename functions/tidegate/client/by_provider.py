"""Speaks with every route that isn't Bedrock's, through LiteLLM: the extra `[providers]`, imported when it is needed.

https://docs.litellm.ai/docs/providers
"""

import importlib.util
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from tidegate.client.keys import Keys
from tidegate.client.refusal import refused
from tidegate.client.saying import Piece, Question, Usage
from tidegate.client.stream import Late
from tidegate.client.time_left import hurried
from tidegate.policy.document import Candidate

EXTRA: Final = "pip install 'tidegate[providers]'"

_PREFIXES: Final[Mapping[str, str]] = {
    "openai-compatible": "openai",
    "openai": "openai",
    "azure-openai": "azure",
    "anthropic": "anthropic",
    "groq": "groq",
}
_HOSTS: Final[Mapping[str, str]] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1/messages",
    "groq": "https://api.groq.com/openai/v1",
}
"""Where a route without an endpoint leads. Said each time: LiteLLM would take a variable of the environment first, and
a request would go where the boundary knows nothing of."""

_PATIENCE_SECONDS: Final = 60
"""For a connection, and for each part of an answer: as long as botocore waits."""


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
        told = asked(route, question, key) | {"timeout": min(left, _PATIENCE_SECONDS)}
        try:
            answer = _litellm().completion(stream=stream, **told)
            if stream:
                yield from _said(answer, late=lambda: self._ticks() >= ends)
                return
            yield answer.choices[0].message.content or ""
            yield _usage(answer)
        except Late:
            raise
        except Exception as error:  # noqa: BLE001 - LiteLLM's errors have no ancestor of their own
            why = refused(route, error, key)
            if why.failure == "denied":
                self._keys.forget(route.secret)
            raise why from None


def asked(route: Candidate, question: Question, key: str) -> dict[str, Any]:
    """Return what LiteLLM is called with."""
    system = [{"role": "system", "content": question.system}] if question.system else []
    said: dict[str, Any] = {
        "model": f"{_PREFIXES[route.kind]}/{route.id}",
        "messages": [*system, *(dict(one) for one in question.messages)],
        "api_key": key,
        "api_base": route.endpoint or _HOSTS[route.kind],
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
