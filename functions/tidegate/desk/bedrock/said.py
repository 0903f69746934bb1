"""What a model is asked and what it says, whichever operation carries it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

_LETTERS_A_TOKEN: Final = 4
"""Assumed: English text has about so many."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a request asks a model: tokens of its prompt, and of the longest answer; None: it doesn't say."""

    tokens: int
    max_tokens: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer: its text in pieces, each of one or more tokens."""

    model: str
    deltas: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    stopped: bool
    """Whether it ended because it was allowed to be no longer."""

    milliseconds: int = 0

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(self.deltas)


def tokens_of(said: Any) -> int:
    """Return how many tokens the texts in a request have, at least one."""
    return max(1, ceil(sum(map(len, _texts(said))) / _LETTERS_A_TOKEN))


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        mapping: Mapping[str, Any] = said  # pyright: ignore[reportUnknownVariableType] - JSON
        for key, value in mapping.items():
            if key in ("text", "content", "messages", "system", "prompt", "inputText"):
                yield from _texts(value)
    elif isinstance(said, list | tuple):
        for each in said:  # pyright: ignore[reportUnknownVariableType] - JSON
            yield from _texts(each)


def converse_prompt(parameters: Mapping[str, Any]) -> Prompt:
    """Return what Converse and ConverseStream ask: API_runtime_Converse.html."""
    limit = parameters.get("inferenceConfig", {}).get("maxTokens")
    return Prompt(tokens_of({key: parameters.get(key, []) for key in ("messages", "system")}), limit)


def usage(said: Said) -> dict[str, int]:
    """Return the tokens of an answer as Converse tells them: API_runtime_TokenUsage.html."""
    total = said.input_tokens + said.output_tokens
    return {"inputTokens": said.input_tokens, "outputTokens": said.output_tokens, "totalTokens": total}
